using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>What jobs used, and the statistics of a process's jobs.</summary>
internal sealed class UsageTests : ServerTests
{
    /// <summary>Takes 30 MB and works on them.</summary>
    private const string Work = "dd if=/dev/zero of=/dev/null bs=30M count=30 2>/dev/null";

    private const string Text = """{"type":"string"}""";

    [Test]
    public async Task Usage_OfASuccessfulJob_HasEveryMeasure()
    {
        var usage = await UsageOfAsync(
            Package.Running($"{Work}; cat /job/inputs/scene/* > copy.tif; echo ok > word")
                .Taking("scene", """{"type":"string","contentMediaType":"image/tiff","contentEncoding":"base64"}""")
                .Giving("copy", """{"type":"string","contentMediaType":"image/tiff"}""").Giving("word", Text),
            $$$"""{"inputs":{"scene":"{{{Convert.ToBase64String(new byte[3_000])}}}"}}""");
        Assert.That(Number(usage, "queueSeconds"), Is.InRange(0, 60));
        Assert.That(Number(usage, "wallSeconds"), Is.InRange(0.05, 60));
        Assert.That(Number(usage, "cpuSeconds"), Is.InRange(0.001, 60));
        Assert.That(Number(usage, "peakMemoryBytes"), Is.InRange(30 << 20, 2L << 30));
        Assert.That(Number(usage, "bytesIn"), Is.InRange(3_001, 3_100), "the file, and inputs.json with its path");
        Assert.That(Number(usage, "bytesOut"), Is.EqualTo(3_000 + "\"ok\"".Length));
    }

    [Test]
    public async Task Usage_OfAJobThatFails_IsTold()
    {
        var usage = await UsageOfAsync(Package.Running($"{Work}; exit 3"), "{}", "failed");
        Assert.That(Number(usage, "cpuSeconds"), Is.Positive);
        Assert.That(Number(usage, "peakMemoryBytes"), Is.GreaterThan(1_000_000));
        Assert.That(Number(usage, "bytesOut"), Is.Zero);
    }

    [Test]
    public async Task Usage_OfAJobThatRunsOutOfTime_IsTold()
    {
        var usage = await UsageOfAsync(Package.Running($"{Work}; sleep 600").With("jobTimeout", 1), "{}", "failed");
        Assert.That(Number(usage, "cpuSeconds"), Is.Positive);
        Assert.That(Number(usage, "wallSeconds"), Is.GreaterThanOrEqualTo(1));
    }

    [Test]
    public async Task Usage_OfAJobThatRunsOutOfMemory_IsItsLimit()
    {
        var usage = await UsageOfAsync(Package.Running("exec tail /dev/zero").With("memoryMax", 0.03), "{}", "failed");
        Assert.That(Number(usage, "peakMemoryBytes"), Is.EqualTo(30_000_000));
    }

    [Test]
    public async Task Usage_OfARunningJob_IsToldWhileItRuns()
    {
        var package = Package.Running($"{Work}; echo '::progress 50 Half'; sleep 600");
        await Server.DeployAsync(package);
        var job = await Server.ExecuteAsync(package.Id, "{}", "respond-async");
        var jobId = job.Json["jobID"]!.GetValue<string>();
        var running = await Server.UntilAsync(jobId, status => status["progress"]!.GetValue<int>() == 50);
        var dismissed = await Server.DeleteAsync($"/jobs/{jobId}");
        Assert.That(job.Json["usage"], Is.Null);
        Assert.That(Number(running.Json["usage"]!, "cpuSeconds"), Is.Positive);
        Assert.That(running.Json["usage"]!["wallSeconds"], Is.Null);
        Assert.That(Number(dismissed.Json["usage"]!, "cpuSeconds"), Is.EqualTo(Number(running.Json["usage"]!, "cpuSeconds")));
    }

    [Test]
    public async Task Statistics_OfAProcess_CountItsJobsAndMeasureTheSuccessful()
    {
        var package = Package.Running("n=$(tr -dc 0-9 < /job/inputs.json); [ $n -lt 9 ] && head -c $n /dev/zero | tr '\\0' x > text")
            .Taking("n", """{"type":"integer"}""").Giving("text", Text);
        await Server.DeployAsync(package);
        foreach (var n in (int[])[4, 1, 2, 9]) await Server.RunAsync(package.Id, $$$"""{"inputs":{"n":{{{n}}}}}""");
        var answer = await Server.GetAsync($"/processes/{package.Id}/statistics");
        var statistics = answer.Json;
        Assert.That((int)answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(statistics["processID"]!.GetValue<string>(), Is.EqualTo(package.Id));
        Assert.That(
            statistics["jobs"]!.ToJsonString(),
            Is.EqualTo("""{"accepted":0,"running":0,"successful":3,"failed":1,"dismissed":0,"countedUpTo":100000}"""));
        Assert.That((Number(statistics["sample"]!, "jobs"), Number(statistics["sample"]!, "most")), Is.EqualTo((3, 1_000)));
        // Of "x", "xx" and "xxxx" as JSON.
        Assert.That(statistics["bytesOut"]!.ToJsonString(), Is.EqualTo("""{"jobs":3,"min":3,"median":4,"max":6}"""));
        Assert.That(statistics["bytesIn"]!.ToJsonString(), Is.EqualTo("""{"jobs":3,"min":7,"median":7,"max":7}"""));
        foreach (var measure in (string[])["queueSeconds", "wallSeconds"])
        {
            var spread = statistics[measure]!;
            Assert.That(Number(spread, "jobs"), Is.EqualTo(3));
            Assert.That(Number(spread, "median"), Is.InRange(Number(spread, "min"), Number(spread, "max")), measure);
        }
    }

    [Test]
    public async Task Statistics_OfATimeWithoutJobs_AreEmpty()
    {
        var statistics = (await Server.GetAsync("/processes/echo/statistics?datetime=2001-01-01/2001-12-31")).Json;
        Assert.That(statistics["datetime"]!.GetValue<string>(), Is.EqualTo("2001-01-01/2001-12-31"));
        Assert.That(Number(statistics["sample"]!, "jobs"), Is.Zero);
        Assert.That(statistics["wallSeconds"], Is.Null);
    }

    [TestCase("tomorrow")]
    [TestCase("2026-02-01/2026-01-01")]
    public async Task Statistics_OfATimeThatIsNone_AreRefused(string datetime)
    {
        var answer = await Server.GetAsync($"/processes/echo/statistics?datetime={datetime}");
        Assert.That((int)answer.Status, Is.EqualTo(400), answer.Text);
        Assert.That(answer.Pointers(), Is.EqualTo(new[] { "datetime" }));
    }

    [Test]
    public async Task Statistics_OfAnUnknownProcess_AreNotFound()
    {
        var answer = await Server.GetAsync("/processes/nowhere/statistics");
        Assert.That(((int)answer.Status, answer.Type), Is.EqualTo((404, "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-process")));
    }

    [Test]
    public async Task Statistics_ThatTheClientHas_AreNotSentAgain()
    {
        var package = Package.Running("true");
        await Server.DeployAsync(package);
        var path = $"/processes/{package.Id}/statistics";
        var tag = (await Server.GetAsync(path)).Headers.ETag!.ToString();
        Assert.That((int)(await Server.AskAsync("GET", path, null, ("If-None-Match", tag))).Status, Is.EqualTo(304));
        await Server.RunAsync(package.Id, "{}");
        Assert.That((int)(await Server.AskAsync("GET", path, null, ("If-None-Match", tag))).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Process_LeadsToItsStatistics()
    {
        var process = await Server.GetAsync("/processes/echo");
        Assert.That(process.Links("related"), Does.Contain($"{Server.Http.BaseAddress}processes/echo/statistics"));
    }

    private static async Task<JsonNode> UsageOfAsync(Package package, string request, string status = "successful")
    {
        var deployed = await Server.DeployAsync(package);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        var ended = await Server.RunAsync(package.Id, request);
        Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo(status), ended.Text);
        return ended.Json["usage"]!;
    }

    private static double Number(JsonNode node, string member) =>
        node[member]?.GetValue<double>() ?? throw new AssertionException($"'{member}' is missing: {node.ToJsonString()}");
}
