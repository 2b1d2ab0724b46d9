using System.Text.Json;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>What was deployed is given back: every member, in its order, every number as it was written.</summary>
/// <remarks>Much of it is more than the standard's schemas allow; so it stays on a server of its own, and is not measured by them.</remarks>
internal sealed class RoundTripTests
{
    /// <summary>Members that the server answers by its own knowledge.</summary>
    private static readonly string[] OfTheServer = ["links", "mutable", "image", "jobControlOptions"];

    private Server _server = null!;

    [OneTimeSetUp]
    public void Start() => _server = new Server();

    [OneTimeTearDown]
    public void Stop() => _server.Dispose();

    [Test]
    [Requirement("/req/ogc-process-description/json-encoding")]
    [Requirement("/req/deploy-replace-undeploy/package-response-body")]
    public async Task Description_OfAnyContent_ComesBack([Range(1, 60)] int seed)
    {
        var package = Package.Running("true");
        var process = new RandomDescription(seed).Make(package.Id);
        package.Unit.Parent!["processDescription"] = seed % 2 == 0 ? process : new JsonObject { ["process"] = process };
        package.Unit.Parent["x-more"] = JsonNode.Parse("""[1.0, 1e400, {"b": null, "a": ""}]""");
        var deployed = await _server.AskAsync("POST", "/processes", package.ToString());
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);

        var described = await _server.AskAsync("GET", $"/processes/{package.Id}");
        Assert.Multiple(() =>
        {
            foreach (var (name, value) in process.Where(member => !OfTheServer.Contains(member.Key)))
                Assert.That(Canonical(described.Json[name]), Is.EqualTo(Canonical(value)), name);
            Assert.That(
                described.Json["links"]!.AsArray().Where(link => !IsTheServers(link!)).Select(Canonical),
                Is.EqualTo((process["links"]?.AsArray() ?? []).Select(link => Canonical(Ordered(link!.AsObject())))));
        });
        var back = await _server.AskAsync("GET", $"/processes/{package.Id}/package");
        Assert.That(Canonical(back.Json), Is.EqualTo(Canonical(JsonNode.Parse(package.ToString()))));
    }

    [Test]
    [Requirement("/req/ogc-process-description/inputs-def")]
    public async Task Description_OfEachOfTheStandardsMembers_ComesBackAsText()
    {
        const string members = """
            "title":"Both","description":"A & B","keywords":["a","b"],
            "metadata":[{"title":"m","role":"r","href":"https://a.example/m"},{"role":"q","lang":"de","value":{"x":1.0}}],
            "additionalParameters":{"title":"p","parameters":[{"name":"n","value":["s",1.50,2,[3],{"k":null}]}]},
            "inputs":{"z":{"title":"Z","schema":{"$ref":"https://nowhere.example/z.json","x-y":[1e400]},"minOccurs":0,"maxOccurs":"unbounded"},
            "a":{"schema":{"type":"integer","nullable":true,"example":-0},"additionalParameters":{"parameters":[{"name":"n","value":["v"]}]}}},
            "outputs":{"o":{"schema":{"type":"string"},"x-unit":"m\u00b2"}},"x-own":{"deep":{"er":[]}}
            """;
        var text = members.ReplaceLineEndings("");
        var id = $"test-{Guid.NewGuid():N}";
        var deployed = await _server.AskAsync("POST", "/processes", $$$"""
            {"processDescription":{"id":"{{{id}}}",{{{text}}}},"executionUnit":{"type":"docker","image":"docker://ogcprocesses/echo:1"}}
            """);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        using var described = JsonDocument.Parse((await _server.AskAsync("GET", $"/processes/{id}")).Body);
        using var sent = JsonDocument.Parse($"{{{text}}}");
        foreach (var member in sent.RootElement.EnumerateObject())
            Assert.That(Canonical(described.RootElement.GetProperty(member.Name)), Is.EqualTo(Canonical(member.Value)), member.Name);
    }

    [TestCase("outputTransmission", "[\"value\",\"file\"]")]
    [TestCase("outputTransmission", "\"value\"")]
    [TestCase("outputTransmission", "[7]")]
    public async Task Description_WithWordsThatTheStandardDoesNotHave_IsRefused(string member, string value)
    {
        var package = Package.Running("true");
        package.Process[member] = JsonNode.Parse(value);
        var refused = await _server.AskAsync("POST", "/processes", package.ToString());
        Assert.That(((int)refused.Status, refused.Pointers().Single()), Is.EqualTo((400, $"/processDescription/process/{member}")));
    }

    /// <summary>Typed members of a link come first.</summary>
    private static JsonObject Ordered(JsonObject link) => new(
        link.OrderBy(member => Array.IndexOf(["href", "rel", "type", "title"], member.Key) is >= 0 and var place ? place : 4)
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    /// <summary>The server's own links come before the author's.</summary>
    private bool IsTheServers(JsonNode link) =>
        link["href"]!.GetValue<string>().StartsWith(_server.Http.BaseAddress!.ToString(), StringComparison.Ordinal);

    /// <summary>JSON without a choice of escapes and white space; order and numbers stay as they are written.</summary>
    private static string Canonical(JsonNode? node) => node?.ToJsonString() ?? "null";

    private static string Canonical(JsonElement element) => JsonSerializer.Serialize(element);
}
