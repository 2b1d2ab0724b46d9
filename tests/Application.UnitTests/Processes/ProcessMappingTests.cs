using System.Text.Json;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Processes.Describe;
using OgcProcesses.Application.Processes.List;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Processes;

internal sealed class ProcessMappingTests
{
    [Test]
    public void Configuration_IsComplete() => AMapper.Configuration.AssertConfigurationIsValid();

    [Test]
    [Requirement("/req/core/process-list-success")]
    public void Summary_HasTheStandardsMembers()
    {
        var summary = AMapper.WithAllMaps.Map<ProcessSummary>(AProcess.Named("ndvi")
            .Saying("""
                "title": "NDVI", "description": "Greenness", "version": "2.1", "keywords": ["a"], "metadata": [{"title": "m"}],
                "jobControlOptions": ["async-execute"]
                """).Deploy());
        Assert.Multiple(() =>
        {
            Assert.That((summary.Id, summary.Title, summary.Description, summary.Version), Is.EqualTo(("ndvi", "NDVI", "Greenness", "2.1")));
            Assert.That((summary.Keywords?.GetRawText(), summary.Metadata?.GetArrayLength()), Is.EqualTo(("[\"a\"]", 1)));
            Assert.That(summary.JobControlOptions, Is.EqualTo(new[] { "async-execute", "dismiss" }));
            Assert.That(summary.OutputTransmission, Is.EqualTo(new[] { "value", "reference" }));
        });
    }

    [TestCase(true)]
    [TestCase(false)]
    [Requirement("/req/deploy-replace-undeploy/static-indicator")]
    public void Summary_SaysWhetherItIsMutable(bool mutable)
    {
        var process = mutable ? AProcess.Named("echo") : AProcess.Named("echo").BuiltIn();
        Assert.That(AMapper.WithAllMaps.Map<ProcessSummary>(process.Deploy()).Mutable, Is.EqualTo(mutable));
    }

    [Test]
    public void Links_AreTheServersThenTheAuthors()
    {
        var summary = AMapper.WithAllMaps.Map<ProcessSummary>(
            AProcess.Named("echo").Saying("\"links\": [{\"href\": \"https://a\", \"rel\": \"license\"}]").Deploy());
        Assert.That(summary.Links.Select(link => (link.Rel, link.Href)), Is.EqualTo(new[]
        {
            ("self", "https://ogc.example/processes/echo"),
            ("alternate", "https://ogc.example/processes/echo?f=html"),
            (OgcNames.Execute, "https://ogc.example/processes/echo/execution"),
            ("related", "https://ogc.example/processes/echo/statistics"),
            ("license", "https://a"),
        }));
    }

    [Test]
    public void Links_OfTheAuthor_KeepWhatNobodyHereKnows()
    {
        var summary = AMapper.WithAllMaps.Map<ProcessSummary>(
            AProcess.Named("echo").Saying("\"links\": [{\"href\": \"https://a\", \"hreflang\": \"en\", \"length\": 1.0}]").Deploy());
        Assert.That(
            JsonSerializer.Serialize(summary.Links[^1], JsonSerializerOptions.Web),
            Does.EndWith("\"hreflang\":\"en\",\"length\":1.0}"));
    }

    [Test]
    public void Summary_OfAnAuthorWhoOffersOneTransmission_OffersNoOther() => Assert.That(
        AMapper.WithAllMaps.Map<ProcessSummary>(AProcess.Named("echo").Saying("\"outputTransmission\": [\"value\"]").Deploy()).OutputTransmission,
        Is.EqualTo(new[] { "value" }));

    [Test]
    public void Document_GivesUnknownMembersBack()
    {
        var document = Document(AProcess.Named("echo").Saying("\"x-licence\": \"CC0\", \"x-deep\": {\"a\": [1]}").Deploy());
        Assert.That(
            document.Others!.Select(member => (member.Key, member.Value.GetRawText())),
            Is.EquivalentTo(new[] { ("x-licence", "\"CC0\""), ("x-deep", "{\"a\": [1]}") }));
    }

    [Test]
    [Requirement("/req/ogc-process-description/json-encoding")]
    public void Document_GivesInputsAndOutputsAsDeployed()
    {
        var document = Document(AProcess.Taking("""{"a": {"schema": {"type": "string", "x": 1}}}""").Deploy());
        Assert.That(
            (document.Inputs.GetRawText(), document.Outputs.GetRawText()),
            Is.EqualTo(("""{"a": {"schema": {"type": "string", "x": 1}}}""", "{}")));
    }

    [TestCase("""[{"name":"a","value":"x"},{"name":"b","value":[1,2]}]""", """{"parameters":[{"name":"a","value":["x"]},{"name":"b","value":[1,2]}]}""")]
    [TestCase("""{"title":"t","parameters":[{"name":"a","value":["x"]}]}""", """{"title":"t","parameters":[{"name":"a","value":["x"]}]}""")]
    public void AdditionalParameters_OfEveryLevel_AreTheStandardsObject(string written, string given)
    {
        var member = $$"""{"a":{"additionalParameters":{{written}},"schema":{} },"b":{"schema":{} } }""";
        var document = Document(AProcess.Taking(member).Giving(member).Saying($"\"additionalParameters\": {written}").Deploy());
        Assert.That(document.AdditionalParameters?.GetRawText(), Is.EqualTo(given));
        foreach (var map in (JsonElement[])[document.Inputs, document.Outputs])
            Assert.That(map.GetProperty("a").GetProperty("additionalParameters").GetRawText(), Is.EqualTo(given));
    }

    [Test]
    public void Document_OfAMemberOfTheServersName_GivesTheServersOnce()
    {
        var process = AProcess.Named("echo").Saying("\"image\": \"mine\", \"mutable\": false").Deploy();
        process.NoteImage(process.Revision.Id, ImageStatus.Unavailable, "no such host");
        var json = JsonSerializer.SerializeToElement(Document(process), JsonSerializerOptions.Web);
        Assert.Multiple(() =>
        {
            Assert.That(json.EnumerateObject().Select(member => member.Name), Is.Unique);
            Assert.That(json.GetProperty("mutable").GetBoolean(), Is.True);
            Assert.That(Document(process).Image, Is.EqualTo(new ImageState("busybox:1", "unavailable", "no such host")));
        });
    }

    private static ProcessDocument Document(Process process) => AMapper.WithAllMaps.Map<ProcessDocument>(process);
}
