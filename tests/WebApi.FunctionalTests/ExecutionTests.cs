using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests;

internal sealed class ExecutionTests : ServerTests
{
    private const string Hello = """{"inputs":{"message":"hello"}}""";

    [Test]
    [Requirement("/req/core/process-execute-default-execution-mode")]
    public async Task Execute_WithoutPreference_AnswersWithTheResults()
    {
        var answer = await Server.ExecuteAsync("echo", Hello);
        Assert.That((int)answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(answer.Json["message"]!.GetValue<string>(), Is.EqualTo("hello"));
        Assert.That(answer.Headers.Contains("Link"), Is.False);
        Assert.That(answer.ContentHeaders.ContentLocation!.ToString(), Does.Match("/jobs/[0-9a-f-]{36}/results$"));
    }

    [Test]
    [Requirement("/req/core/process-execute-auto-execution-mode")]
    [Requirement("/req/core/process-execute-success-async")]
    public async Task Execute_RespondAsync_AnswersWithTheJob()
    {
        var answer = await Server.ExecuteAsync("echo", Hello, "respond-async ");
        Assert.That((int)answer.Status, Is.EqualTo(201), answer.Text);
        Assert.That(answer.Headers.GetValues("Preference-Applied"), Is.EqualTo(new[] { "respond-async" }));
        Assert.That(answer.Headers.Location!.ToString(), Does.EndWith($"/jobs/{answer.Json["jobID"]}"));
        Assert.That((await Server.EndOfAsync(answer.Json["jobID"]!.GetValue<string>())).Json["status"]!.GetValue<string>(), Is.EqualTo("successful"));
    }

    [Test]
    public async Task Execute_LongerThanTheClientWaits_AnswersWithTheSameRunningJob()
    {
        var answer = await Server.ExecuteAsync("echo", """{"inputs":{"message":"slow","pause":2}}""", "wait=1");
        var jobId = answer.Json["jobID"]!.GetValue<string>();
        Assert.That((int)answer.Status, Is.EqualTo(201), answer.Text);
        Assert.That(answer.Headers.GetValues("Preference-Applied"), Is.EqualTo(new[] { "wait=1" }));
        var ended = await Server.EndOfAsync(jobId);
        Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo("successful"));
        Assert.That(ended.Json["attempt"]!.GetValue<int>(), Is.EqualTo(1));
    }

    [Test]
    public async Task Execute_RespondAsyncWithinTheWait_AnswersWithTheResults() =>
        Assert.That((int)(await Server.ExecuteAsync("echo", Hello, "respond-async, wait=60")).Status, Is.EqualTo(200));

    [TestCase("sync-execute", "respond-async", 200)]
    [TestCase("async-execute", null, 201)]
    [Requirement("/req/core/process-execute-auto-execution-mode")]
    public async Task Execute_ProcessOffersOneMode_UsesIt(string offered, string? prefer, int status)
    {
        var package = Package.Running("true");
        package.Process["jobControlOptions"] = new JsonArray(offered);
        await Server.DeployAsync(package);
        Assert.That((int)(await Server.ExecuteAsync(package.Id, "{}", prefer)).Status, Is.EqualTo(status));
    }

    [Test]
    public async Task Execution_NamesTheProcessInTheBody_IsTheSame()
    {
        var byId = await Server.PostAsync("/execution", """{"process":"echo","inputs":{"message":"a"}}""");
        var byUri = await Server.PostAsync("/execution", """{"process":"http://127.0.0.1/processes/echo","inputs":{"message":"b"}}""");
        Assert.That(byId.Json["message"]!.GetValue<string>(), Is.EqualTo("a"));
        Assert.That(byUri.Json["message"]!.GetValue<string>(), Is.EqualTo("b"));
    }

    [Test]
    public async Task Execution_NamesNoProcess_IsRefusedThere() =>
        Assert.That((await Server.PostAsync("/execution", Hello)).Pointers(), Is.EqualTo(new[] { "/process" }));

    [TestCase("string", "\"text with \\\"quotes\\\", a \\u2603 and a\\nline\"")]
    [TestCase("enumeration", "\"value2\"")]
    [TestCase("number", "2.5e-3")]
    [TestCase("integer", "8")]
    [TestCase("boolean", "false")]
    [TestCase("date", "\"2026-11-22\"")]
    [TestCase("array", "[1,2,3]")]
    [TestCase("boundingBox", """{"bbox":[51.9,7,52,7.1],"crs":"http://www.opengis.net/def/crs/OGC/1.3/CRS84"}""")]
    [TestCase("geometry", """{"type":"Point","coordinates":[7.1,51.9]}""")]
    [TestCase("featureCollection", """{"type":"FeatureCollection","features":[]}""")]
    [TestCase("strings", """["one"]""")]
    [Requirement("/req/core/process-execute-inputs")]
    public async Task Execute_EchoTypes_GivesEveryKindOfValueBack(string input, string value)
    {
        value = await FittingAsync(input, value);
        var answer = await Server.ExecuteAsync("echo-types", $$"""{"inputs":{"{{input}}":{{value}} } }""");
        Assert.That((int)answer.Status, Is.EqualTo(200), answer.Text);
        // Of objects only a bounding box stands in a document as it is (Part 1, inlineOrRefData.yaml).
        var given = input is "geometry" or "featureCollection" ? answer.Json[input]!["value"] : answer.Json[input];
        Assert.That(JsonNode.DeepEquals(given, JsonNode.Parse(value)), Is.True, answer.Text);
    }

    [TestCase("""{"value":{"type":"Point","coordinates":[7.1,51.9]}}""")]
    [TestCase("""{"value":{"type":"Point","coordinates":[7.1,51.9]},"mediaType":"application/geo+json"}""")]
    [Requirement("/req/core/process-execute-input-inline-object")]
    public async Task Execute_QualifiedValue_IsUnwrapped(string value)
    {
        var answer = await Server.ExecuteAsync("echo-types", $$"""{"inputs":{"geometry":{{value}} } }""");
        Assert.That(answer.Json["geometry"]?["value"]?["type"]?.GetValue<string>(), Is.EqualTo("Point"), answer.Text);
    }

    [TestCase("\"SUkqAAgAAAA=\"")]
    [TestCase("""{"value":"SUkqAAgAAAA=","mediaType":"image/tiff","encoding":"base64"}""")]
    [TestCase("""{"value":"SUkqAAgAAAA=","format":{"mediaType":"image/tiff","encoding":"base64"}}""")]
    [Requirement("/req/core/process-execute-input-inline-binary")]
    public async Task Execute_BinaryInLine_ComesBackAsAFile(string value)
    {
        var answer = await Server.ExecuteAsync("echo", $$"""{"inputs":{"message":"m","image":{{value}} } }""");
        Assert.That((int)answer.Status, Is.EqualTo(200), answer.Text);
        using var file = await Server.Http.GetAsync(answer.Json["image"]!["href"]!.GetValue<string>());
        Assert.That(await file.Content.ReadAsByteArrayAsync(), Is.EqualTo(Convert.FromBase64String("SUkqAAgAAAA=")));
        Assert.That(file.Content.Headers.ContentType!.MediaType, Is.EqualTo("image/tiff"));
    }

    [Test]
    public async Task Execute_NullMembers_CountAsAbsent()
    {
        var answer = await Server.ExecuteAsync(
            "echo", """{"process":null,"inputs":{"message":"m","pause":null,"box":null},"outputs":null,"response":null,"subscriber":null}""");
        Assert.That((int)answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(answer.Json.AsObject().Select(output => output.Key), Is.EqualTo(new[] { "message" }));
    }

    [Test]
    public async Task Execute_LeftOutInputWithDefault_IsGivenTheDefault()
    {
        var answer = await Server.ExecuteAsync("echo-types", "{}");
        Assert.That(answer.Json["number"]!.GetValue<double>(), Is.EqualTo(5));
    }

    [Test]
    [Requirement("/req/core/process-execute-input-validation")]
    public async Task Execute_ManyThingsWrong_TellsThemAllWithPointers()
    {
        var refused = await Server.ExecuteAsync(
            "echo",
            """
            {"inputs":{"pause":-1,"box":{"bbox":[1,2]},"image":"***","colour":"red","integers":[1,"two"]},
             "outputs":{"sound":{},"message":{"transmissionMode":"telepathy"}},"response":"song"}
            """);
        Assert.That((int)refused.Status, Is.EqualTo(400));
        Assert.That(refused.Pointers(), Is.SupersetOf(new[]
        {
            "/inputs/message", "/inputs/pause", "/inputs/box/bbox", "/inputs/image", "/inputs/colour", "/inputs/integers/1",
            "/outputs/sound", "/outputs/message/transmissionMode", "/response",
        }));
    }

    [TestCase("/inputs/image/href", """{"href":"ftp://example.org/a.tif"}""")]
    [TestCase("/inputs/image/href", """{"href":"relative.tif"}""")]
    [TestCase("/inputs/image/href", """{"href":"http://169.254.169.254/latest"}""")]
    [TestCase("/inputs/image", """{"href":"http://example.org/a.png","type":"image/png"}""")]
    public async Task Execute_LinkThatWillNotBeFollowed_IsRefusedAtOnce(string pointer, string link) => Assert.That(
        (await Server.ExecuteAsync("echo", $$"""{"inputs":{"message":"m","image":{{link}} } }""")).Pointers(), Does.Contain(pointer));

    [Test]
    [Requirement("/req/core/process-execute-sync-document")]
    public async Task Execute_DocumentWithSelectedOutput_GivesThatOne()
    {
        var answer = await Server.ExecuteAsync(
            "echo", """{"inputs":{"message":"m","number":1},"outputs":{"number":{"transmissionMode":"value"}},"response":"document"}""");
        Assert.That(answer.Json.ToJsonString(), Is.EqualTo("""{"number":1}"""));
    }

    [Test]
    [Requirement("/req/core/process-execute-sync-raw-value-one")]
    public async Task Execute_RawOneOutput_IsTheBareValue()
    {
        var answer = await Server.ExecuteAsync("echo", """{"inputs":{"message":"teststring"},"outputs":{"message":{"transmissionMode":"value"}}}""");
        Assert.That(answer.Text, Is.EqualTo("teststring"));
        Assert.That(answer.MediaType, Is.EqualTo("text/plain"));
    }

    [Test]
    [Requirement("/req/core/process-execute-sync-raw-value-multi")]
    public async Task Execute_RawSeveralOutputs_IsMultipart()
    {
        var answer = await Server.ExecuteAsync("echo", """{"inputs":{"message":"teststring","number":4},"response":"raw"}""");
        Assert.That(answer.MediaType, Is.EqualTo("multipart/related"));
        Assert.That(answer.Text, Does.Match("(?s)Content-ID: message.*teststring.*Content-ID: number"));
    }

    [Test]
    [Requirement("/req/core/process-execute-sync-raw-ref")]
    public async Task Execute_RawByReference_IsLinksOnly()
    {
        var answer = await Server.ExecuteAsync("echo", """{"inputs":{"message":"m"},"outputs":{"message":{"transmissionMode":"reference"}}}""");
        var link = answer.Headers.GetValues("Link").Single();
        Assert.That((int)answer.Status, Is.EqualTo(204));
        Assert.That((await Server.GetAsync(link[(link.IndexOf('<') + 1)..link.IndexOf('>')])).Text, Is.EqualTo("m"));
    }

    /// <summary>Enumerations differ from process to process: takes the second of the described ones.</summary>
    private static async Task<string> FittingAsync(string input, string value)
    {
        if (input != "enumeration") return value;
        var description = await Server.GetAsync("/processes/echo-types");
        return description.Json["inputs"]![input]!["schema"]!["enum"]![1]!.ToJsonString();
    }
}
