using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace OgcProcesses.WebApi.FunctionalTests.Faults;

/// <summary>Rows that somebody damaged by hand: each fails alone and says why, and everything else goes on.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DamagedRecordTests : IAsyncDisposable
{
    private static readonly Package Pausing = Package.Running("sleep 4; echo done > out.txt").Giving("out", """{"type":"string"}""");

    private readonly Installation _server = new("--Runner:MaxConcurrentJobs", "3");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Test]
    public async Task Jobs_OfWhichSomeAreDamaged_AreAllListedAndTheOthersEndRight()
    {
        await _server.StartPlainAsync();
        await _server.DeployAsync(Pausing);
        var jobs = new List<string>();
        for (var i = 0; i < 7; i++) jobs.Add((await _server.ExecuteAsync(Pausing.Id))!);
        var (running, runningWithoutRequest, runningUnreadable) = (jobs[0], jobs[1], jobs[2]);
        var (waitingWithoutRequest, waitingUnknownStatus, waitingWithoutRevision, waiting) = (jobs[3], jobs[4], jobs[5], jobs[6]);
        foreach (var job in jobs.Take(3)) await _server.UntilAsync(job, status => status["message"]?.GetValue<string>() == "Running");
        await _server.StopAsync();
        Change("job_requests SET request = '{\"inputs\": ' WHERE job_id", runningWithoutRequest, waitingWithoutRequest);
        Change("jobs SET attempts = 'none' WHERE id", runningUnreadable);
        Change("jobs SET status = 'lurking' WHERE id", waitingUnknownStatus);
        Change($"jobs SET revision_id = '{Guid.NewGuid()}' WHERE id", waitingWithoutRevision);

        await _server.StartPlainAsync();

        foreach (var job in (string[])[running, waiting])
            Assert.That(Installation.Word(await _server.EndOfAsync(job)), Is.EqualTo("successful"), _server.Said);
        foreach (var (job, reason) in ((string, string)[])[
            (runningWithoutRequest, "What was asked of the job can't be read"), (waitingWithoutRequest, "What was asked of the job can't be read"),
            (runningUnreadable, $"The record of job '{runningUnreadable}' can't be read"), (waitingUnknownStatus, $"The record of job '{waitingUnknownStatus}' can't be read"),
            (waitingWithoutRevision, "is not in the database")])
        {
            var ended = await _server.EndOfAsync(job);
            Assert.That((Installation.Word(ended), Message(ended)), Is.EqualTo(("failed", Message(ended))));
            Assert.That(Message(ended), Does.Contain(reason));
        }

        var listed = (await _server.GetAsync("/jobs"))["jobs"]!.AsArray();
        Assert.That(listed.Select(job => job!["jobID"]!.GetValue<string>()), Is.EquivalentTo(jobs));
        Assert.That(listed.Count(job => Installation.Word(job!) == "failed" && Message(job!).Length > 0), Is.EqualTo(5));
        var (inputs, detail) = await _server.AskAsync($"/jobs/{waitingWithoutRequest}/inputs");
        Assert.That((inputs, JsonNode.Parse(detail)!["detail"]!.GetValue<string>()), Is.EqualTo((HttpStatusCode.InternalServerError, $"What was asked of job '{waitingWithoutRequest}' can't be read.")));
        Assert.That(await _server.DismissAsync(waitingWithoutRequest), Is.EqualTo(HttpStatusCode.OK), "it can be dismissed like any other");
        await _server.UntilNoContainerAsync();
    }

    [Test]
    public async Task Process_ThatIsDamaged_IsListedWithTheReasonAndHidesNoOther()
    {
        await _server.StartPlainAsync();
        var (whole, damaged) = (Package.Running("echo 1 > out").Giving("out", """{"type":"string"}"""), Package.Running("echo 2"));
        await _server.DeployAsync(whole);
        await _server.DeployAsync(damaged);
        await _server.StopAsync();
        Change("process_revisions SET unit = '[]' WHERE process_id", damaged.Id, "echo-types");

        await _server.StartPlainAsync();

        var listed = (await _server.GetAsync("/processes"))["processes"]!.AsArray().ToDictionary(process => process!["id"]!.GetValue<string>(), process => process!);
        Assert.That(listed.Keys, Is.SupersetOf((string[])[whole.Id, damaged.Id, "echo", "echo-types"]));
        Assert.That(listed[damaged.Id]["description"]!.GetValue<string>(), Does.Contain("can't be read"));
        var (status, problem) = await _server.AskAsync($"/processes/{damaged.Id}");
        Assert.That((status, JsonNode.Parse(problem)!["title"]!.GetValue<string>()), Is.EqualTo((HttpStatusCode.InternalServerError, "A record of the server can't be read")));
        var paths = (await _server.GetAsync("/api?f=json"))["paths"]!.AsObject();
        Assert.That((paths.ContainsKey($"/processes/{whole.Id}/execution"), paths.ContainsKey($"/processes/{damaged.Id}/execution")), Is.EqualTo((true, false)));
        Assert.That(Installation.Word(await _server.EndOfAsync((await _server.ExecuteAsync(whole.Id))!)), Is.EqualTo("successful"));
    }

    [Test]
    public async Task Callback_ThatIsDamaged_IsGivenUpAndTheOthersAreSent()
    {
        await using var subscriber = await Subscriber.StartAsync();
        var accepts = false;
        subscriber.Answers = _ => accepts ? 200 : 503;
        await _server.StartPlainAsync();
        var package = Package.Running("echo 1 > out").Giving("out", """{"type":"string"}""");
        await _server.DeployAsync(package);
        var jobs = new List<string>();
        for (var i = 0; i < 2; i++) jobs.Add((await _server.ExecuteAsync(package.Id, $$"""{"inputs":{}, {{subscriber.Member("success")}} }"""))!);
        foreach (var job in jobs) await subscriber.ToldAsync(told => told.Headers["Link"].Contains(job, StringComparison.Ordinal));
        await _server.StopAsync();
        Change("job_callbacks SET log = 'nothing' WHERE job_id", jobs[0]);
        accepts = true;

        await _server.StartPlainAsync();

        await _server.UntilAsync($"{jobs[1]}/callbacks", callbacks => StatusOf(callbacks) == "delivered");
        var givenUp = await _server.UntilAsync($"{jobs[0]}/callbacks", callbacks => StatusOf(callbacks) == "abandoned");
        Assert.That(givenUp.ToJsonString(), Does.Contain("can\\u0027t be read"));
    }

    private static string? StatusOf(JsonNode callbacks) => callbacks["callbacks"]?.AsArray().Single()?["status"]?.GetValue<string>();

    private static string Message(JsonNode status) => status["message"]?.GetValue<string>() ?? "";

    private void Change(string what, params string[] ids)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_server.Folder, "ogcprocesses.db")};Pooling=False;Foreign Keys=False");
        connection.Open();
        foreach (var id in ids)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"UPDATE {what} = $id COLLATE NOCASE";
            command.Parameters.AddWithValue("$id", id);
            Assert.That(command.ExecuteNonQuery(), Is.EqualTo(1), what);
        }
    }
}
