using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using OgcProcesses.PostgreSqlServer;

namespace OgcProcesses.WebApi.FunctionalTests.Faults;

/// <summary>Requests and streams that wait for a job: which another node runs, or while the database is away.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class WaitingTests : IAsyncDisposable
{
    private const string Text = """{"type":"string","contentMediaType":"text/plain"}""";

    /// <summary>A program that tells where it is, and waits to be let go.</summary>
    private static readonly Package Waiting = Package
        .Running("echo '::progress 10 far away'; echo a line from afar; until [ -e go ]; do sleep 0.1; done; echo done > out.txt")
        .Giving("out", Text);

    private const string NoInputs = """{"inputs":{},"response":"raw"}""";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly List<IAsyncDisposable> _used = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var used in Enumerable.Reverse(_used)) await used.DisposeAsync();
    }

    /// <summary>On PostgreSQL neither node looks at a job, or at the queue, before ten minutes are over: they are told.</summary>
    [TestCase("PostgreSql", "00:10:00")]
    [TestCase("Sqlite", "00:00:02")]
    public async Task JobOfAnotherNode_IsWaitedForAndFollowed(string provider, string pollInterval)
    {
        string[] both = ["--Database:Provider", provider, "--Runner:PollInterval", pollInterval];
        if (provider == "PostgreSql") both = [.. both, "--Database:ConnectionString", await Use(await StartDatabaseAsync()).CreateDatabaseAsync()];
        var one = Use(new Installation([.. both, "--Runner:NodeId", "one", "--Runner:MaxConcurrentJobs", "1"]));
        var two = Use(new Installation([.. both, "--Runner:NodeId", "two"]) { Folder = one.Folder, InstanceId = one.InstanceId });
        await one.StartPlainAsync();
        await one.DeployAsync(Waiting);
        var own = (await one.ExecuteAsync(Waiting.Id))!;
        await UntilRunsAsync(one, own);
        await two.StartPlainAsync();

        // The first has no place left: the second has to be told of the work, and the first of what becomes of it.
        var followed = (await one.ExecuteAsync(Waiting.Id))!;
        using var events = await one.FollowAsync(followed);
        await ReadUntilAsync(events, "far away");
        await ReadUntilAsync(events, "a line from afar");
        var answering = one.SendAsync(HttpMethod.Post, $"/processes/{Waiting.Id}/execution", NoInputs, prefer: "wait=300");
        var waitedFor = (await UntilListedAsync(two, 3)).Except([own, followed]).Single();
        await UntilRunsAsync(two, waitedFor);
        LetGo(one, followed);
        LetGo(one, waitedFor);
        await ReadUntilAsync(events, "event: end");
        using var answer = await answering.WaitAsync(Patience);
        Assert.That((answer.StatusCode, await answer.Content.ReadAsStringAsync()), Is.EqualTo((HttpStatusCode.OK, "done\n")));
    }

    [Test]
    public async Task Database_KilledWhileJobsRunAndRequestsWait_IsAnswered503AndCostsNothing()
    {
        var server = Use(await StartDatabaseAsync());
        var node = Use(new Installation("--Database:Provider", "PostgreSql", "--Database:ConnectionString", await server.CreateDatabaseAsync()));
        await node.StartPlainAsync();
        await node.DeployAsync(Waiting);
        var answering = node.SendAsync(HttpMethod.Post, $"/processes/{Waiting.Id}/execution", NoInputs, prefer: "wait=300");
        var jobId = (await UntilListedAsync(node, 1)).Single();
        await UntilRunsAsync(node, jobId);
        using var events = await node.FollowAsync(jobId);
        await ReadUntilAsync(events, "a line from afar");

        await server.KillAsync();
        LetGo(node, jobId);
        using (var refused = await node.SendAsync(HttpMethod.Get, "/jobs"))
        {
            var problem = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!;
            Assert.That((refused.StatusCode, problem["status"]!.GetValue<int>()), Is.EqualTo((HttpStatusCode.ServiceUnavailable, 503)), problem.ToString());
        }

        Assert.That(answering.IsCompleted, Is.False);
        await server.StartAgainAsync();
        await ReadUntilAsync(events, "event: end");
        using var answer = await answering.WaitAsync(Patience);
        Assert.That((answer.StatusCode, await answer.Content.ReadAsStringAsync()), Is.EqualTo((HttpStatusCode.OK, "done\n")), node.Said);
        Assert.That((await node.GetAsync($"/jobs/{jobId}"))["attempt"]!.GetValue<int>(), Is.EqualTo(1));
    }

    private static async Task<DatabaseServer> StartDatabaseAsync()
    {
        if (DatabaseServer.Obstacle is { } obstacle) Assert.Ignore(obstacle);
        return await DatabaseServer.StartAsync();
    }

    private static async Task<IReadOnlyList<string>> UntilListedAsync(Installation server, int count)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Patience; await Task.Delay(50))
            if ((await server.GetAsync("/jobs"))["jobs"]!.AsArray() is var jobs && jobs.Count == count) return [.. jobs.Select(job => job!["jobID"]!.GetValue<string>())];
        throw new TimeoutException($"There are not {count} jobs:\n{server.Said}");
    }

    private static Task UntilRunsAsync(Installation server, string jobId) =>
        server.UntilAsync(jobId, status => status["message"]?.GetValue<string>() == "far away");

    private static async Task ReadUntilAsync(StreamReader events, string what)
    {
        while (await events.ReadLineAsync().WaitAsync(Patience) is { } line)
            if (line.Contains(what, StringComparison.Ordinal)) return;
        Assert.Fail($"The stream ended before '{what}'.");
    }

    /// <summary>Lets a program that waits go on.</summary>
    private static void LetGo(Installation server, string jobId) => File.WriteAllText(Path.Combine(server.Folder, "work", $"{jobId}.1", "outputs", "go"), "");

    private T Use<T>(T used)
        where T : IAsyncDisposable
    {
        _used.Add(used);
        return used;
    }
}
