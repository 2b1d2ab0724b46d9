using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>Part 1, ogc-process-description.</summary>
internal sealed class OgcProcessDescriptionTests : ConformanceTests
{
    /// <summary>What 1.0's schema.yaml lets stand in a schema: OpenAPI 3.0's keywords and three of JSON Schema's.</summary>
    private static readonly string[] Keywords =
    [
        "title", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems",
        "uniqueItems", "maxProperties", "minProperties", "required", "enum", "type", "not", "allOf", "oneOf", "anyOf", "items", "properties",
        "additionalProperties", "description", "format", "default", "nullable", "readOnly", "writeOnly", "example", "deprecated",
        "contentMediaType", "contentEncoding", "contentSchema",
    ];

    [TestCase("echo")]
    [TestCase("echo-types")]
    [Requirement("/req/ogc-process-description/json-encoding")]
    public async Task Description_IsJsonWithWhatAClientMustKnow(string id)
    {
        var description = await Server.GetAsync($"/processes/{id}", "application/json");
        Assert.That(description.MediaType, Is.EqualTo("application/json"));
        foreach (var member in (string[])["id", "version", "jobControlOptions", "outputTransmission", "inputs", "outputs", "links"])
            Assert.That(description.Json[member], Is.Not.Null, member);
    }

    [TestCase("inputs")]
    [TestCase("outputs")]
    [Requirement("/req/ogc-process-description/inputs-def")]
    [Requirement("/req/ogc-process-description/outputs-def")]
    [Requirement("/req/ogc-process-description/input-def")]
    [Requirement("/req/ogc-process-description/output-def")]
    public async Task InputsAndOutputs_AreMapsOfDescriptionsWithSchemas(string member)
    {
        foreach (var (id, one) in await DescribedAsync(member))
        {
            Assert.That(one["schema"], Is.Not.Null, id);
            Assert.That(KeywordsOf(one["schema"]!).Except(Keywords), Is.Empty, id);
        }
    }

    [TestCase("inputs")]
    [TestCase("outputs")]
    [Requirement("/req/ogc-process-description/input-mixed-type")]
    [Requirement("/req/ogc-process-description/output-mixed-type")]
    public async Task SeveralTypes_AreOneOf(string member)
    {
        var mixed = (await DescribedAsync(member)).Where(one => one.Value["schema"]!["oneOf"] is not null).ToList();
        Assert.That(mixed, Is.Not.Empty);
        foreach (var one in mixed) Assert.That(one.Value["schema"]!["oneOf"]!.AsArray(), Has.All.InstanceOf<JsonObject>());
    }

    [Test]
    [Requirement("/req/ogc-process-description/output-mixed-type")]
    public async Task OutputOfSeveralTypes_Unasked_IsOfTheFirst()
    {
        var package = await DeployedAsync(Package.Running("printf 'a' > out.csv; printf '{}' > out.json").Giving(
            "out", """{"oneOf":[{"type":"object","contentMediaType":"application/json"},{"type":"string","contentMediaType":"text/csv"}]}"""));
        var answer = await Server.ExecuteAsync(package.Id, """{"response":"raw"}""");
        Assert.That(answer.MediaType, Is.EqualTo("application/json"), answer.Text);
    }

    [TestCase("bytes")]
    [TestCase("image")]
    [Requirement("/req/ogc-process-description/input-binary")]
    public async Task Binary_InLine_IsTakenAsBase64(string input)
    {
        var taken = await Server.ExecuteAsync("echo-types", $$"""{"inputs":{"{{input}}":"SUkqAAgAAAA="} }""");
        var refused = await Server.ExecuteAsync("echo-types", $$"""{"inputs":{"{{input}}":"no base64!"} }""");
        Assert.That((int)taken.Status, Is.EqualTo(200), taken.Text);
        Assert.That(refused.Pointers(), Is.EqualTo(new[] { $"/inputs/{input}" }));
    }

    [TestCase("ogc-bbox", """{"bbox":[1,2,3,4]}""", """{"bbox":[1,2]}""")]
    [TestCase("geojson-geometry", """{"type":"Point","coordinates":[1,2]}""", """{"type":"Dot"}""")]
    [TestCase("http://www.opengis.net/def/format/ogcapi-processes/0/geojson-feature", """{"type":"Feature","geometry":null,"properties":{}}""", """{"type":"Point","coordinates":[1,2]}""")]
    [Requirement("/rec/ogc-process-description/format-short-code")]
    public async Task Format_ByItsCode_IsKnown(string format, string right, string wrong)
    {
        var package = await DeployedAsync(Package.Running("true").Taking("x", $$"""{"allOf":[{"format":"{{format}}"}]}"""));
        Assert.That((int)(await Server.ExecuteAsync(package.Id, $$"""{"inputs":{"x":{"value":{{right}} } } }""")).Status, Is.EqualTo(200));
        Assert.That((int)(await Server.ExecuteAsync(package.Id, $$"""{"inputs":{"x":{"value":{{wrong}} } } }""")).Status, Is.EqualTo(400));
    }

    private static async Task<List<KeyValuePair<string, JsonNode>>> DescribedAsync(string member)
    {
        var all = new List<KeyValuePair<string, JsonNode>>();
        foreach (var id in (string[])["echo", "echo-types"])
            all.AddRange((await Server.GetAsync($"/processes/{id}")).Json[member]!.AsObject().Select(one => KeyValuePair.Create(one.Key, one.Value!)));
        return all;
    }

    private static IEnumerable<string> KeywordsOf(JsonNode schema)
    {
        foreach (var (keyword, value) in schema.AsObject())
        {
            yield return keyword;
            IEnumerable<JsonNode?> below = (keyword, value) switch
            {
                ("properties", JsonObject properties) => properties.Select(property => property.Value),
                ("allOf" or "oneOf" or "anyOf", JsonArray branches) => branches,
                ("items" or "not" or "additionalProperties", JsonObject one) => [one],
                _ => [],
            };
            foreach (var inner in below.SelectMany(one => KeywordsOf(one!))) yield return inner;
        }
    }
}
