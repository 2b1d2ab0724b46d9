using System.Globalization;
using System.Net;
using Microsoft.Data.Sqlite;

namespace OgcProcesses.WebApi.FunctionalTests.Faults;

/// <summary>What the server needs goes wrong beside it, and comes back: engine, database, disk, clock, another server.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DisturbanceTests : IAsyncDisposable
{
    private const string Text = """{"type":"string","contentMediaType":"text/plain"}""";

    /// <summary>A program that waits to be let go; at another attempt it does not.</summary>
    private static readonly Package Waiting = Package.Running(Wait + "echo done > out.txt").Giving("out", Text);

    private const string Wait = "[ $OGC_ATTEMPT -gt 1 ] || until [ -e go ]; do sleep 0.1; done; ";

    private readonly List<IAsyncDisposable> _used = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var used in Enumerable.Reverse(_used)) await used.DisposeAsync();
    }

    [Test]
    public async Task Container_RemovedByHandWhileItRuns_IsTriedAgain()
    {
        var server = Use(new Installation());
        var jobId = await StartAndRunAsync(server, Waiting);
        await Engine.RemoveAsync((await Engine.ContainersOfAsync(jobId)).Single().ID);
        await EndsRightAsync(server, jobId, attempt: 2);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Engine_KilledDuringARunAndStartedAgain_EndsTheJob(bool liveRestore)
    {
        await using var engine = await OwnEngine.StartAsync(liveRestore);
        var server = Use(new Installation("--Docker:Endpoint", engine.Endpoint, "--Docker:FileExchange", "BindMount"));
        var jobId = await StartAndRunAsync(server, Waiting);
        await engine.KillAsync();
        await server.UntilAsync(jobId, status => Message(status).StartsWith("Waiting for the container engine", StringComparison.Ordinal));
        await engine.StartAgainAsync();
        if (liveRestore) LetGo(server, jobId);
        await EndsRightAsync(server, jobId, attempt: liveRestore ? 1 : 2);
    }

    [TestCase("size=96k", "size=10m", "no space is left", true)]
    [TestCase("ro", "rw", "can't be written to", false)]
    public async Task Disk_ThatTakesNoOutputs_IsWaitedFor(string bad, string good, string reason, bool fromStart)
    {
        var server = Use(new Installation("--Runner:MinFreeBytes", "0"));
        var disk = Use(await OwnDisk.MountAsync(Path.Combine(server.Folder, "outputs"), fromStart ? bad : "size=10m"));
        var package = Package.Running(Wait + "head -c 300000 /dev/zero | tr '\\0' x > out.txt").Giving("out", Text);
        var jobId = await StartAndRunAsync(server, package);
        if (!fromStart) await disk.RemountAsync(bad);
        LetGo(server, jobId);
        await server.UntilAsync(jobId, status => Message(status).StartsWith("Waiting for the server's disk", StringComparison.Ordinal) && Message(status).Contains(reason, StringComparison.Ordinal));
        await disk.RemountAsync(good);
        var ended = await server.EndOfAsync(jobId);
        Assert.That((Installation.Word(ended), ended["attempt"]!.GetValue<int>()), Is.EqualTo(("successful", 1)), ended.ToString());
        Assert.That((await server.AskAsync($"/jobs/{jobId}/results/out")).Text, Has.Length.EqualTo(300_000));
        await server.UntilLeftAsync($"logs/{jobId[..2]}/{jobId}", $"outputs/{jobId[..2]}/{jobId}/out/out.txt");
    }

    [Test]
    public async Task Disk_ThatStaysFull_FailsTheJobWithTheReason()
    {
        var server = Use(new Installation("--Runner:MinFreeBytes", "0", "--Runner:DiskRecovery", "00:00:00"));
        Use(await OwnDisk.MountAsync(Path.Combine(server.Folder, "outputs"), "size=96k"));
        var package = Package.Running("head -c 300000 /dev/zero > out.txt").Giving("out", Text);
        await server.StartPlainAsync();
        await server.DeployAsync(package);
        var jobId = (await server.ExecuteAsync(package.Id))!;
        var ended = await server.EndOfAsync(jobId);
        Assert.That((Installation.Word(ended), Message(ended)), Is.EqualTo(("failed", "Given up waiting for the server's disk: no space is left on it.")));
        await server.UntilLeftAsync($"logs/{jobId[..2]}/{jobId}");
    }

    [Test]
    public async Task Database_LockedForLongerThanItIsWaitedFor_IsAnswered503AndCostsNoJob()
    {
        var server = Use(new Installation("--Database:CommandTimeout", "00:00:01"));
        var jobId = await StartAndRunAsync(server, Waiting);
        await using (var connection = new SqliteConnection($"Data Source={DatabaseOf(server)};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            await command.ExecuteNonQueryAsync();
            LetGo(server, jobId);
            using var refused = await server.SendAsync(HttpMethod.Post, "/processes/echo/execution", """{"inputs":{"message":"m"}}""");
            Assert.That((refused.StatusCode, refused.Headers.RetryAfter?.ToString()), Is.EqualTo((HttpStatusCode.ServiceUnavailable, "10")));
            // Two tries to settle the job, at least.
            for (var i = 0; i < 2; i++) await server.SaidAnewAsync("database is locked");
        }

        await EndsRightAsync(server, jobId, attempt: 1);
    }

    [Test]
    public async Task Database_GoneForAWhile_IsNotReplacedByAnEmptyOne()
    {
        var server = Use(new Installation());
        var jobId = await StartAndRunAsync(server, Waiting);
        var (place, aside) = (DatabaseOf(server), DatabaseOf(server) + ".aside");
        File.Move(place, aside);
        LetGo(server, jobId);
        // As many as there are connections to the file that was there: one of them has to be opened anew.
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.AskAsync("/jobs")));
        Assert.That(File.Exists(place), Is.False);
        File.Move(aside, place);
        await EndsRightAsync(server, jobId, attempt: 1);
    }

    [TestCase(86_400)]
    [TestCase(-86_400)]
    public async Task Clock_SetADayForwardOrBack_ChangesNothingForAJobThatRuns(int seconds)
    {
        var clock = Path.Combine(Directory.CreateTempSubdirectory("ogcprocesses-clock-").FullName, "offset");
        await File.WriteAllTextAsync(clock, "0");
        var server = Use(new Installation { Environment = new Dictionary<string, string> { ["OGC_FAULT_CLOCK"] = clock } });
        await using var subscriber = await Subscriber.StartAsync();
        Assert.That(await server.StartAsync(killAt: ""), Is.True, () => server.Said);
        await server.DeployAsync(Waiting);
        var jobId = (await server.ExecuteAsync(Waiting.Id))!;
        await UntilRunsAsync(server, jobId);
        // Renamed into place, so that nobody reads half of it.
        await File.WriteAllTextAsync(clock + ".new", seconds.ToString(CultureInfo.InvariantCulture));
        File.Move(clock + ".new", clock, overwrite: true);
        LetGo(server, jobId);
        await EndsRightAsync(server, jobId, attempt: 1);
        var status = await server.GetAsync($"/jobs/{jobId}");
        Assert.That(status["finished"]!.GetValue<DateTimeOffset>(), Is.GreaterThanOrEqualTo(status["started"]!.GetValue<DateTimeOffset>()));
        var next = (await server.ExecuteAsync(Waiting.Id, $$"""{"inputs":{}, {{subscriber.Member("success")}} }"""))!;
        await UntilRunsAsync(server, next);
        LetGo(server, next);
        await EndsRightAsync(server, next, attempt: 1);
        await subscriber.ToldAsync("success");
    }

    [Test]
    public async Task TwoServers_OnOneDatabase_ShareTheJobsAndTakeOverFromTheOneThatDies()
    {
        var one = Use(new Installation("--Runner:NodeId", "one", "--Runner:LeaseDuration", "00:00:03"));
        var two = Use(new Installation("--Runner:NodeId", "two", "--Runner:LeaseDuration", "00:00:03") { Folder = one.Folder, InstanceId = one.InstanceId });
        var engine = Use(new EngineEvents(one.InstanceId));
        await one.StartPlainAsync();
        await two.StartPlainAsync();
        var pausing = Package.Running("sleep 3; echo done > out.txt").Giving("out", Text);
        await one.DeployAsync(pausing);
        var jobs = new List<string>();
        for (var i = 0; i < 8; i++) jobs.Add((await (i % 2 == 0 ? one : two).ExecuteAsync(pausing.Id))!);
        await UntilRunsAsync(two, jobs[0]);
        await one.KillAsync();
        foreach (var jobId in jobs) await EndsRightAsync(two, jobId, attempt: null);
        foreach (var jobId in jobs) Assert.That(await engine.StartsOfEndedAsync(jobId), Is.EqualTo(1), two.Said);
    }

    [Test]
    public async Task TwoServers_WithFoldersOfTheirOwn_RunAgainWhatTheOtherCanNotCollect()
    {
        var one = Use(new Installation("--Runner:NodeId", "one", "--Runner:LeaseDuration", "00:00:03"));
        var two = Use(new Installation("--Runner:NodeId", "two", "--Runner:LeaseDuration", "00:00:03", "--Database:ConnectionString", $"Data Source={DatabaseOf(one)}") { InstanceId = one.InstanceId });
        var jobId = await StartAndRunAsync(one, Waiting);
        await two.StartPlainAsync();
        await one.KillAsync();
        await EndsRightAsync(two, jobId, attempt: 2);
    }

    [Test]
    public async Task SecondServer_OfTheSameNode_DoesNotStart()
    {
        var one = Use(new Installation());
        await one.StartPlainAsync();
        var two = Use(new Installation { Folder = one.Folder, InstanceId = one.InstanceId });
        Assert.That(await two.StartAsync(), Is.False);
        Assert.That(two.Said, Does.Contain("Another server runs as node"));
    }

    private static async Task<string> StartAndRunAsync(Installation server, Package package)
    {
        await server.StartPlainAsync();
        await server.DeployAsync(package);
        var jobId = (await server.ExecuteAsync(package.Id))!;
        await UntilRunsAsync(server, jobId);
        return jobId;
    }

    /// <summary>Lets a program that waits go on.</summary>
    private static void LetGo(Installation server, string jobId) => File.WriteAllText(Path.Combine(server.Folder, "work", $"{jobId}.1", "outputs", "go"), "");

    private static Task UntilRunsAsync(Installation server, string jobId) => server.UntilAsync(jobId, status => Message(status) == "Running");

    private static async Task EndsRightAsync(Installation server, string jobId, int? attempt)
    {
        var ended = await server.EndOfAsync(jobId);
        Assert.That(Installation.Word(ended), Is.EqualTo("successful"), $"{ended}\n{server.Said}");
        if (attempt is not null) Assert.That(ended["attempt"]!.GetValue<int>(), Is.EqualTo(attempt), server.Said);
        Assert.That(await server.AskAsync($"/jobs/{jobId}/results/out"), Is.EqualTo((HttpStatusCode.OK, "done\n")));
    }

    private static string Message(System.Text.Json.Nodes.JsonNode status) => status["message"]?.GetValue<string>() ?? "";

    private static string DatabaseOf(Installation server) => Path.Combine(server.Folder, "ogcprocesses.db");

    private T Use<T>(T used)
        where T : IAsyncDisposable
    {
        _used.Add(used);
        return used;
    }
}
