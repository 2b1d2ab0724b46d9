using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Processes.Cwl;
using OgcProcesses.Application.Processes.Deploy;

namespace OgcProcesses.Application.UnitTests.Processes.Deploy;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PackageSourceTests
{
    private const string Link = "https://example.org/tools/cut.cwl";

    private readonly FakeFetcher _fetcher = new();

    [TestCase("""[{"type": "docker", "image": "busybox:2"}]""")]
    [TestCase("""{"value": {"type": "docker", "image": "busybox:2"}, "mediaType": "application/json"}""")]
    [TestCase("""[{"value": {"type": "docker", "image": "busybox:2"}}]""")]
    public async Task Read_OfAContainerInAnyForm_IsTheSame(string unit) =>
        Assert.That((await ReadAsync(APackage.Plain().With("/executionUnit", unit).Build())).Unit.Image, Is.EqualTo("busybox:2"));

    [TestCase("[]", "/executionUnit")]
    [TestCase("""[{"type": "docker", "image": "a"}, {"type": "docker", "image": "b"}]""", "/executionUnit")]
    [TestCase("""[{"type": "docker"}]""", "/executionUnit/0/image")]
    [TestCase("""{"value": {"type": "docker"}}""", "/executionUnit/value/image")]
    [TestCase("""{"value": 7, "mediaType": "application/json"}""", "/executionUnit/value")]
    [TestCase("""{"value": "x", "mediaType": "application/cwl"}""", "/executionUnit/value")]
    [TestCase("""{"value": {"cwlVersion": "v9", "class": "CommandLineTool"}}""", "/executionUnit/value/cwlVersion")]
    [TestCase("""{"href": 7, "type": "application/cwl"}""", "/executionUnit/href")]
    [TestCase("""{"href": "cut.cwl", "type": "application/cwl"}""", "/executionUnit/href")]
    [TestCase("""{"href": "ftp://example.org/cut.cwl", "type": "application/cwl"}""", "/executionUnit/href")]
    [TestCase("""{"href": "https://example.org/other.cwl", "type": "application/cwl"}""", "/executionUnit/href")]
    [TestCase("""{"href": "https://example.org/cut.cwl", "type": "text/plain"}""", "/executionUnit/type")]
    public void Read_OfAUnitThatIsWrong_TellsThePlace(string unit, string place)
    {
        var refusal = Assert.ThrowsAsync<OgcException>(() => ReadAsync(APackage.Plain().With("/executionUnit", unit).Build()));
        Assert.That(refusal!.Violations.Select(wrong => wrong.Pointer), Does.Contain(place), string.Join('\n', refusal.Violations));
    }

    [Test]
    [Requirement("/req/cwl/execution-unit")]
    public async Task Read_OfCwlByLink_IsThatOfTheDocument()
    {
        _fetcher.Files[Link] = Encoding.UTF8.GetBytes(ACwl.Tool().ToString());
        var read = await ReadAsync(Unit($$"""{"href": "{{Link}}", "type": "application/cwl"}"""));
        Assert.That((read.Description.Id.Value, read.Unit.Image), Is.EqualTo(("tool", "busybox:1")));
    }

    [Test]
    public async Task Read_OfCwlByLinkWithoutAnId_IsNamedAfterTheLink()
    {
        _fetcher.Files[Link] = Encoding.UTF8.GetBytes(ACwl.Tool().With("/id", null).ToString());
        Assert.That((await ReadAsync(Unit($$"""{"href": "{{Link}}"}"""))).Description.Id.Value, Is.EqualTo("cut"));
    }

    [Test]
    public void Read_OfCwlByLinkThatIsWrong_TellsThePlacesInWords()
    {
        _fetcher.Files[Link] = Encoding.UTF8.GetBytes(ACwl.Tool().With("/inputs/x", "\"Directory\"").With("/arguments", "[\"${}\"]").ToString());
        var refusal = Assert.ThrowsAsync<OgcException>(() => ReadAsync(Unit($$"""{"href": "{{Link}}", "type": "application/cwl"}""")));
        Assert.That(refusal!.Violations.Select(wrong => wrong.Pointer), Is.All.EqualTo("/executionUnit/href"));
        Assert.That(refusal.Violations[0].Detail, Does.Contain("/inputs/x"));
        Assert.That(refusal.Violations[1].Detail, Does.Contain("/arguments/0"));
    }

    [Test]
    public void Read_OfALinkToWhatIsNotUtf8_IsRefused()
    {
        _fetcher.Files[Link] = [0xff, 0xfe, 0x41];
        Assert.ThrowsAsync<OgcException>(() => ReadAsync(Unit($$"""{"href": "{{Link}}", "type": "application/cwl"}""")));
    }

    [Test]
    [Requirement("/req/cwl/execution-unit")]
    public async Task Read_OfCwlByValue_IsThatOfTheDocument()
    {
        var json = await ReadAsync(Unit(ACwl.Tool().AsValue().ToJsonString()));
        var yaml = await ReadAsync(Unit(new JsonObject { ["value"] = $"# YAML\n{ACwl.Tool()}", ["mediaType"] = "application/cwl+yaml" }.ToJsonString()));
        Assert.That((json.Unit.Image, yaml.Unit.Image), Is.EqualTo(("busybox:1", "busybox:1")));
    }

    [Test]
    public async Task Read_OfCwlWithADescription_LetsItWinMemberByMember()
    {
        var tool = ACwl.Tool().With("/label", "\"Theirs\"").With("/doc", "\"What it does\"").Taking("x", "\"string\"");
        var package = Unit(tool.AsValue().ToJsonString()) with
        {
            ProcessDescription = Json.Of("""
                {"process": {"id": "mine", "title": "Mine", "inputs": {"x": {"schema": {"type": "string", "enum": ["a"]}}}}}
                """),
        };
        var description = (await ReadAsync(package)).Description;
        Assert.Multiple(() =>
        {
            Assert.That((description.Id.Value, description.Title), Is.EqualTo(("mine", "Mine")));
            Assert.That(description.Document.GetProperty("description").GetString(), Is.EqualTo("What it does"));
            Assert.That(description.Inputs["x"].Schema.Document.GetProperty("enum")[0].GetString(), Is.EqualTo("a"));
        });
    }

    [TestCase("""{"inputs": {"y": {"schema": {"type": "string"}}}}""", "/processDescription/inputs/y", "/processDescription/inputs")]
    [TestCase("""{"outputs": {"o": {"schema": {"type": "string"}}}}""", "/processDescription/outputs/o")]
    [TestCase("""{"process": {"inputs": {"x": {"schema": 7}}}}""", "/processDescription/process/inputs/x/schema")]
    [TestCase("""{"id": "a b"}""", "/processDescription/id")]
    [TestCase("7", "/processDescription")]
    public void Read_OfCwlWithADescriptionThatIsWrong_TellsThePlace(string description, params string[] places)
    {
        var package = JsonNode.Parse($$"""{"processDescription": {{description}}, "executionUnit": {{ACwl.Tool().Taking("x", "\"string\"").AsValue().ToJsonString()}} }""")
            .Deserialize<ApplicationPackage>(JsonSerializerOptions.Web)!;
        var refusal = Assert.ThrowsAsync<OgcException>(() => ReadAsync(package));
        Assert.That(refusal!.Violations.Select(wrong => wrong.Pointer), Is.EquivalentTo(places));
    }

    [Test]
    [Requirement("/req/cwl/deploy-exception-workflow-not-found")]
    public void Read_OfAWorkflowInWhatIsNoCwl_IsNotFound() => Assert.That(
        Assert.ThrowsAsync<OgcException>(() => APackage.Source().ReadAsync(APackage.Plain().Build(), "main", null, CancellationToken.None))!.Error,
        Is.EqualTo(OgcError.WorkflowNotFound));

    [TestCase("{", "application/cwl+json")]
    [TestCase("{\"a\": 1, \"a\": 2}", "application/cwl+json")]
    [TestCase("a: b", "application/cwl+yaml")]
    [TestCase("{\"id\": \"\\ud800\"}", "application/cwl")]
    [TestCase("", "application/cwl")]
    public void Read_OfTextThatIsMalformed_IsRefused(string text, string mediaType)
    {
        var refusal = Assert.ThrowsAsync<OgcException>(() => ReadAsync(new() { Cwl = new(mediaType, text) }));
        Assert.That(refusal!.Violations.Single().Pointer, Is.Empty);
    }

    [Test]
    public void Read_OfDeeplyNestedJson_IsRefused()
    {
        var text = string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_000);
        Assert.ThrowsAsync<OgcException>(() => ReadAsync(new() { Cwl = new(CwlText.Json, text) }));
    }

    [Test]
    [Requirement("/req/cwl/package-response-body")]
    public void Package_OfCwl_ComesBackAsItWasSent()
    {
        var sent = new ApplicationPackage { Cwl = new(CwlText.Yaml, "\uFEFF# a comment\r\nid: \"é\"  \n") };
        var kept = ApplicationPackage.FromJson(sent.ToJson());
        Assert.That(kept.Cwl, Is.EqualTo(sent.Cwl));
    }

    [Test]
    public void Package_WithMembersLikeThoseOfADocument_StaysAPackage()
    {
        var kept = ApplicationPackage.FromJson(APackage.Plain().With("/value", "\"v\"").With("/mediaType", "\"application/cwl\"").Build().ToJson());
        Assert.That((kept.Cwl, kept.Others!.Count), Is.EqualTo(((CwlText?)null, 2)));
    }

    private static ApplicationPackage Unit(string unit) =>
        JsonNode.Parse($$"""{"executionUnit": {{unit}} }""").Deserialize<ApplicationPackage>(JsonSerializerOptions.Web)!;

    private Task<ReadPackage> ReadAsync(ApplicationPackage package) => APackage.Source(_fetcher).ReadAsync(package, null, null, CancellationToken.None);
}
