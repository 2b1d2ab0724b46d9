using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>Part 1, core: executions.</summary>
internal sealed partial class CoreExecutionTests : ConformanceTests
{
    private const string Box = """{"bbox":[51.9,7,52,7.1],"crs":"http://www.opengis.net/def/crs/OGC/1.3/CRS84"}""";
    private const string Point = """{"type":"Point","coordinates":[7.1,51.9]}""";
    private const string Tiff = "SUkqAAgAAAA=";

    [TestCase(null, 200)]
    [TestCase("respond-async", 201)]
    [Requirement("/req/core/process-execute-op")]
    [AbstractTest("/conf/core/job-creation-op")]
    public async Task Execution_IsAPostToWhereTheDescriptionSays(string? prefer, int status)
    {
        var execution = (await Server.GetAsync("/processes/echo")).Links(Relation + "execute").Single();
        var answer = await Server.PostAsync(execution, """{"inputs":{"message":"m"}}""", prefer);
        Assert.That((int)answer.Status, Is.EqualTo(status), answer.Text);
    }

    [Test]
    [Requirement("/req/core/process-execute-request")]
    [AbstractTest("/conf/core/job-creation-request")]
    public async Task Request_WithEveryMember_IsUnderstood()
    {
        var results = await ResultsAsync(
            "echo",
            $$"""
            {"inputs":{"message":{"value":"m","mediaType":"text/plain"},"number":7.5,"flag":true,"integers":[1,2],"box":{{Box}},"image":"{{Tiff}}"},
             "outputs":{"message":{"format":{"mediaType":"text/plain"},"transmissionMode":"value"},
                        "number":{"transmissionMode":"value"},
                        "image":{"format":{"mediaType":"image/tiff","encoding":"base64"},"transmissionMode":"reference"} },
             "response":"document"}
            """);
        Assert.That(results.Json.AsObject().Select(output => output.Key), Is.EquivalentTo(new[] { "message", "number", "image" }));
    }

    [Test]
    [Requirement("/req/core/process-execute-inputs")]
    [AbstractTest("/conf/core/job-creation-inputs")]
    [AbstractTest("/conf/core/job-creation-input-inline")]
    [AbstractTest("/conf/core/job-creation-input-ref")]
    public async Task Inputs_InLineAndByLink_AreTheSame()
    {
        var inline = await ResultsAsync("echo-types", $$"""{"inputs":{"geometry":{"value":{{Point}} } } }""");
        var link = await StoredAsync("geometry", $$"""{"value":{{Point}} }""");
        var linked = await ResultsAsync("echo-types", $$"""{"inputs":{"geometry":{"href":"{{link}}","type":"application/geo+json"} } }""");
        Assert.That(JsonNode.DeepEquals(linked.Json["geometry"], inline.Json["geometry"]), Is.True, linked.Text);
    }

    [TestCase("""["one"]""")]
    [TestCase("""["one","two","three"]""")]
    [Requirement("/req/core/process-execute-input-array")]
    [AbstractTest("/conf/core/job-creation-input-array")]
    public async Task InputArray_OfSeveralOccurrences_IsAnArray(string values)
    {
        var results = await ResultsAsync("echo-types", $$"""{"inputs":{"strings":{{values}} } }""");
        Assert.That(results.Json["strings"]!.ToJsonString(), Is.EqualTo(values));
    }

    [TestCase("object", """{"name":"Olinda","location":{"longitude":-34.9,"latitude":-8}}""")]
    [TestCase("measure", """{"measurement":2.5,"uom":"m"}""")]
    [Requirement("/req/core/process-execute-input-inline-object")]
    [AbstractTest("/conf/core/job-creation-input-inline-object")]
    public async Task InputObject_Qualified_IsTaken(string input, string value)
    {
        var results = await ResultsAsync("echo-types", $$"""{"inputs":{"{{input}}":{"value":{{value}} } } }""");
        Assert.That(JsonNode.DeepEquals(results.Json[input]!["value"], JsonNode.Parse(value)), Is.True, results.Text);
    }

    [TestCase("""{"value":"region:olinda"}""", "\"region:olinda\"")]
    [TestCase("""{"value":{"type":"FeatureCollection","features":[]},"mediaType":"application/geo+json"}""", "\"type\":\"FeatureCollection\"")]
    [TestCase("""{"value":"SUkqAAgAAAA=","mediaType":"image/tiff","encoding":"base64"}""", "image/tiff")]
    [Requirement("/req/core/process-execute-input-mixed-type")]
    [AbstractTest("/conf/core/job-creation-input-inline-mixed")]
    public async Task InputOfSeveralTypes_Qualified_IsTakenAsTheTypeItSays(string value, string expected)
    {
        var results = await ResultsAsync("echo-types", $$"""{"inputs":{"area":{{value}} } }""");
        Assert.That(results.Json["area"]!.ToJsonString(), Does.Contain(expected));
    }

    [TestCase("image")]
    [TestCase("bytes")]
    [Requirement("/req/core/process-execute-input-inline-binary")]
    [AbstractTest("/conf/core/job-creation-input-inline-binary")]
    public async Task InputBinary_InLine_IsBase64(string input)
    {
        var results = await ResultsAsync("echo-types", $$"""{"inputs":{"{{input}}":"{{Tiff}}"} }""");
        using var file = await Server.Http.GetAsync(results.Json[input]!["href"]!.GetValue<string>());
        Assert.That(await file.Content.ReadAsByteArrayAsync(), Is.EqualTo(Convert.FromBase64String(Tiff)));
    }

    [TestCase("""{"bbox":[51.9,7,52,7.1]}""")]
    [TestCase(Box)]
    [TestCase("""{"bbox":[51.9,7,0,52,7.1,100],"crs":"http://www.opengis.net/def/crs/OGC/0/CRS84h"}""")]
    [Requirement("/req/core/process-execute-input-inline-bbox")]
    [AbstractTest("/conf/core/job-creation-input-inline-bbox")]
    public async Task InputBoundingBox_InLine_IsTaken(string box)
    {
        var results = await ResultsAsync("echo", $$"""{"inputs":{"message":"m","box":{{box}} } }""");
        Assert.That(results.Json["box"]!["bbox"]!.ToJsonString(), Is.EqualTo(JsonNode.Parse(box)!["bbox"]!.ToJsonString()));
    }

    [TestCase("pause", "\"soon\"")]
    [TestCase("number", "true")]
    [TestCase("integers", "[1.5]")]
    [TestCase("box", """{"bbox":[1,2,3]}""")]
    [TestCase("image", """{"type":"wrong/type"}""")]
    [Requirement("/req/core/process-execute-input-validation")]
    [AbstractTest("/conf/core/job-creation-input-validation")]
    public async Task InputValidation_WrongInLine_IsRefused(string input, string value)
    {
        var refused = await Server.ExecuteAsync("echo", $$"""{"inputs":{"message":"m","{{input}}":{{value}} } }""");
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Pointers(), Has.Some.StartsWith($"/inputs/{input}"));
    }

    [Test]
    [Requirement("/req/core/process-execute-input-validation")]
    public async Task InputValidation_WrongBehindALink_FailsAsWrongInLineDoes()
    {
        var link = await StoredAsync("geometry", $$"""{"value":{{Point}} }""");
        var refused = await Server.ExecuteAsync("echo-types", $$"""{"inputs":{"featureCollection":{"href":"{{link}}","type":"application/geo+json"} } }""");
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
    }

    [Test]
    [Requirement("/req/core/process-execute-default-outputs")]
    [AbstractTest("/conf/core/job-creation-default-outputs")]
    public async Task Outputs_LeftOut_AreAll()
    {
        var results = await ResultsAsync("echo", """{"inputs":{"message":"m","number":1,"flag":false}}""");
        Assert.That(results.Json.AsObject().Select(output => output.Key), Is.EquivalentTo(new[] { "message", "number", "flag" }));
    }

    [TestCase("[\"sync-execute\"]", 200)]
    [TestCase("[\"async-execute\"]", 201)]
    [TestCase("[\"sync-execute\",\"async-execute\"]", 200)]
    [Requirement("/req/core/process-execute-default-execution-mode")]
    [AbstractTest("/conf/core/job-creation-default-execution-mode")]
    public async Task ModeWithoutPreference_IsTheOnlyOne_ElseSynchronous(string modes, int status) =>
        Assert.That((int)(await InModesAsync(modes, null)).Status, Is.EqualTo(status));

    [TestCase("[\"sync-execute\"]", 200)]
    [TestCase("[\"async-execute\"]", 201)]
    [TestCase("[\"sync-execute\",\"async-execute\"]", 201)]
    [Requirement("/req/core/process-execute-auto-execution-mode")]
    [Requirement("/rec/core/process-execute-honor-prefer")]
    [Requirement("/rec/core/process-execute-preference-applied")]
    [AbstractTest("/conf/core/job-creation-auto-execution-mode")]
    public async Task ModeWithRespondAsync_IsTheOnlyOne_ElseAsynchronous(string modes, int status)
    {
        var answer = await InModesAsync(modes, "respond-async");
        Assert.That((int)answer.Status, Is.EqualTo(status));
        Assert.That(answer.Headers.TryGetValues("Preference-Applied", out var applied) && applied.Contains("respond-async"), Is.EqualTo(status == 201));
    }

    [Test]
    [Requirement("/req/core/process-execute-success-async")]
    [AbstractTest("/conf/core/job-creation-success-async")]
    public async Task AsynchronousAnswer_IsTheJobAndItsAddress()
    {
        var answer = await Server.ExecuteAsync("echo", """{"inputs":{"message":"m"}}""", "respond-async");
        Assert.That((int)answer.Status, Is.EqualTo(201));
        Assert.That(answer.Headers.Location!.IsAbsoluteUri, Is.True);
        Assert.That(answer.MediaType, Is.EqualTo("application/json"));
        Assert.That(answer.Json["type"]!.GetValue<string>(), Is.EqualTo("process"));
        Assert.That(answer.Json["status"]!.GetValue<string>(), Is.AnyOf("accepted", "running", "successful"));
    }

    [Test]
    [Requirement("/req/core/job-results-success-sync")]
    [AbstractTest("/conf/core/job-results-sync")]
    public async Task SynchronousAnswer_NamesAJobThatHasTheSameResults()
    {
        var answer = await ResultsAsync("echo", """{"inputs":{"message":"m","number":3}}""");
        var results = answer.ContentHeaders.ContentLocation!;
        Assert.That((await Server.GetAsync(results.ToString())).Text, Is.EqualTo(answer.Text));
        var status = await Server.GetAsync(results.ToString()[..^"/results".Length]);
        Assert.That(status.Json["status"]!.GetValue<string>(), Is.EqualTo("successful"));
    }

    [TestCase("""{"outputs":{"message":{"transmissionMode":"value"}}}""")]
    [Requirement("/req/core/process-execute-sync-raw-value-one")]
    [Requirement("/req/core/job-results-async-raw-value-one")]
    [AbstractTest("/conf/core/job-creation-sync-raw-value-one")]
    public async Task Raw_OneValue_IsTheSameInBothModes(string form) => await AssertSameInBothModesAsync(form, 200, "text/plain");

    [TestCase("""{"response":"raw"}""")]
    [TestCase("""{"outputs":{"message":{"transmissionMode":"value"},"image":{"transmissionMode":"value"}}}""")]
    [Requirement("/req/core/process-execute-sync-raw-value-multi")]
    [Requirement("/req/core/job-results-async-raw-value-multi")]
    [AbstractTest("/conf/core/job-creation-sync-raw-value-multi")]
    public async Task Raw_SeveralValues_AreTheSameInBothModes(string form) => await AssertSameInBothModesAsync(form, 200, "multipart/related");

    [TestCase("""{"outputs":{"image":{"transmissionMode":"reference"}}}""")]
    [TestCase("""{"outputs":{"message":{"transmissionMode":"reference"},"image":{"transmissionMode":"reference"}},"response":"raw"}""")]
    [Requirement("/req/core/process-execute-sync-raw-ref")]
    [Requirement("/req/core/job-results-async-raw-ref")]
    [AbstractTest("/conf/core/job-creation-sync-raw-ref")]
    public async Task Raw_References_AreTheSameInBothModes(string form) => await AssertSameInBothModesAsync(form, 204, null);

    [TestCase("""{"outputs":{"message":{"transmissionMode":"value"},"image":{"transmissionMode":"reference"}}}""")]
    [Requirement("/req/core/process-execute-sync-raw-mixed-multi")]
    [Requirement("/req/core/job-results-async-raw-mixed-multi")]
    [AbstractTest("/conf/core/job-creation-sync-raw-mixed-multi")]
    public async Task Raw_ValueAndReference_AreTheSameInBothModes(string form) => await AssertSameInBothModesAsync(form, 200, "multipart/related");

    [TestCase("""{"response":"document"}""")]
    [TestCase("""{"outputs":{"image":{"transmissionMode":"value"}},"response":"document"}""")]
    [Requirement("/req/core/process-execute-sync-document")]
    [Requirement("/req/core/job-results-async-document")]
    [AbstractTest("/conf/core/job-creation-sync-document")]
    public async Task Document_IsTheSameInBothModes(string form) => await AssertSameInBothModesAsync(form, 200, "application/json");

    /// <summary>Where the server keeps a value as an output by itself.</summary>
    private static async Task<string> StoredAsync(string input, string value)
    {
        var ended = await Server.RunAsync("echo-types", $$"""{"inputs":{"{{input}}":{{value}} } }""");
        return $"{Server.Http.BaseAddress}jobs/{ended.Json["jobID"]}/results/{input}";
    }

    private static async Task<Answer> InModesAsync(string modes, string? prefer)
    {
        var package = Package.Running("true");
        package.Process["jobControlOptions"] = JsonNode.Parse(modes);
        await DeployedAsync(package);
        return await Server.ExecuteAsync(package.Id, "{}", prefer);
    }

    private static async Task AssertSameInBothModesAsync(string form, int status, string? mediaType)
    {
        var request = JsonNode.Parse(form)!;
        request["inputs"] = new JsonObject { ["message"] = "teststring", ["image"] = Tiff };
        var answered = await Server.ExecuteAsync("echo", request.ToJsonString());
        var ended = await Server.RunAsync("echo", request.ToJsonString());
        var asked = await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/results");
        Assert.That(((int)answered.Status, answered.MediaType), Is.EqualTo((status, mediaType)), answered.Text);
        Assert.That(((int)asked.Status, asked.MediaType), Is.EqualTo((status, mediaType)), asked.Text);
        Assert.That(WithoutIdentifiers(asked), Is.EqualTo(WithoutIdentifiers(answered)));
    }

    /// <summary>Body and links, less what is another in every job and message: identifiers and boundaries.</summary>
    private static string WithoutIdentifiers(Answer answer)
    {
        var links = answer.Headers.TryGetValues("Link", out var values) ? string.Join('\n', values) : "";
        return Identifier.Replace($"{links}\n{answer.Text}", "");
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Identifier { get; }
}
