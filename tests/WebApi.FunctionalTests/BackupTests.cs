using System.Diagnostics;
using System.Text.Json.Nodes;
using OgcProcesses.PostgreSqlServer;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>A copy that was made while jobs ran, put back on another machine: docs/operations.md, by its own commands.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class BackupTests : IDisposable
{
    private const string DatabaseFile = "ogcprocesses.db";

    // So that the jobs of a machine that is gone are taken over soon.
    private static readonly string[] Hasty = ["--Runner:LeaseDuration", "00:00:05", "--Runner:ReconcileInterval", "00:00:01", "--Runner:MaxConcurrentJobs", "1"];

    private readonly List<string> _folders = [];

    public void Dispose()
    {
        foreach (var folder in _folders) Directory.Delete(folder, recursive: true);
    }

    [Test]
    public async Task BackUpAndRestore_OfSqlite_KeepsWhatEndedAndRunsTheRest()
    {
        await CopyIsWholeAsync([], async (from, to) =>
        {
            await RunAsync("sqlite3", Path.Combine(from, DatabaseFile), $".backup '{Path.Combine(to, DatabaseFile)}'");
            return [];
        });
    }

    [Test]
    public async Task BackUpAndRestore_OfPostgreSql_KeepsWhatEndedAndRunsTheRest()
    {
        if (DatabaseServer.Obstacle is { } obstacle) Assert.Ignore(obstacle);
        await using var database = await DatabaseServer.StartAsync();
        var original = await database.CreateDatabaseAsync();
        await CopyIsWholeAsync(On(original), async (_, to) =>
        {
            var dump = Path.Combine(to, "ogcprocesses.dump");
            await database.DumpAsync(original, dump);
            return On(await database.RestoreAsync(dump));
        });

        static string[] On(string connectionString) => ["--Database:Provider", "PostgreSql", "--Database:ConnectionString", connectionString];
    }

    private async Task CopyIsWholeAsync(string[] settings, Func<string, string, Task<string[]>> copyDatabase)
    {
        var (from, to) = (NewFolder(), NewFolder());
        var picture = Package.Running("printf 12345 > picture.png").Giving("picture", """{"type":"string","contentEncoding":"binary","contentMediaType":"image/png"}""");
        string ended, running, waiting;
        string[] restored;
        using (var server = new ServerProcess(from, [.. Hasty, .. settings]))
        {
            await server.StartAsync();
            await server.DeployAsync(picture);
            ended = await server.ExecuteAsync(picture.Id, "{}");
            await server.UntilAsync(ended, HasEnded);
            running = await server.ExecuteAsync("echo", """{"inputs":{"message":"ran","pause":8}}""");
            await server.UntilAsync(running, status => Word(status) == "running");
            waiting = await server.ExecuteAsync("echo", """{"inputs":{"message":"waited"}}""");

            restored = await copyDatabase(from, to);
            foreach (var files in (string[])["outputs", "logs"]) await RunAsync("cp", "-a", Path.Combine(from, files), to);
            await server.KillAsync();
        }

        using var other = new ServerProcess(to, [.. Hasty, .. restored]);
        await other.StartAsync();
        Assert.That((await other.GetAsync($"/jobs/{ended}/results"))["picture"]!["href"]!.GetValue<string>(), Does.EndWith("/results/picture"));
        foreach (var (job, message) in ((string, string)[])[(running, "ran"), (waiting, "waited")])
        {
            Assert.That(Word(await other.UntilAsync(job, HasEnded)), Is.EqualTo("successful"));
            Assert.That((await other.GetAsync($"/jobs/{job}/results"))["message"]!.GetValue<string>(), Is.EqualTo(message));
        }

        Assert.That((await other.GetAsync($"/jobs/{running}"))["attempt"]!.GetValue<int>(), Is.EqualTo(2));
        await other.StopAsync();
    }

    private string NewFolder()
    {
        _folders.Add(Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName);
        return _folders[^1];
    }

    private static string Word(JsonNode status) => status["status"]!.GetValue<string>();

    private static bool HasEnded(JsonNode status) => Word(status) is not ("accepted" or "running");

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, program);
    }
}
