using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Every form in which results can be asked for, as the answer of an execution and of its job alike.</summary>
internal sealed class ResultFormTests : ServerTests
{
    private const string Point = """{"type":"Point","coordinates":[7.1,51.9]}""";

    private const string Script = """
        printf 'hello' > text
        printf '42' > count
        printf '{"mean":1.5}' > record.json
        printf '%s' '{"type":"Point","coordinates":[7.1,51.9]}' > shape.geojson
        printf 'a,b\n1,2\n' > table.csv
        printf 'II*\000' > image.tif
        printf '\211PNG' > image.png
        """;

    private string _process = "";

    [OneTimeSetUp]
    public async Task DeployAsync()
    {
        var package = Package.Running(Script)
            .Giving("text", """{"type":"string"}""")
            .Giving("count", """{"type":"integer"}""")
            .Giving("record", """{"type":"object","required":["mean"]}""")
            .Giving("shape", """{"type":"string","contentMediaType":"application/geo+json"}""")
            .Giving("table", """{"type":"string","contentMediaType":"text/csv"}""")
            .Giving("image", """
                {"oneOf":[{"type":"string","contentEncoding":"base64","contentMediaType":"image/tiff"},
                          {"type":"string","contentEncoding":"base64","contentMediaType":"image/png"}]}
                """);
        var deployed = await Server.DeployAsync(package);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        _process = package.Id;
    }

    // The one output, its media type in the answer, and the answer.
    [TestCase("text", "text/plain", "hello")]
    [TestCase("count", "application/json", "42")]
    [TestCase("record", "application/json", """{"mean":1.5}""")]
    [TestCase("shape", "application/geo+json", Point)]
    [TestCase("table", "text/csv", "a,b\n1,2\n")]
    [TestCase("image", "image/tiff", "II*\0")]
    [Requirement("/req/core/process-execute-sync-raw-value-one")]
    [Requirement("/req/core/job-results-async-raw-value-one")]
    public async Task RawValue_OfOneOutput_IsTheOutputItself(string output, string mediaType, string content) => await BothAsync(
        $$"""{"outputs":{"{{output}}":{"transmissionMode":"value"} },"response":"raw"}""",
        answer => Assert.That((answer.MediaType, answer.Text), Is.EqualTo((mediaType, content))));

    [TestCase("text", "application/json", "\"hello\"")]
    [TestCase("count", "text/plain", "42")]
    [TestCase("image", "image/png", null)]
    public async Task RawValue_OfAChosenFormat_IsOfThatFormat(string output, string mediaType, string? content) => await BothAsync(
        $$"""{"outputs":{"{{output}}":{"format":{"mediaType":"{{mediaType}}"} } },"response":"raw"}""",
        answer =>
        {
            Assert.That(answer.MediaType, Is.EqualTo(mediaType));
            Assert.That(content is null ? answer.Body[1..] : answer.Body, Is.EqualTo(Encoding.UTF8.GetBytes(content ?? "PNG")));
        });

    [Test]
    [Requirement("/req/core/process-execute-sync-raw-value-multi")]
    [Requirement("/req/core/job-results-async-raw-value-multi")]
    public async Task RawValues_OfSeveralOutputs_AreParts() => await BothAsync(
        """{"outputs":{"text":{},"image":{}},"response":"raw"}""",
        answer =>
        {
            Assert.That(answer.MediaType, Is.EqualTo("multipart/related"));
            var parts = PartsOf(answer).Result;
            Assert.That(parts.Select(part => (part.Id, part.Type, part.Content)), Is.EqualTo(new[]
            {
                ("text", "text/plain; charset=utf-8", "hello"), ("image", "image/tiff", "II*\0"),
            }));
        });

    [Test]
    [Requirement("/req/core/process-execute-default-outputs")]
    public async Task RawValues_WhenOutputsAreLeftOut_AreAll() => await BothAsync(
        """{"response":"raw"}""",
        answer => Assert.That(
            PartsOf(answer).Result.Select(part => part.Id), Is.EqualTo(new[] { "text", "count", "record", "shape", "table", "image" })));

    [Test]
    [Requirement("/req/core/process-execute-sync-raw-ref")]
    [Requirement("/req/core/job-results-async-raw-ref")]
    public async Task RawReferences_AreLinkHeadersOfAnEmptyAnswer() => await BothAsync(
        """{"outputs":{"text":{"transmissionMode":"reference"},"image":{"transmissionMode":"reference"}}}""",
        answer =>
        {
            Assert.That(((int)answer.Status, answer.Body), Is.EqualTo((204, Array.Empty<byte>())));
            var links = answer.Headers.GetValues("Link").ToList();
            Assert.That(links, Has.Count.EqualTo(2));
            Assert.That(FollowAsync(links[1][(links[1].IndexOf('<') + 1)..links[1].IndexOf('>')]).Result, Is.EqualTo("II*\0"));
        });

    [Test]
    [Requirement("/req/core/process-execute-sync-raw-mixed-multi")]
    [Requirement("/req/core/job-results-async-raw-mixed-multi")]
    public async Task RawValueAndReference_AreAPartEach_TheReferenceEmpty() => await BothAsync(
        """{"outputs":{"text":{"transmissionMode":"value"},"image":{"transmissionMode":"reference"}}}""",
        answer =>
        {
            var parts = PartsOf(answer).Result;
            Assert.That(parts.Select(part => (part.Id, part.Content)), Is.EqualTo(new[] { ("text", "hello"), ("image", "") }));
            Assert.That(FollowAsync(parts[1].Location!).Result, Is.EqualTo("II*\0"));
        });

    [Test]
    [Requirement("/req/core/process-execute-sync-document")]
    [Requirement("/req/core/job-results-async-document")]
    public async Task Document_HoldsValuesInLineAndFilesByLink() => await BothAsync(
        """{"response":"document"}""",
        answer =>
        {
            Assert.That(answer.MediaType, Is.EqualTo("application/json"));
            Assert.That(answer.Json["text"]!.ToJsonString(), Is.EqualTo("\"hello\""));
            Assert.That(answer.Json["count"]!.ToJsonString(), Is.EqualTo("42"));
            Assert.That(answer.Json["record"]!.ToJsonString(), Is.EqualTo("""{"value":{"mean":1.5},"mediaType":"application/json"}"""));
            Assert.That(answer.Json["image"]!["type"]!.GetValue<string>(), Is.EqualTo("image/tiff"));
            Assert.That(FollowAsync(answer.Json["image"]!["href"]!.GetValue<string>()).Result, Is.EqualTo("II*\0"));
        });

    [TestCase("shape", "{}", $$"""{"value":{{Point}},"mediaType":"application/geo+json"}""")]
    [TestCase("table", "{}", """{"value":"a,b\n1,2\n","mediaType":"text/csv"}""")]
    [TestCase("image", "{}", """{"value":"SUkqAA==","mediaType":"image/tiff","encoding":"base64"}""")]
    [TestCase("image", """{"mediaType":"image/png"}""", """{"value":"iVBORw==","mediaType":"image/png","encoding":"base64"}""")]
    [TestCase("table", """{"encoding":"base64"}""", """{"value":"YSxiCjEsMgo=","mediaType":"text/csv","encoding":"base64"}""")]
    public async Task Document_OfAFileByValue_HoldsItQualified(string output, string format, string value) => await BothAsync(
        $$"""{"outputs":{"{{output}}":{"transmissionMode":"value","format":{{format}} } },"response":"document"}""",
        answer => Assert.That(JsonNode.DeepEquals(answer.Json[output], JsonNode.Parse(value)), Is.True, answer.Text));

    [Test]
    public async Task Document_OfAScalarByReference_LinksToPlainText() => await BothAsync(
        """{"outputs":{"text":{"transmissionMode":"reference"}},"response":"document"}""",
        answer =>
        {
            Assert.That(answer.Json["text"]!["type"]!.GetValue<string>(), Is.EqualTo("text/plain"));
            Assert.That(FollowAsync(answer.Json["text"]!["href"]!.GetValue<string>()).Result, Is.EqualTo("hello"));
        });

    [Test]
    [Requirement("/req/core/process-execute-empty-outputs")]
    [Requirement("/req/core/job-results-exception/results-not-available")]
    public async Task Execute_WithoutWantingOutputs_AnswersNothing()
    {
        var answer = await Server.ExecuteAsync(_process, """{"outputs":{}}""");
        Assert.That(((int)answer.Status, answer.Body), Is.EqualTo((204, Array.Empty<byte>())));
        var status = await Server.RunAsync(_process, """{"outputs":{}}""");
        Assert.That((await Server.GetAsync($"/jobs/{status.Json["jobID"]}/results")).Type, Does.EndWith("/result-not-available"));
    }

    [Test]
    public async Task ValidateOnly_OfAGoodRequest_RunsNothing()
    {
        var package = Package.Running("true").Taking("n", """{"type":"integer"}""").Taking("size", """{"type":"integer","default":3}""");
        await Server.DeployAsync(package);
        var answer = await Server.PostAsync($"/processes/{package.Id}/execution?validateOnly=true", """{"inputs":{"n":1}}""");
        Assert.That(answer.Json["inputs"]!.ToJsonString(), Is.EqualTo("""{"n":1,"size":3}"""), answer.Text);
        Assert.That((await Server.GetAsync($"/jobs?processID={package.Id}")).Json["jobs"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task ValidateOnly_OfABadRequest_TellsWhatIsWrong()
    {
        var answer = await Server.PostAsync("/execution?validateOnly=true", """{"process":"echo","inputs":{"colour":"red"}}""");
        Assert.That(answer.Pointers(), Is.EquivalentTo(new[] { "/inputs/colour", "/inputs/message" }));
    }

    [Test]
    public async Task Validation_OfAProcessThatIsLenient_LeavesUndeclaredInputsOut()
    {
        var package = Package.Running("cat /job/inputs.json > got").Giving("got", """{"type":"object"}""");
        package.Unit["validation"] = "lenient";
        await Server.DeployAsync(package);
        var answer = await Server.ExecuteAsync(package.Id, """{"inputs":{"colour":"red"},"response":"raw"}""");
        Assert.That(answer.Text, Is.EqualTo("{}"));
    }

    [Test]
    public async Task Program_IsToldWhatIsWanted()
    {
        var package = Package.Running("cat $OGC_WANTED > got; echo > image.png")
            .Giving("got", """{"type":"object"}""")
            .Giving("image", """{"oneOf":[{"contentMediaType":"image/tiff"},{"contentMediaType":"image/png"}]}""")
            .Giving("other", """{"type":"string"}""");
        await Server.DeployAsync(package);
        var answer = await Server.ExecuteAsync(package.Id, """{"outputs":{"got":{},"image":{"format":{"mediaType":"image/png"}}}}""");
        Assert.That(answer.Json["got"]?["value"]?.ToJsonString(), Is.EqualTo("""{"got":{},"image":{"mediaType":"image/png"}}"""), answer.Text);
    }

    [Test]
    public async Task BrokenOutput_FailsTheJobAndIsKept()
    {
        var package = Package.Running("echo 7 > good; printf '{\"mean\":\"a lot\"}' > bad")
            .Giving("good", """{"type":"integer"}""")
            .Giving("bad", """{"type":"object","properties":{"mean":{"type":"number"}}}""");
        await Server.DeployAsync(package);
        var failed = await Server.RunAsync(package.Id, "{}");
        Assert.That(failed.Json["status"]!.GetValue<string>(), Is.EqualTo("failed"));
        Assert.That(failed.Json["message"]!.GetValue<string>(), Does.Contain("'bad'").And.Contain("/mean"));
        var kept = failed.Json["links"]!.AsArray().Single(link => link!["title"]!.GetValue<string>().Contains("'bad'", StringComparison.Ordinal));
        Assert.That(await FollowAsync(kept!["href"]!.GetValue<string>()), Is.EqualTo("""{"mean":"a lot"}"""));
        await Server.DeleteAsync($"/jobs/{failed.Json["jobID"]}");
        Assert.That((int)(await Server.GetAsync(kept["href"]!.GetValue<string>())).Status, Is.EqualTo(410));
    }

    /// <summary>Checks the synchronous answer, and that the results of the job of an asynchronous execution are the same.</summary>
    private async Task BothAsync(string request, Action<Answer> check)
    {
        var answer = await Server.ExecuteAsync(_process, request);
        Assert.That((int)answer.Status, Is.EqualTo(200).Or.EqualTo(204), answer.Text);
        check(answer);
        var job = await Server.RunAsync(_process, request);
        check(await Server.GetAsync($"/jobs/{job.Json["jobID"]}/results"));
    }

    private static async Task<string> FollowAsync(string url) => (await Server.GetAsync(url)).Text;

    private static async Task<IReadOnlyList<Part>> PartsOf(Answer answer)
    {
        var boundary = answer.ContentHeaders.ContentType!.Parameters.Single(parameter => parameter.Name == "boundary").Value!.Trim('"');
        var reader = new MultipartReader(boundary, new MemoryStream(answer.Body));
        var parts = new List<Part>();
        while (await reader.ReadNextSectionAsync() is { } section)
        {
            using var content = new StreamReader(section.Body, Encoding.UTF8);
            parts.Add(new(
                section.Headers!["Content-ID"].ToString(), section.ContentType!, section.Headers.GetValueOrDefault("Content-Location").FirstOrDefault(), await content.ReadToEndAsync()));
        }

        return parts;
    }

    private sealed record Part(string Id, string Type, string? Location, string Content);
}
