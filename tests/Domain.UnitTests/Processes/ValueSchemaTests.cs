using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Domain.UnitTests.Processes;

internal sealed class ValueSchemaTests
{
    private const string Tiff = """{"type": "string", "contentEncoding": "base64", "contentMediaType": "image/tiff"}""";
    private const string Gml = """{"type": "string", "contentMediaType": "application/gml+xml"}""";
    private const string Geometry = """{"type": "object", "format": "geojson-geometry"}""";

    [TestCase("""{"type": "string"}""", false, false)]
    [TestCase("""{"type": "number"}""", false, false)]
    [TestCase("""{"type": "object", "contentMediaType": "application/json"}""", false, false)]
    [TestCase(Tiff, true, true)]
    [TestCase(Gml, true, true)]
    [TestCase("""{"contentMediaType": "image/png"}""", true, true)]
    [TestCase("""{"type": "string", "format": "byte"}""", true, true)]
    [TestCase("""{"type": "string", "format": "binary"}""", true, true)]
    [TestCase("""{"type": "string", "contentEncoding": "binary"}""", true, true)]
    [TestCase($$"""{"oneOf": [{{Tiff}}, {{Gml}}]}""", true, true)]
    [TestCase($$"""{"oneOf": [{{Gml}}, {{Geometry}}]}""", true, false)]
    [TestCase($$"""{"anyOf": [{{Geometry}}, {{Tiff}}]}""", true, false)]
    public void AllowsFile_AndIsAlwaysFile_FollowTheAlternatives(string json, bool allows, bool always)
    {
        var schema = Schema(json);
        Assert.That((schema.AllowsFile, schema.IsAlwaysFile), Is.EqualTo((allows, always)));
    }

    [TestCase("""{"type": "string"}""", true)]
    [TestCase("""{"oneOf": [{"type": "string"}, {"type": "string", "format": "date"}]}""", true)]
    [TestCase("""{"oneOf": [{"type": "string"}, {"type": "number"}]}""", false)]
    [TestCase("""{"type": ["string", "null"]}""", false)]
    [TestCase("{}", false)]
    public void IsText_WhenEveryValueIsAString(string json, bool isText) => Assert.That(Schema(json).IsText, Is.EqualTo(isText));

    [Test]
    [Requirement("/req/ogc-process-description/input-mixed-type")]
    public void MediaTypes_AreInTheAuthorsOrder() =>
        Assert.That(Schema($$"""{"oneOf": [{{Gml}}, {{Geometry}}, {{Tiff}}]}""").MediaTypes, Is.EqualTo(new[] { "application/gml+xml", "image/tiff" }));

    [Test]
    public void Default_IsTheAuthorsValue()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Schema("""{"type": "number", "default": 2.5}""").Default?.GetDouble(), Is.EqualTo(2.5));
            Assert.That(Schema("""{"type": "number"}""").Default, Is.Null);
        });
    }

    [TestCase("""{"contentEncoding": "base64"}""", true)]
    [TestCase("""{"format": "byte"}""", true)]
    [TestCase("""{"contentEncoding": "utf-8"}""", false)]
    [TestCase("""{"contentMediaType": "image/png"}""", false)]
    [Requirement("/req/ogc-process-description/input-binary")]
    public void IsBinary_ByEncodingOrFormat(string json, bool isBinary) => Assert.That(ValueSchema.IsBinary(Json.Of(json)), Is.EqualTo(isBinary));

    [Test]
    public void Alternatives_OfASchemaWithoutChoice_AreTheSchemaItself() =>
        Assert.That(Schema("""{"type": "string"}""").Alternatives.Single().GetRawText(), Is.EqualTo("""{"type": "string"}"""));

    [Test]
    public void Alternatives_OfABooleanSchema_AreTheSchemaItself()
    {
        var schema = Schema("true");
        Assert.That((schema.Alternatives.Count(), schema.AllowsFile), Is.EqualTo((1, false)));
    }

    private static ValueSchema Schema(string json) => new(Json.Of(json));
}
