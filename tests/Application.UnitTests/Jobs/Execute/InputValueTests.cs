using OgcProcesses.Application.Jobs.Execute;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Jobs.Execute;

internal sealed class InputValueTests
{
    private const string Tiff = """{"type": "string", "contentEncoding": "base64", "contentMediaType": "image/tiff"}""";
    private const string Gml = """{"type": "string", "contentMediaType": "application/gml+xml"}""";
    private const string Point = """{"type": "object", "required": ["coordinates"]}""";

    [TestCase("{\"type\": \"number\"}", "2.50", "2.50")]
    [TestCase("{\"type\": \"number\"}", "{\"value\": 3}", "3")]
    [TestCase("{\"type\": \"string\"}", "\"x\"", "\"x\"")]
    [TestCase("{\"type\": \"array\"}", "[1, 2]", "[1, 2]")]
    [TestCase("{\"type\": \"object\"}", "{\"value\": {\"a\": 1}}", "{\"a\": 1}")]
    [TestCase("{\"type\": \"object\"}", "{\"a\": 1}", "{\"a\": 1}")]
    public void Read_OfAJsonValue_GivesItWithoutItsQualification(string schema, string value, string literal) =>
        Assert.That(((InputValue.Literal)Read(schema, value)).Value.GetRawText(), Is.EqualTo(literal));

    [Test]
    [Requirement("/req/core/process-execute-input-inline-object")]
    public void Read_OfAnObjectWithAMemberValue_LeavesWhatFitsAsItStands()
    {
        var schema = """{"type": "object", "required": ["name"]}""";
        var value = """{"name": "n", "value": 3}""";
        Assert.That(((InputValue.Literal)Read(schema, value)).Value.GetRawText(), Is.EqualTo(value));
    }

    [TestCase(Tiff, "\"SUkq\"", true, "image/tiff")]
    [TestCase(Gml, "\"<gml/>\"", false, "application/gml+xml")]
    [TestCase(Gml, "{\"value\": \"PGdtbC8+\", \"encoding\": \"base64\"}", true, "application/gml+xml")]
    [TestCase(Gml, "{\"value\": \"PGdtbC8+\", \"format\": {\"encoding\": \"base64\"}}", true, "application/gml+xml")]
    [TestCase(Tiff, "{\"value\": \"SUkq\", \"mediaType\": \"image/tiff; application=geotiff\"}", true, "image/tiff; application=geotiff")]
    [TestCase("{\"oneOf\": [" + Gml + "," + Tiff + "]}", "{\"value\": \"SUkq\", \"mediaType\": \"image/tiff\"}", true, "image/tiff")]
    [TestCase("{\"oneOf\": [" + Gml + "," + Tiff + "]}", "\"<gml/>\"", false, "application/gml+xml")]
    [TestCase("{\"oneOf\": [" + Point + "," + Tiff + "]}", "\"SUkq\"", true, "image/tiff")]
    [Requirement("/req/core/process-execute-input-mixed-type")]
    public void Read_OfAFileInLine_KnowsHowItIsWritten(string schema, string value, bool base64, string mediaType)
    {
        var file = (InputValue.InlineFile)Read(schema, value);
        Assert.That((file.Base64, file.MediaType), Is.EqualTo((base64, mediaType)));
    }

    [Test]
    public void Read_OfMixedTypes_TakesTextForTextWhereThatComesFirst() =>
        Assert.That(Read("{\"oneOf\": [{\"type\": \"string\"}," + Tiff + "]}", "\"hello\""), Is.InstanceOf<InputValue.Literal>());

    [Test]
    public void Read_OfMixedTypes_TakesAnObjectForAnObject() =>
        Assert.That(Read("{\"oneOf\": [" + Gml + "," + Point + "]}", "{\"coordinates\": [1, 2]}"), Is.InstanceOf<InputValue.Literal>());

    [TestCase("{\"href\": \"https://a.example/x\"}", null)]
    [TestCase("{\"href\": \"https://a.example/x\", \"type\": \"image/tiff\"}", "image/tiff")]
    [TestCase("{\"href\": \"https://a.example/x\", \"mediaType\": \"image/tiff\"}", "image/tiff")]
    [Requirement("/req/core/process-execute-inputs")]
    public void Read_OfALink_IsAReference(string value, string? mediaType) =>
        Assert.That(Read(Tiff, value), Is.EqualTo(new InputValue.Reference("https://a.example/x", mediaType)));

    [TestCase(1, "[1, 2]", 1)]
    [TestCase(null, "[1, 2]", 2)]
    [TestCase(5, "[]", 0)]
    [TestCase(5, "7", 1)]
    [Requirement("/req/core/process-execute-input-array")]
    public void OccurrencesOf_AnArray_AreItsItemsWhereSeveralAreAllowed(int? most, string value, int count) =>
        Assert.That(InputValue.OccurrencesOf(Json.Of(value), new(new(Json.Of("{}")), 1, most)), Has.Count.EqualTo(count));

    private static InputValue Read(string schema, string value) =>
        InputValue.Read(Json.Of(value), new ValueSchema(Json.Of(schema)), new FakeSchemas());
}
