using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using OgcProcesses.WebApi.FunctionalTests.Faults;

namespace OgcProcesses.WebApi.FunctionalTests.Nodes;

/// <summary>Whatever a node runs, the others serve. The second node here is too small for any job of these tests.</summary>
internal sealed class NodesTests
{
    private const string Text = """{"type":"string","contentMediaType":"text/plain"}""";

    private static readonly Package Waiting = Package.Running("echo begun; until [ -e go ]; do sleep 0.05; done; echo done > out.txt").Giving("out", Text).With("cpuMin", 1);

    private Cluster _cluster = null!;

    private Installation Runs => _cluster.Nodes[0];

    private Installation Serves => _cluster.Nodes[1];

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        // What a node would see at its next renewal or comparison comes too late for these tests.
        _cluster = await Cluster.StartAsync(2, sharesEngine: true, node =>
        [
            "--Runner:ReconcileInterval", "00:10:00", "--Runner:LeaseDuration", "00:10:00",
            "--Runner:CpuBudget", node == 0 ? "1" : "0.5", "--Runner:MaxQueuedJobs", node == 0 ? "100" : "2",
        ]);
        await Runs.DeployAsync(Waiting);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    [Test]
    public async Task SynchronousExecution_ThroughANodeThatDoesNotRunIt_IsAnsweredByItsResults()
    {
        var answering = Serves.SendAsync(HttpMethod.Post, $"/processes/{Waiting.Id}/execution", """{"inputs":{}}""", prefer: "wait=60");
        var jobId = await RunningAsync();
        Assert.That((await Serves.GetAsync($"/jobs/{jobId}/logs"))[0]!["text"]!.GetValue<string>(), Is.EqualTo("begun"), "of a log that another node writes");
        LetGo(jobId);
        var let = Stopwatch.GetTimestamp();
        using var answer = await answering;
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain($"/jobs/{jobId}/results/out"));
        Assert.That(Stopwatch.GetElapsedTime(let), Is.LessThan(TimeSpan.FromSeconds(10)));
        Assert.That((await Serves.GetAsync($"/jobs/{jobId}"))["attempts"]![0]!["node"]!.GetValue<string>(), Is.EqualTo(Cluster.NameOf(0)));
        Assert.That(await Serves.AskAsync($"/jobs/{jobId}/results/out"), Is.EqualTo((HttpStatusCode.OK, "done\n")));
        Assert.That(await Serves.DismissAsync(jobId), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Dismissal_ThroughAnotherNode_StopsTheContainerSoon_AndNothingComesBack()
    {
        // It writes its log as fast as it may, and ends only when it is killed.
        var loud = Package.Running("trap '' TERM; while :; do echo line; done").Giving("out", Text).With("cpuMin", 1);
        await Runs.DeployAsync(loud);
        var jobId = (await Serves.ExecuteAsync(loud.Id))!;
        await Runs.UntilAsync(jobId, status => status["message"]!.GetValue<string>() == "Running");
        var container = (await Engine.ContainersOfAsync(jobId)).Single().ID;
        Assert.That(await Serves.DismissAsync(jobId), Is.EqualTo(HttpStatusCode.OK));
        // A second until the node looks, the grace, and a busy machine.
        await Engine.EndOfAsync(container).WaitAsync(TimeSpan.FromSeconds(15));
        await Runs.UntilLeftAsync();
        Assert.That((await Serves.GetAsync($"/jobs/{jobId}"))["status"]!.GetValue<string>(), Is.EqualTo("dismissed"));
    }

    [Test]
    public async Task DefinitionAndProcesses_AfterADeploymentThroughAnotherNode_AreThoseOfTheMoment()
    {
        var package = Package.Running("true");
        var before = await TagAsync();
        await Runs.DeployAsync(package);
        var deployed = await TagAsync();
        Assert.That(deployed, Is.Not.EqualTo(before).And.Contain(package.Id));
        package.Process["title"] = "Another title";
        using var replaced = await Runs.SendAsync(HttpMethod.Put, $"/processes/{package.Id}", package.ToString(), "application/ogcapppkg+json");
        Assert.That((await Serves.GetAsync($"/processes/{package.Id}"))["title"]!.GetValue<string>(), Is.EqualTo("Another title"));
        Assert.That(await TagAsync(), Is.Not.EqualTo(deployed));
        using var gone = await Serves.SendAsync(HttpMethod.Delete, $"/processes/{package.Id}");
        Assert.That((await Runs.AskAsync($"/processes/{package.Id}")).Status, Is.EqualTo(HttpStatusCode.NotFound));

        async Task<string> TagAsync()
        {
            using var answer = await Serves.SendAsync(HttpMethod.Get, "/api");
            return $"{answer.Headers.ETag} {string.Join(' ', JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["paths"]!.AsObject().Select(path => path.Key))}";
        }
    }

    [Test]
    public async Task Executions_OfOneKeyThroughAllNodesAtOnce_AreOneJob()
    {
        var key = Guid.NewGuid().ToString();
        var jobs = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => _cluster.Nodes[number % 2].ExecuteAsync(Waiting.Id, key: key)));
        Assert.That(jobs.Distinct().Single(), Is.Not.Null);
        Assert.That(await Serves.DismissAsync(jobs[0]!), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Queue_FilledThroughOneNode_IsFullForAnother()
    {
        var jobs = new List<string>();
        for (var i = 0; i < 3; i++) jobs.Add((await Runs.ExecuteAsync(Waiting.Id))!);
        await Runs.UntilAsync(jobs[0], status => Installation.Word(status) == "running");
        using (var refused = await Serves.SendAsync(HttpMethod.Post, $"/processes/{Waiting.Id}/execution", """{"inputs":{}}"""))
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
        foreach (var jobId in jobs) Assert.That(await Serves.DismissAsync(jobId), Is.EqualTo(HttpStatusCode.OK));
        await Runs.UntilLeftAsync();
    }

    /// <summary>The only running job, once its program has said something.</summary>
    private async Task<string> RunningAsync()
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1); await Task.Delay(50))
        {
            var running = (await Runs.GetAsync("/jobs?status=running"))["jobs"]!.AsArray();
            if (running.Count > 0 && running[0]!["jobID"]!.GetValue<string>() is var jobId && (await Runs.AskAsync($"/jobs/{jobId}/logs")).Text.Contains("begun", StringComparison.Ordinal)) return jobId;
        }

        throw new TimeoutException(Runs.Said);
    }

    private void LetGo(string jobId) => File.WriteAllText(Path.Combine(_cluster.OutputsOf(jobId), "go"), "");
}
