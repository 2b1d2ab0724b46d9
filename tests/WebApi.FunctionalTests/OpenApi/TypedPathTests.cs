using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.OpenApi;

/// <summary>How the inputs and outputs of a process stand in its definition.</summary>
internal sealed class TypedPathTests : ServerTests
{
    private const string File = """{"oneOf":[{"$ref":"#/components/schemas/fileValue"},{"type":"string"}],"description":"Media type: image/png."}""";
    private const string Files = """{"oneOf":[{"$ref":"#/components/schemas/fileValue"},{"type":"array","items":{"$ref":"#/components/schemas/fileValue"}}],"description":"Media type: image/png."}""";

    [TestCase("""{"type":"string","minLength":1,"pattern":"^a"}""", """{"type":"string","minLength":1,"pattern":"^a"}""")]
    [TestCase("""{"type":["string","null"]}""", """{"nullable":true,"type":"string"}""")]
    [TestCase("""{"type":["string","integer"]}""", "{}")]
    [TestCase("""{"type":"string","const":"a","enum":["a","b"]}""", """{"type":"string","enum":["a"]}""")]
    [TestCase("""{"type":"number","exclusiveMinimum":0}""", """{"type":"number","minimum":0,"exclusiveMinimum":true}""")]
    [TestCase("""{"type":"number","minimum":1,"exclusiveMinimum":0}""", """{"type":"number","minimum":1}""")]
    [TestCase("""{"type":"number","maximum":1,"exclusiveMaximum":1}""", """{"type":"number","maximum":1,"exclusiveMaximum":true}""")]
    [TestCase("""{"type":"number","maximum":1,"exclusiveMaximum":true}""", """{"type":"number","maximum":1,"exclusiveMaximum":true}""")]
    [TestCase("""{"type":"array","prefixItems":[{"type":"string"}],"minItems":1}""", """{"type":"array","minItems":1,"items":{}}""")]
    [TestCase("""{"type":"object","patternProperties":{"^x":{}},"additionalProperties":false}""", """{"type":"object"}""")]
    [TestCase("""{"type":"object","additionalProperties":false,"required":["a","a"],"properties":{"a":true,"b":false}}""",
        """{"type":"object","additionalProperties":false,"required":["a"],"properties":{"a":{},"b":{"not":{}}}}""")]
    [TestCase("""{"if":{"type":"string"},"then":{"minLength":2}}""", "{}")]
    [TestCase("""{"not":{"type":"string"}}""", """{"not":{"type":"string"}}""")]
    [TestCase("""{"not":{"type":["string","null"]}}""", "{}")]
    [TestCase("""{"oneOf":[{"type":"string"},{"type":"integer"}]}""", """{"oneOf":[{"type":"string"},{"type":"integer"}]}""")]
    [TestCase("""{"oneOf":[{"type":"string"},{"type":"array","contains":{}}]}""", """{"anyOf":[{"type":"string"},{"type":"array","items":{}}]}""")]
    [TestCase("""{"allOf":[{"format":"ogc-bbox"}]}""", """{"$ref":"#/components/schemas/bbox"}""")]
    [TestCase("""{"$ref":"https://example.org/x.json"}""", "{}")]
    [TestCase("""{"type":"string","examples":["a","b"],"$comment":"c","x-y":1}""", """{"type":"string","example":"a"}""")]
    public async Task Input_BySchema_SaysWhatOpenApiCan(string schema, string expected) =>
        Assert.That(await InputAsync(schema), Is.EqualTo(expected));

    [Test]
    public async Task Input_ThatContainsItself_IsAComponent()
    {
        var api = await OfAsync("""{"$ref":"#/$defs/tree","$defs":{"tree":{"type":"object","properties":{"left":{"$ref":"#/$defs/tree"}}}}}""");
        var reference = api.Member("inputs")["$ref"]!.GetValue<string>();
        Assert.That(api.Schema(reference.Split('/')[^1])["properties"]!["left"]!["$ref"]!.GetValue<string>(), Is.EqualTo(reference));
    }

    [Test]
    public async Task Input_ThatIsNothingButItself_IsAnything() =>
        Assert.That(await InputAsync("""{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"b":{"$ref":"#/$defs/a"}}}"""), Is.EqualTo("{}"));

    [Test]
    public async Task Input_NestedAsDeeplyAsAPackageMayBe_CanBeRead()
    {
        var schema = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 24)) + "{}" + new string('}', 24);
        var api = await OfAsync(schema);
        Assert.That(Validity.Errors(api.Text), Is.Empty);
        Assert.That(Newtonsoft.Json.Linq.JToken.Parse(api.Text), Is.Not.Null);
    }

    [TestCase(1, 1, """{"type":"integer"}""", true)]
    [TestCase(0, 1, """{"type":"integer","nullable":true}""", false)]
    [TestCase(2, 5, """{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":5}""", true)]
    [TestCase(0, null, """{"type":"array","items":{"type":"integer"},"nullable":true}""", false)]
    public async Task Input_ByOccurrence_IsRequiredOrNot_OneOrMany(int least, int? most, string expected, bool required)
    {
        var api = await OfAsync("""{"type":"integer"}""", input => (input["minOccurs"], input["maxOccurs"]) = (least, most is null ? "unbounded" : most));
        Assert.That(api.Member("inputs").ToJsonString(), Is.EqualTo(expected));
        Assert.That(api.Schema($"{api.Id}-inputs")["required"] is not null, Is.EqualTo(required));
        Assert.That(api.Schema($"{api.Id}-execute")["required"] is not null, Is.EqualTo(required));
        Assert.That(api.Schema($"{api.Id}-inputs")["additionalProperties"]!.GetValue<bool>(), Is.False);
    }

    [Test]
    public async Task Input_WithADefault_IsNotRequiredAndTellsIt()
    {
        var api = await OfAsync("""{"type":"integer","default":3}""");
        Assert.That(api.Member("inputs").ToJsonString(), Is.EqualTo("""{"type":"integer","default":3,"nullable":true}"""));
    }

    [TestCase("""{"type":"string","contentEncoding":"base64","contentMediaType":"image/png"}""", File, Files)]
    [TestCase("""{"type":"integer"}""", """{"type":"integer"}""", """{"type":"integer"}""")]
    [TestCase("""{"type":"object"}""", """{"type":"object"}""", """{"type":"object","properties":{"value":{"type":"object"},"mediaType":{"type":"string"}}}""")]
    [TestCase("""{"allOf":[{"format":"ogc-bbox"}]}""", """{"$ref":"#/components/schemas/bbox"}""", """{"$ref":"#/components/schemas/bbox"}""")]
    public async Task InputAndOutput_ByKind_StandAsTheyTravel(string schema, string input, string output)
    {
        var api = await OfAsync(schema);
        Assert.That((api.Member("inputs").ToJsonString(), api.Member("results").ToJsonString()), Is.EqualTo((input, output)));
    }

    [Test]
    public async Task Operation_TellsTheProcessInItsAuthorsWords()
    {
        var package = Package.Running("true").Taking("x", """{"type":"string","description":"of the schema"}""");
        (package.Process["title"], package.Process["description"]) = ("Title", "What it does");
        (package.Process["inputs"]!["x"]!["title"], package.Process["inputs"]!["x"]!["description"]) = ("X", "of the input");
        var api = await DeployedAsync(package);
        var operation = api.Json["paths"]![$"/processes/{package.Id}/execution"]!["post"]!;
        Assert.That(operation["summary"]!.GetValue<string>(), Is.EqualTo($"Executes '{package.Id}': Title"));
        Assert.That(operation["description"]!.GetValue<string>(), Is.EqualTo("What it does"));
        Assert.That(api.Member("inputs").ToJsonString(), Is.EqualTo("""{"type":"string","description":"of the input","title":"X"}"""));
    }

    [Test]
    public async Task Operation_AnswersAsTheGeneralOne()
    {
        var api = (await Server.GetAsync("/api")).Json["paths"]!;
        var (general, typed) = (api["/processes/{processId}/execution"]!["post"]!, api["/processes/echo/execution"]!["post"]!);
        Assert.That(Keys(typed["responses"]), Is.EqualTo(Keys(general["responses"])));
        Assert.That(Keys(typed["responses"]!["200"]!["content"]), Is.EquivalentTo(Keys(general["responses"]!["200"]!["content"])));
        Assert.That(typed["parameters"]!.AsArray().Select(one => one!["name"]!.GetValue<string>()),
            Is.EqualTo(general["parameters"]!.AsArray().Select(one => one!["name"]!.GetValue<string>()).Except(["processId"])));

        static IEnumerable<string> Keys(JsonNode? node) => node!.AsObject().Select(member => member.Key);
    }

    private static async Task<string> InputAsync(string schema) => (await OfAsync(schema)).Member("inputs").ToJsonString();

    /// <summary>The definition of a process with an input and an output of a schema, both named x.</summary>
    private static async Task<Definition> OfAsync(string schema, Action<JsonNode>? change = null)
    {
        var package = Package.Running("true").Taking("x", schema).Giving("x", schema);
        change?.Invoke(package.Process["inputs"]!["x"]!);
        return await DeployedAsync(package);
    }

    private static async Task<Definition> DeployedAsync(Package package)
    {
        var answer = await Server.DeployAsync(package);
        Assert.That((int)answer.Status, Is.EqualTo(201), answer.Text);
        var definition = new Definition(package.Id, (await Server.GetAsync($"/api?process={package.Id}")).Text);
        await Server.DeleteAsync($"/processes/{package.Id}");
        return definition;
    }

    private sealed record Definition(string Id, string Text)
    {
        public JsonNode Json { get; } = JsonNode.Parse(Text)!;

        public JsonNode Schema(string name) => Json["components"]!["schemas"]![name]!;

        /// <summary>The schema of the member x.</summary>
        public JsonNode Member(string kind) => Schema($"{Id}-{kind}")["properties"]!["x"]!;
    }
}
