using System.Net;
using OgcProcesses.WebApi.FunctionalTests.Faults;

namespace OgcProcesses.WebApi.FunctionalTests.Nodes;

/// <summary>A node dies or hangs while its job runs, and comes back; another takes the job over meanwhile.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class TakeoverTests : IAsyncDisposable
{
    private const string Text = """{"type":"string","contentMediaType":"text/plain"}""";

    private readonly Package _next = Package.Running("true");
    private Cluster _cluster = null!;

    private Installation First => _cluster.Nodes[0];

    private Installation Second => _cluster.Nodes[1];

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    [Test]
    public async Task Node_Killed_ItsJobGoesOnInTheSameContainerOnAnother()
    {
        await StartAsync(sharesEngine: true);
        await using var engine = new EngineEvents(_cluster.InstanceId);
        var jobId = await RunOnFirstAsync("for i in 1 2 3; do echo $i; sleep 0.1; done; until [ -e go ]; do sleep 0.05; done; echo 4; echo $OGC_ATTEMPT > out.txt");
        await First.KillAsync();
        await Second.UntilAsync(jobId, status => status["attempts"]![0]!["node"]!.GetValue<string>() == Cluster.NameOf(1));
        LetGo(jobId);
        await EndsWithAsync(jobId, "1\n");
        var log = (await Second.GetAsync($"/jobs/{jobId}/logs")).AsArray().Select(entry => entry!["text"]!.GetValue<string>());
        Assert.That(log, Is.EqualTo(new[] { "1", "2", "3", "4" }));
        Assert.That(await engine.StartsOfEndedAsync(jobId), Is.EqualTo(1));
    }

    /// <remarks>Restarted before it hangs: a node that goes on with a job from before removes what an earlier collection may have left.</remarks>
    [TestCase(false)]
    [TestCase(true)]
    public async Task Node_ThatHangsAndComesBack_TouchesNothingOfAJobThatAnotherHasEnded(bool restarted)
    {
        await StartAsync(sharesEngine: true);
        await using var engine = new EngineEvents(_cluster.InstanceId);
        var jobId = await RunOnFirstAsync("echo begun; until [ -e go ]; do sleep 0.05; done; echo ended; echo $OGC_ATTEMPT > out.txt");
        if (restarted)
        {
            await Second.FreezeAsync();
            await First.KillAsync();
            await First.StartPlainAsync();
            await First.SaidAsync("Going on with job");
        }

        await First.FreezeAsync();
        if (restarted) await Second.ThawAsync();
        await Second.UntilAsync(jobId, status => status["attempts"]![0]!["node"]!.GetValue<string>() == Cluster.NameOf(1));
        LetGo(jobId);
        await EndsWithAsync(jobId, "1\n");
        await First.ThawAsync();
        // It has room for one job: that it takes another proves that it has let go of this one.
        await Second.StopAsync();
        var next = (await First.ExecuteAsync(_next.Id))!;
        Assert.That(Installation.Word(await First.EndOfAsync(next)), Is.EqualTo("successful"), First.Said);
        Assert.That(await First.AskAsync($"/jobs/{jobId}/results/out"), Is.EqualTo((HttpStatusCode.OK, "1\n")));
        var log = (await First.GetAsync($"/jobs/{jobId}/logs")).AsArray().Select(entry => entry!["text"]!.GetValue<string>());
        Assert.That(log, Is.EqualTo(new[] { "begun", "ended" }));
        Assert.That(await engine.StartsOfEndedAsync(jobId), Is.EqualTo(1));
        await First.UntilLeftAsync($"logs/{jobId[..2]}/{jobId}", $"outputs/{jobId[..2]}/{jobId}/out/out.txt", $"logs/{next[..2]}/{next}");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Node_WithAnEngineOfItsOwn_ThatIsGoneForAWhile_ItsJobIsRunAgain_AndItsContainerRemoved(bool killed)
    {
        await StartAsync(sharesEngine: false);
        var jobId = await RunOnFirstAsync("[ $OGC_ATTEMPT -gt 1 ] || sleep 600; echo $OGC_ATTEMPT > out.txt");
        await (killed ? First.KillAsync() : First.FreezeAsync());
        await EndsWithAsync(jobId, "2\n");
        Assert.That(await Engine.ContainersOfInstanceAsync(First.InstanceId), Has.Count.EqualTo(1), "the other node can't reach it");
        await (killed ? First.StartPlainAsync() : First.ThawAsync());
        await First.UntilNoContainerAsync();
        Assert.That(await First.AskAsync($"/jobs/{jobId}/results/out"), Is.EqualTo((HttpStatusCode.OK, "2\n")));
        await First.UntilLeftAsync($"logs/{jobId[..2]}/{jobId}", $"outputs/{jobId[..2]}/{jobId}/out/out.txt");
        Assert.That(Directory.GetDirectories(Path.Combine(_cluster.Folder, $"work-{Cluster.NameOf(0)}")), Is.Empty);
    }

    private async Task StartAsync(bool sharesEngine) => _cluster = await Cluster.StartAsync(
        2, sharesEngine, _ => ["--Runner:LeaseDuration", "00:00:03", "--Runner:MaxConcurrentJobs", "1", "--Logging:LogLevel:OgcProcesses.Application.Jobs.Run", "Information"]);

    /// <summary>Begins a job on the first node, the second being busy meanwhile.</summary>
    private async Task<string> RunOnFirstAsync(string script)
    {
        var package = Package.Running(script).Giving("out", Text);
        await First.DeployAsync(package);
        await First.DeployAsync(_next);
        await Second.FreezeAsync();
        var jobId = (await First.ExecuteAsync(package.Id))!;
        await First.UntilAsync(jobId, status => status["message"]!.GetValue<string>() == "Running");
        await Second.ThawAsync();
        return jobId;
    }

    private void LetGo(string jobId) => File.WriteAllText(Path.Combine(_cluster.OutputsOf(jobId), "go"), "");

    private async Task EndsWithAsync(string jobId, string output)
    {
        var ended = await Second.EndOfAsync(jobId);
        Assert.That(Installation.Word(ended), Is.EqualTo("successful"), $"{ended}\n{Second.Said}");
        Assert.That(await Second.AskAsync($"/jobs/{jobId}/results/out"), Is.EqualTo((HttpStatusCode.OK, output)));
    }
}
