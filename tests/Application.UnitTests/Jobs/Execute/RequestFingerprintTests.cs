using System.Text.Json;
using OgcProcesses.Application.Jobs.Execute;

namespace OgcProcesses.Application.UnitTests.Jobs.Execute;

internal sealed class RequestFingerprintTests
{
    private const string Written = """{"inputs":{"a":1,"b":{"x":"ä","y":[1,2]}}}""";

    [TestCase("""{ "inputs": { "b": { "y": [ 1, 2 ], "x": "\u00e4" }, "a": 1 } }""")]
    [TestCase("""{"inputs":{"a":1,"b":{"x":"ä","y":[1,2]}},"process":"https://ogc.example/processes/echo","outputs":null}""")]
    public void Of_TheSameRequestWrittenOtherwise_IsTheSame(string written) => Assert.That(Of(written), Is.EqualTo(Of(Written)));

    [TestCase("""{"inputs":{"a":1,"b":{"x":"ä","y":[2,1]}}}""")]
    [TestCase("""{"inputs":{"a":1.0,"b":{"x":"ä","y":[1,2]}}}""")]
    [TestCase("""{"inputs":{"a":"1","b":{"x":"ä","y":[1,2]}}}""")]
    [TestCase("""{"inputs":{"a":1,"b":{"x":"ä","y":[1,2]}},"response":"raw"}""")]
    [TestCase("""{"inputs":{"a":1,"b":{"x":"ä","y":[1,2]}},"x-more":1}""")]
    [TestCase("""{"inputs":{"a":1,"b":{"x":"ä","y":[1,2]},"c":null}}""")]
    public void Of_AnotherRequest_IsAnother(string other) => Assert.That(Of(other), Is.Not.EqualTo(Of(Written)));

    [Test]
    public void Of_AnotherProcess_IsAnother() => Assert.That(Of(Written, "other"), Is.Not.EqualTo(Of(Written)));

    private static string Of(string written, string process = "echo") =>
        RequestFingerprint.Of(new(process), JsonSerializer.Deserialize<OgcProcesses.Application.Jobs.Execute.Execute>(written, JsonSerializerOptions.Web)!);
}
