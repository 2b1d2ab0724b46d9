using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Attempts of jobs, and what of them a client sees. Those that follow a lost container are in <see cref="RestartTests"/>.</summary>
internal sealed class RetryTests
{
    private Server _server = null!;

    [OneTimeSetUp]
    public void Start() => _server = new Server(("Runner:FirstRetry", "00:00:01"), ("Runner:MaxAttempts", "2"));

    [OneTimeTearDown]
    public void Stop() => _server.Dispose();

    [Test]
    public async Task OwnFailure_WhereTheProcessAsksForIt_IsTriedAgainFromTheBeginning()
    {
        var package = Package.Running("""
            if [ "$OGC_ATTEMPT" = 1 ]; then echo left > left.txt; echo broken >&2; exit 3; fi
            ls -A > files; mv files out.txt
            """).Giving("out", """{"type":"string"}""");
        package.Unit["retry"] = JsonNode.Parse("""{"limit":1,"ownFailures":true}""");
        await _server.DeployAsync(package);
        var status = (await _server.RunAsync(package.Id, "{}")).Json;
        var jobId = status["jobID"]!.GetValue<string>();
        Assert.That(status["status"]!.GetValue<string>(), Is.EqualTo("successful"), status.ToJsonString());
        Assert.That(status["attempt"]!.GetValue<int>(), Is.EqualTo(2));
        var first = status["attempts"]![0]!;
        Assert.That((first["status"]!.GetValue<string>(), first["exception"]!["type"]!.GetValue<string>(), first["exception"]!["exitCode"]!.GetValue<int>()), Is.EqualTo(("failed", "exitCode", 3)));
        Assert.That(first["finished"]!.GetValue<DateTimeOffset>(), Is.GreaterThanOrEqualTo(first["started"]!.GetValue<DateTimeOffset>()));
        Assert.That(status["attempts"]![1]!["started"]!.GetValue<DateTimeOffset>() - first["finished"]!.GetValue<DateTimeOffset>(), Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(0.9)));
        Assert.That((await _server.GetAsync($"/jobs/{jobId}/results")).Json["out"]!.GetValue<string>(), Is.EqualTo("files"), "nothing of the first attempt is there");
        Assert.That((await _server.GetAsync($"/jobs/{jobId}", "text/html")).Text, Does.Contain("<caption>Attempts</caption>").And.Contain("Exit code 3."));
    }

    [Test]
    public async Task OwnFailure_AtEveryAttempt_FailsTheJobAfterTheLast()
    {
        var package = Package.Running("exit $OGC_ATTEMPT");
        package.Unit["retry"] = JsonNode.Parse("""{"ownFailures":true}""");
        await _server.DeployAsync(package);
        var status = (await _server.RunAsync(package.Id, "{}")).Json;
        Assert.That(status["status"]!.GetValue<string>(), Is.EqualTo("failed"));
        Assert.That(status["attempts"]!.AsArray().Select(attempt => attempt!["exception"]!["exitCode"]!.GetValue<int>()), Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public async Task Deploy_MoreRetriesThanTheOperatorAllows_IsRefusedWithTheReason()
    {
        var package = Package.Running("true");
        package.Unit["retry"] = JsonNode.Parse("""{"limit":2}""");
        var refused = await _server.DeployAsync(package);
        Assert.That((int)refused.Status, Is.EqualTo(400));
        Assert.That(refused.Pointers(), Is.EqualTo(new[] { "/executionUnit/retry/limit" }));
        Assert.That(refused.Json["detail"]!.GetValue<string>(), Does.Contain("2 retries are more than this server allows (1,"));
    }
}
