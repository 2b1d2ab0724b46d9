using System.Buffers;
using System.Text;
using System.Text.Json;
using OgcProcesses.Application.Common;

namespace OgcProcesses.Application.UnitTests.Common;

internal sealed class CanonicalJsonTests
{
    [TestCase("1", "1.0")]
    [TestCase("1", "1e0")]
    [TestCase("100", "1E+2")]
    [TestCase("0.001", "1e-3")]
    [TestCase("-12.50", "-125e-1")]
    [TestCase("0", "-0.0e7")]
    [TestCase("1e400", "10e399")]
    [TestCase("""{"a":1,"b":[true,null]}""", """{ "b" : [ true, null ], "a" : 1.0 }""")]
    [TestCase("\"\\u00e4/\"", "\"ä\\/\"")]
    [TestCase("""{"\u0061":1}""", """{"a":1}""")]
    public void Write_OfWhatMeansTheSame_IsTheSame(string one, string other) => Assert.That(Canonical(one), Is.EqualTo(Canonical(other)));

    [TestCase("1", "\"1\"")]
    [TestCase("1", "-1")]
    [TestCase("1", "10")]
    [TestCase("0.1", "0.10000000000000001")]
    [TestCase("9007199254740992", "9007199254740993")]
    [TestCase("[1,2]", "[2,1]")]
    [TestCase("""{"a":null}""", "{}")]
    [TestCase("\"a\"", "\"A\"")]
    public void Write_OfWhatDiffers_Differs(string one, string other) => Assert.That(Canonical(one), Is.Not.EqualTo(Canonical(other)));

    private static string Canonical(string text)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes)) CanonicalJson.Write(json, JsonDocument.Parse(text).RootElement);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
