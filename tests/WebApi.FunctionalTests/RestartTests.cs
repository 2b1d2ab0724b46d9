using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>What becomes of jobs when the server goes and comes back.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RestartTests
{
    private string _folder = "";
    private ServerProcess _server = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;
        _server = new ServerProcess(_folder);
        await _server.StartAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _server.StopAsync();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task RunningJob_AfterAKillOrAStop_EndsInItsFirstContainer(bool kill)
    {
        var jobId = await _server.ExecuteAsync("echo", """{"inputs":{"message":"m","pause":4}}""");
        await _server.UntilAsync(jobId, IsPaused);
        var container = (await Engine.ContainersOfAsync(jobId)).Single();
        if (kill) await _server.KillAsync();
        else await _server.StopAsync();
        Assert.That((await Engine.ContainersOfAsync(jobId)).Single().ID, Is.EqualTo(container.ID));
        await _server.StartAsync();
        var ended = await _server.UntilAsync(jobId, HasEnded);
        Assert.That(ended["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.ToJsonString());
        Assert.That(ended["attempt"]!.GetValue<int>(), Is.EqualTo(1));
        Assert.That((await _server.GetAsync($"/jobs/{jobId}/results"))["message"]!.GetValue<string>(), Is.EqualTo("m"));
    }

    [Test]
    public async Task RunningJob_ThatEndsWhileTheServerIsGone_KeepsTheUsageThatWasSeen()
    {
        var jobId = await _server.ExecuteAsync("echo", """{"inputs":{"message":"m","pause":2}}""");
        var running = await _server.UntilAsync(jobId, status => status["usage"]?["cpuSeconds"] is not null);
        await _server.KillAsync();
        await Engine.EndOfAsync((await Engine.ContainersOfAsync(jobId)).Single().ID);
        await _server.StartAsync();
        var usage = (await _server.UntilAsync(jobId, HasEnded))["usage"]!;
        foreach (var measure in (string[])["cpuSeconds", "peakMemoryBytes", "bytesIn"])
            Assert.That(usage[measure]?.GetValue<double>(), Is.GreaterThanOrEqualTo(running["usage"]![measure]!.GetValue<double>()), measure);
    }

    [Test]
    public async Task RunningJob_WhoseContainerIsRemovedMeanwhile_IsTriedAgain()
    {
        var jobId = await _server.ExecuteAsync("echo", """{"inputs":{"message":"m","pause":3}}""");
        await _server.UntilAsync(jobId, IsPaused);
        await _server.KillAsync();
        await Engine.RemoveAsync((await Engine.ContainersOfAsync(jobId)).Single().ID);
        await _server.StartAsync();
        var ended = await _server.UntilAsync(jobId, HasEnded);
        Assert.That(ended["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.ToJsonString());
        Assert.That(ended["attempt"]!.GetValue<int>(), Is.EqualTo(2));
        var attempts = ended["attempts"]!.AsArray();
        Assert.That(attempts.Select(attempt => (attempt!["number"]!.GetValue<int>(), attempt["status"]!.GetValue<string>())), Is.EqualTo(new[] { (1, "failed"), (2, "successful") }));
        Assert.That(attempts[0]!["exception"]!["detail"]!.GetValue<string>(), Does.Contain("container was lost"));
    }

    [Test]
    public async Task EndedContainer_WhileTheServerWasGone_IsCollected()
    {
        var jobId = await _server.ExecuteAsync("echo", """{"inputs":{"message":"m","pause":1}}""");
        await _server.UntilAsync(jobId, IsPaused);
        await _server.KillAsync();
        await Engine.EndOfAsync((await Engine.ContainersOfAsync(jobId)).Single().ID);
        await _server.StartAsync();
        var ended = await _server.UntilAsync(jobId, HasEnded);
        Assert.That(ended["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.ToJsonString());
        Assert.That(ended["attempt"]!.GetValue<int>(), Is.EqualTo(1));
    }

    [Test]
    public async Task WaitingJobs_AfterAKill_AllEnd()
    {
        var jobs = new List<string>();
        for (var i = 0; i < 12; i++) jobs.Add(await _server.ExecuteAsync("echo", """{"inputs":{"message":"m","pause":1}}"""));
        await _server.KillAsync();
        await _server.StartAsync();
        foreach (var jobId in jobs)
        {
            var ended = await _server.UntilAsync(jobId, HasEnded);
            Assert.That(ended["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.ToJsonString());
        }
    }

    private static bool IsPaused(JsonNode status) =>
        status["message"]?.GetValue<string>().StartsWith("Paused", StringComparison.Ordinal) == true;

    private static bool HasEnded(JsonNode status) => status["status"]!.GetValue<string>() is "successful" or "failed" or "dismissed";
}
