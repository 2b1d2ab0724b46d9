using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests;

internal sealed class JobsTests : ServerTests
{
    private const string NoSuchJob = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job";

    [Test]
    [Requirement("/req/core/job-success")]
    public async Task Status_EndedJob_HasTheMembersOfBothEditions()
    {
        var status = (await Server.RunAsync("echo", """{"inputs":{"message":"m"}}""")).Json;
        Assert.That(status["jobID"]!.GetValue<string>(), Is.EqualTo(status["id"]!.GetValue<string>()));
        Assert.That(status["type"]!.GetValue<string>(), Is.EqualTo("process"));
        Assert.That(status["processID"]!.GetValue<string>(), Is.EqualTo("echo"));
        Assert.That(status["progress"]!.GetValue<int>(), Is.EqualTo(100));
        Assert.That(status["imageDigest"]!.GetValue<string>(), Does.StartWith("sha256:"));
        Assert.That(status["started"]!.GetValue<DateTimeOffset>(), Is.GreaterThanOrEqualTo(status["created"]!.GetValue<DateTimeOffset>()));
        Assert.That(status["finished"]!.GetValue<DateTimeOffset>(), Is.GreaterThanOrEqualTo(status["started"]!.GetValue<DateTimeOffset>()));
        Assert.That(Href(status, "http://www.opengis.net/def/rel/ogc/1.0/results"), Does.EndWith("/results"));
    }

    [Test]
    public async Task Status_AtTheRoot_IsTheSame()
    {
        var status = await Server.RunAsync("echo", """{"inputs":{"message":"m"}}""");
        var atRoot = await Server.GetAsync($"/{status.Json["jobID"]}");
        Assert.That(atRoot.Text, Is.EqualTo(status.Text));
    }

    [Test]
    [Requirement("/req/job-list/job-list-success")]
    public async Task List_IsNewestFirst_AndPagesLeadOnAndBack()
    {
        for (var i = 0; i < 3; i++) await Server.RunAsync("echo", """{"inputs":{"message":"m"}}""");
        var first = await Server.GetAsync("/jobs?limit=2&processID=echo");
        var second = await Server.GetAsync(Href(first.Json, "next"));
        var again = await Server.GetAsync(Href(second.Json, "prev"));
        Assert.That(Ids(first), Has.Count.EqualTo(2));
        Assert.That(Ids(second), Is.Not.Empty.And.No.AnyOf(Ids(first).ToArray<object>()));
        Assert.That(Ids(again), Is.EqualTo(Ids(first)));
        Assert.That(first.Json["jobs"]!.AsArray().Select(job => job!["created"]!.GetValue<DateTimeOffset>()), Is.Ordered.Descending);
    }

    [Test]
    [Requirement("/req/job-list/status-response")]
    public async Task List_ByStatus_HasOnlyThose()
    {
        await Server.RunAsync("echo", """{"inputs":{"message":"m"}}""");
        var list = await Server.GetAsync("/jobs?status=successful");
        Assert.That(list.Json["jobs"]!.AsArray().Select(job => job!["status"]!.GetValue<string>()).Distinct(), Is.EqualTo(new[] { "successful" }));
    }

    [Test]
    [Requirement("/req/job-list/duration-response")]
    [Requirement("/req/job-list/processid-response")]
    public async Task List_ByDuration_HasRunningAndEndedJobsThatLastedSoLong()
    {
        using var server = new Server();
        var quick = await server.RunAsync("echo", """{"inputs":{"message":"m"}}""");
        var running = await server.ExecuteAsync("echo", """{"inputs":{"message":"m","pause":60}}""", "respond-async");
        var runningId = running.Json["jobID"]!.GetValue<string>();
        await server.UntilAsync(runningId, status => DateTimeOffset.UtcNow - status["started"]?.GetValue<DateTimeOffset>() > TimeSpan.FromSeconds(1));
        var echo = Uri.EscapeDataString($"{server.Http.BaseAddress}processes/echo");
        var longer = Ids(await server.GetAsync($"/jobs?minDuration=1&status=running,accepted&processID=none,{echo}"));
        var all = Ids(await server.GetAsync("/jobs?minDuration=0&maxDuration=3600"));
        var none = Ids(await server.GetAsync("/jobs?minDuration=0&processID=none"));
        await server.DeleteAsync($"/jobs/{runningId}");
        Assert.That(longer, Is.EqualTo(new[] { runningId }));
        Assert.That(all, Is.EqualTo(new[] { runningId, quick.Json["jobID"]!.GetValue<string>() }));
        Assert.That(none, Is.Empty);
    }

    [Test]
    [Requirement("/req/job-list/datetime-response")]
    public async Task List_ByDay_HasTheJobsOfThatDay()
    {
        var job = await Server.RunAsync("echo", """{"inputs":{"message":"m"}}""");
        var day = DateOnly.FromDateTime(job.Json["created"]!.GetValue<DateTimeOffset>().UtcDateTime);
        var id = job.Json["jobID"]!.GetValue<string>();
        Assert.That(Ids(await Server.GetAsync($"/jobs?datetime={day:O}")), Does.Contain(id));
        Assert.That(Ids(await Server.GetAsync($"/jobs?datetime=../{day.AddDays(-1):O}")), Is.Empty);
        Assert.That(Ids(await Server.GetAsync($"/jobs?datetime={day.AddDays(1):O}/")), Is.Empty);
    }

    [TestCase("limit=0", "limit")]
    [TestCase("limit=x", "limit")]
    [TestCase("cursor=%00", "cursor")]
    [TestCase("cursor=AAAA", "cursor")]
    [TestCase("status=sleeping", "status")]
    [TestCase("status=3", "status")]
    [TestCase("datetime=yesterday", "datetime")]
    [TestCase("datetime=2026-02-01/2026-01-01", "datetime")]
    [TestCase("minDuration=-1", "minDuration")]
    [TestCase("minDuration=x", "minDuration")]
    [TestCase("maxDuration=1.5", "maxDuration")]
    [TestCase("minDuration=2&maxDuration=1", "minDuration")]
    public async Task List_BadQuery_IsRefusedByName(string query, string parameter)
    {
        var refused = await Server.GetAsync($"/jobs?{query}");
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Pointers(), Does.Contain(parameter));
    }

    [TestCase("")]
    [TestCase("/results")]
    [TestCase("/results/message")]
    [TestCase("/logs")]
    [TestCase("/inputs")]
    [Requirement("/req/core/job-exception-no-such-job")]
    [Requirement("/req/core/job-results-exception/no-such-job")]
    public async Task UnknownJob_IsToldByItsType(string below)
    {
        var unknown = await Server.GetAsync($"/jobs/{Guid.NewGuid()}{below}");
        var malformed = await Server.GetAsync($"/jobs/none{below}");
        Assert.That((int)unknown.Status, Is.EqualTo(404));
        Assert.That(unknown.Type, Is.EqualTo(NoSuchJob));
        Assert.That(malformed.Type, Is.EqualTo(NoSuchJob));
    }

    [Test]
    [Requirement("/req/core/job-results-exception/results-not-ready")]
    public async Task Results_OfARunningJob_AreNotReady()
    {
        var job = await Server.ExecuteAsync("echo", """{"inputs":{"message":"m","pause":60}}""", "respond-async");
        var results = await Server.GetAsync($"/jobs/{job.Json["jobID"]}/results");
        await Server.DeleteAsync($"/jobs/{job.Json["jobID"]}");
        Assert.That((int)results.Status, Is.EqualTo(404));
        Assert.That(results.Type, Is.EqualTo("http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/result-not-ready"));
    }

    [Test]
    [Requirement("/req/dismiss/job-dismiss-success")]
    public async Task Dismiss_RunningJob_RemovesItsContainerBeforeItAnswers()
    {
        var job = await Server.ExecuteAsync("echo", """{"inputs":{"message":"m","pause":600}}""", "respond-async");
        var jobId = job.Json["jobID"]!.GetValue<string>();
        await Server.UntilAsync(jobId, status => status["progress"]!.GetValue<int>() >= 0 && status["message"]?.GetValue<string>().StartsWith("Paused", StringComparison.Ordinal) == true);
        Assert.That(await Engine.ContainersOfAsync(jobId), Has.Count.EqualTo(1));
        var dismissed = await Server.DeleteAsync($"/jobs/{jobId}");
        Assert.That((int)dismissed.Status, Is.EqualTo(200), dismissed.Text);
        Assert.That(dismissed.Json["status"]!.GetValue<string>(), Is.EqualTo("dismissed"));
        Assert.That(await Engine.ContainersOfAsync(jobId), Is.Empty);
        Assert.That((await Server.GetAsync($"/jobs/{jobId}")).Json["status"]!.GetValue<string>(), Is.EqualTo("dismissed"));
    }

    [Test]
    public async Task Dismiss_EndedJob_GivesUpItsResults()
    {
        var ended = await Server.RunAsync("echo", """{"inputs":{"message":"m","image":"SUkqAAgAAAA="}}""");
        var path = $"/jobs/{ended.Json["jobID"]}";
        var dismissed = await Server.DeleteAsync(path);
        Assert.That(dismissed.Json["status"]!.GetValue<string>(), Is.EqualTo("dismissed"));
        Assert.That((int)(await Server.GetAsync($"{path}/results")).Status, Is.EqualTo(410));
        Assert.That((int)(await Server.GetAsync($"{path}/results/image")).Status, Is.EqualTo(410));
        Assert.That((int)(await Server.DeleteAsync(path)).Status, Is.EqualTo(410));
    }

    [Test]
    [Requirement("/req/core/process-execute-sync-document")]
    [Requirement("/req/core/job-result-op")]
    public async Task Result_File_HasTypeLengthTagAndRanges()
    {
        var ended = await Server.RunAsync("echo", """{"inputs":{"message":"m","image":"SUkqAAgAAAA="}}""");
        var results = await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/results");
        var href = results.Json["image"]!["href"]!.GetValue<string>();
        using var whole = await Server.Http.GetAsync(href);
        using var request = new HttpRequestMessage(HttpMethod.Get, href) { Headers = { Range = new RangeHeaderValue(2, 3) } };
        using var part = await Server.Http.SendAsync(request);
        using var conditional = new HttpRequestMessage(HttpMethod.Get, href) { Headers = { IfNoneMatch = { whole.Headers.ETag! } } };
        using var unchanged = await Server.Http.SendAsync(conditional);
        Assert.That(whole.Content.Headers.ContentLength, Is.EqualTo(8));
        Assert.That(whole.Content.Headers.ContentType!.MediaType, Is.EqualTo("image/tiff"));
        Assert.That(whole.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
        Assert.That((int)part.StatusCode, Is.EqualTo(206));
        Assert.That(await part.Content.ReadAsByteArrayAsync(), Is.EqualTo(new byte[] { 42, 0 }));
        Assert.That((int)unchanged.StatusCode, Is.EqualTo(304));
    }

    [Test]
    public async Task Result_FileByHead_HasTheHeadersOnly()
    {
        var ended = await Server.RunAsync("echo", """{"inputs":{"message":"m","image":"SUkqAAgAAAA="}}""");
        var head = await Server.SendAsync(HttpMethod.Head, $"/jobs/{ended.Json["jobID"]}/results/image");
        Assert.That((int)head.Status, Is.EqualTo(200));
        Assert.That(head.ContentHeaders.ContentLength, Is.EqualTo(8));
        Assert.That(head.MediaType, Is.EqualTo("image/tiff"));
        Assert.That(head.Body, Is.Empty);
    }

    [TestCase("""{"type":"object","contentMediaType":"application/geo+json"}""", """{"type":"Point"}""", "application/geo+json", """{"type":"Point"}""")]
    [TestCase("""{"type":"object"}""", """{"a":1}""", "application/json", """{"a":1}""")]
    [TestCase("""{"type":"string"}""", "\"text\"", "text/plain", "text")]
    [TestCase("""{"type":"string","contentMediaType":"text/csv"}""", "\"a,b\"", "text/csv", "a,b")]
    [TestCase("""{"oneOf":[{"type":"object","contentMediaType":"text/csv"},{"type":"string"}]}""", "\"a,b\"", "text/csv", "a,b")]
    [TestCase("""{"oneOf":[{"type":"object","contentMediaType":"image/tiff"},{"type":"string"}]}""", "\"text\"", "text/plain", "text")]
    public async Task Result_Value_HasTheTypeThatTheProcessDeclares(string schema, string value, string mediaType, string text)
    {
        var package = Package.Running($$"""echo '{"value":{{value}} }' > outputs.json""").Giving("value", schema);
        var deployed = await Server.DeployAsync(package);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        var ended = await Server.RunAsync(package.Id, "{}");
        var result = await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/results/value");
        Assert.That((int)result.Status, Is.EqualTo(200), $"{ended.Text} {result.Text}");
        Assert.That(result.MediaType, Is.EqualTo(mediaType));
        Assert.That(result.Text, Is.EqualTo(text));
    }

    [TestCase("document", "/results")]
    [TestCase("raw", "/results")]
    [TestCase("raw", "/results/image")]
    public async Task Results_FileGoneMeanwhile_AreGone(string form, string below)
    {
        var ended = await Server.RunAsync(
            "echo",
            $$"""{"inputs":{"message":"m","image":"SUkqAAgAAAA="},"outputs":{"message":{},"image":{"transmissionMode":"value"} },"response":"{{form}}"}""");
        var jobId = ended.Json["jobID"]!.GetValue<string>();
        Directory.Delete(Path.Combine(Server.Folder, "outputs", jobId[..2], jobId), recursive: true);
        var gone = await Server.GetAsync($"/jobs/{jobId}{below}");
        Assert.That((int)gone.Status, Is.EqualTo(410), gone.Text);
        Assert.That(gone.Json["title"]!.GetValue<string>(), Is.EqualTo("The job was dismissed"));
    }

    [Test]
    public async Task Results_DocumentOfManyLargeFiles_HoldsSomeAndLinksTheOthers()
    {
        const string Binary = """{"type":"string","contentMediaType":"application/x-hdf5"}""";
        var package = Package.Running("for i in 1 2 3 4 5; do head -c 15728640 /dev/zero > f$i; done");
        for (var i = 1; i <= 5; i++) package.Giving($"f{i}", Binary).Binding("outputBindings", $"f{i}", $$"""{"glob":"f{{i}}"}""");
        await Server.DeployAsync(package);
        var all = string.Join(',', Enumerable.Range(1, 5).Select(i => $$"""  "f{{i}}":{"transmissionMode":"value"}  """));
        var ended = await Server.RunAsync(package.Id, $$"""{"outputs":{ {{all}} },"response":"document"}""");
        var results = await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/results");
        Assert.That((int)results.Status, Is.EqualTo(200), ended.Text);
        var inline = results.Json.AsObject().Where(output => output.Value!["encoding"] is not null).Select(output => output.Key);
        var linked = results.Json.AsObject().Where(output => output.Value!["href"] is not null).Select(output => output.Key);
        Assert.That(inline, Is.EqualTo(new[] { "f1", "f2", "f3", "f4" }));
        Assert.That(linked, Is.EqualTo(new[] { "f5" }));
    }

    [Test]
    [Requirement("/req/core/job-results-exception/no-such-output")]
    public async Task Result_OfAnUndefinedOutput_IsToldByItsType()
    {
        var ended = await Server.RunAsync("echo", """{"inputs":{"message":"m"}}""");
        var refused = await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/results/none");
        Assert.That(refused.Type, Does.EndWith("no-such-output"));
    }

    [Test]
    public async Task Inputs_HaveDefaultsFilledIn()
    {
        var ended = await Server.RunAsync("echo-types", """{"inputs":{"string":"s"}}""");
        var inputs = await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/inputs");
        Assert.That(inputs.Json["process"]!.GetValue<string>(), Is.EqualTo("echo-types"));
        Assert.That(inputs.Json["inputs"]!["string"]!.GetValue<string>(), Is.EqualTo("s"));
        Assert.That(inputs.Json["inputs"]!["number"]!.GetValue<double>(), Is.EqualTo(5));
    }

    [Test]
    public async Task Logs_HaveEveryLineWithItsStream()
    {
        var package = Package.Running("echo first; echo second >&2; echo third");
        await Server.DeployAsync(package);
        var ended = await Server.RunAsync(package.Id, "{}");
        var lines = (await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/logs")).Json.AsArray();
        Assert.That(
            lines.Select(line => $"{line!["source"]} {line["text"]}"), Is.EquivalentTo(new[] { "stdout first", "stderr second", "stdout third" }));
    }

    [Test]
    public async Task Job_OfAnUndeployedProcess_StaysInTheList()
    {
        var package = Package.Running("true");
        await Server.DeployAsync(package);
        await Server.RunAsync(package.Id, "{}");
        await Server.DeleteAsync($"/processes/{package.Id}");
        Assert.That(Ids(await Server.GetAsync($"/jobs?processID={package.Id}")), Has.Count.EqualTo(1));
    }

    private static List<string> Ids(Answer list) => [.. list.Json["jobs"]!.AsArray().Select(job => job!["jobID"]!.GetValue<string>())];

    private static string Href(JsonNode document, string relation) =>
        document["links"]!.AsArray().Single(link => link!["rel"]!.GetValue<string>() == relation)!["href"]!.GetValue<string>();
}
