using Microsoft.EntityFrameworkCore;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Processes;
using OgcProcesses.Benchmarks.Scale;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>A million jobs list as fast as a hundred when no query reads further than its page.</summary>
/// <remarks>PostgreSQL plans by what it knows of the tables, and has to plan well before it has looked at them, too.</remarks>
[TestFixture(DatabaseProvider.Sqlite, false)]
[TestFixture(DatabaseProvider.PostgreSql, false)]
[TestFixture(DatabaseProvider.PostgreSql, true)]
internal sealed class QueryPlanTests(DatabaseProvider provider, bool hasStatistics)
{
    private const int Many = 20_000;

    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly Cursor SomePlace = new(JobPlace.KeyOf(AJob(at: ManyJobs.Begin.AddDays(500))), Backwards: false);
    private static readonly Cursor SomeProcess = new("process-0500", Backwards: false);
    private static readonly DateTimeOffset Then = ManyJobs.Begin.AddDays(500);
    private static readonly string Owner = ManyJobs.Owner(0);

    private static readonly DurationRange Short = new(TimeSpan.Zero, TimeSpan.FromDays(1), ManyJobs.Now);
    private static readonly DurationRange Long = new(TimeSpan.FromDays(30), TimeSpan.FromDays(31), ManyJobs.Now);

    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await TestServer.StartAsync(provider);
        await using var context = _server.Context();
        // What the tests say of statistics shall hold, whenever the server would have looked by itself.
        var settings = string.Concat(context.Model.GetEntityTypes().Select(table => $"ALTER TABLE {table.GetTableName()} SET (autovacuum_enabled = off);"));
        if (provider == DatabaseProvider.PostgreSql) await context.Database.ExecuteSqlRawAsync(settings, None);
        await BulkLoad.LoadAsync(context, new(Many));
        if (hasStatistics) await context.Database.ExecuteSqlRawAsync("ANALYZE", None);
    }

    [SetUp]
    public void Begin() => _server.Statements.Clear();

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        // Null where the fixture's database is not here.
        if (_server is not null) await _server.DisposeAsync();
    }

    private static IEnumerable<TestCaseData> Queries()
    {
        ProcessId[] often = [new("process-0000")];
        ProcessId[] some = [.. often, new("process-0500"), new("process-0999")];
        JobStatus[] running = [JobStatus.Running];
        JobStatus[] ended = [JobStatus.Successful, JobStatus.Failed];
        JobFilter[] filters =
        [
            new(),
            new(often),
            new(some),
            new([.. Enumerable.Range(0, 50).Select(i => new ProcessId($"process-{i:0000}"))]),
            new(null, running),
            new(null, ended),
            new(often, running),
            new(some, ended),
            new(From: Then, To: Then.AddDays(1)),
            new(To: ManyJobs.Begin),
            new(often, ended, To: Then),
            new(Duration: Short),
            new(often, Duration: Short),
            new(null, [JobStatus.Failed], Duration: Short),
            new(often, running, Duration: Short),
            new(To: Then, Duration: Short),
            new() { Owner = Owner },
            new() { Owner = "nobody" },
            new(often) { Owner = Owner },
            new(null, ended) { Owner = Owner },
            new(some, running) { Owner = Owner },
            new(To: Then) { Owner = Owner },
            new(Duration: Short) { Owner = Owner },
            new() { Unpinned = true },
            new(often, ended) { Unpinned = true },
        ];
        foreach (var filter in filters)
        {
            yield return Query($"First {Told(filter)}", server => server.Jobs.ListAsync(filter, null, 10, None));
            yield return Query($"Next {Told(filter)}", server => server.Jobs.ListAsync(filter, SomePlace, 10, None));
            yield return Query($"Previous {Told(filter)}", server => server.Jobs.ListAsync(filter, SomePlace with { Backwards = true }, 10, None));
        }

        yield return Query("Count", server => server.Jobs.CountAsync(new(null, [JobStatus.Accepted]) { Owner = Owner }, 10, None));
        yield return Query("ListWaiting", server => server.Jobs.ListWaitingAsync([], Then, null, 10, None));
        yield return Query("ListWaitingOfSome", server => server.Jobs.ListWaitingAsync(often, Then, Owner, 10, None));
        yield return Query("ListWaitingBehind", server => server.Jobs.ListWaitingBehindAsync(new(JobId.New(), Owner, Then, often[0], default), often, Then, 10, None));
        yield return Query("CountWaitingBefore", server => server.Jobs.CountWaitingBeforeAsync(AJob(at: ManyJobs.Now), 10, None));
        yield return Query("FindSuccessful", server => server.Jobs.FindSuccessfulAsync(new('0', 64), Owner, Then, None));
        yield return Query("FindProcess", server => server.Jobs.FindProcessAsync(JobId.New(), "anna", None));
        yield return Query("FindOwner", server => server.Jobs.FindOwnerAsync(JobId.New(), None));
        yield return Query("FindExpired", server => server.Jobs.FindExpiredAsync(JobId.New(), None));
        yield return Query("TakeDueCallbacks", server => server.Callbacks.TakeDueAsync(10, ManyJobs.Now, ManyJobs.Now, None));
        yield return Query("FindKey", server => server.Keys.FindAsync(Owner, "k", Then, None));
        yield return Query("ForgetKeys", server => server.Keys.ForgetAsync(ManyJobs.Now.AddDays(2), 10, None));
        yield return Query("Expire", server => server.Retention.ExpireAsync(ManyJobs.Now, Then, _ => "", 9, None));
        yield return Query("ExpireOldest", server => server.Retention.ExpireOldestAsync(1, ManyJobs.Now, "", 9, None));
        yield return Query("ListWithFiles", server => server.Retention.ListWithFilesAsync(9, None));
        yield return Query("NoteFilesRemoved", server => server.Retention.NoteFilesRemovedAsync([JobId.New()], None));
        yield return Query("Forget", server => server.Retention.ForgetAsync(ManyJobs.Now, 9, None));
        yield return Query("RenewLeases", server => server.Jobs.RenewLeasesAsync(ManyJobs.Node, [JobId.New()], Then, None));
        yield return Query("ListProcesses", server => server.Processes.ListAsync(ProcessFilter.All, null, 10, None));
        yield return Query("ListNextProcesses", server => server.Processes.ListAsync(ProcessFilter.All, SomeProcess, 10, None));
        yield return Query("FindProcess", server => server.Processes.FindAsync(often[0], None));
        foreach (var (name, owner) in ((string, string)[])[("All", Owner), ("None", "nobody")])
        {
            ProcessFilter seen = new([Viewer.Everybody, Viewer.User(owner), Viewer.Group("a"), Viewer.Group("b")]);
            yield return Query($"FindRightsOf{name}", server => server.Processes.FindRightsAsync(often[0], seen, None));
            yield return Query($"ListProcessesOf{name}", server => server.Processes.ListAsync(seen, null, 10, None));
            yield return Query($"ListNextProcessesOf{name}", server => server.Processes.ListAsync(seen, SomeProcess, 10, None));
            yield return Query($"ListPreviousProcessesOf{name}", server => server.Processes.ListAsync(seen, SomeProcess with { Backwards = true }, 10, None));
        }
    }

    /// <summary>Those that gather rows which are few by nature.</summary>
    private static IEnumerable<TestCaseData> QueriesOfFew()
    {
        yield return Query("Find", server => server.Jobs.FindAsync(JobId.New(), None));
        yield return Query("FirstLasting", server => server.Jobs.ListAsync(new(Duration: Long), null, 10, None));
        yield return Query("NextLastingOfProcess", server => server.Jobs.ListAsync(new([new("process-0000")], Duration: Long), SomePlace, 10, None));
        yield return Query("FirstLastingOfOwner", server => server.Jobs.ListAsync(new(Duration: Long) { Owner = Owner }, null, 10, None));
        yield return Query("ListAbandoned", server => server.Jobs.ListAbandonedAsync(ManyJobs.Node, [], ManyJobs.Now, None));
        yield return Query("SumStoredBytesOfOwner", server => server.Usage.SumStoredBytesAsync(Owner, None));
        yield return Query("CountRunning", server => server.Jobs.CountRunningAsync(None));
        yield return Query("ListWithoutOutputs", server => server.Jobs.ListWithoutOutputsAsync([JobId.New(), JobId.New()], [JobStatus.Failed], None));
        yield return Query("ListCallbacks", server => server.Callbacks.ListAsync(JobId.New(), None));
    }

    [TestCaseSource(nameof(Queries))]
    public async Task Query_ReadsNoFurtherThanItsPage(Func<TestServer, Task> query)
    {
        var plan = await ExplainAsync(query);

        Assert.That(plan.WholeTables, Is.Empty, plan.ToString());
        Assert.That(plan.GathersRows, Is.False, plan.ToString());
    }

    [TestCaseSource(nameof(QueriesOfFew))]
    public async Task Query_OfFew_ReadsNoWholeTable(Func<TestServer, Task> query)
    {
        var plan = await ExplainAsync(query);

        Assert.That(plan.WholeTables, Is.Empty, plan.ToString());
    }

    [TestCase(2, 2, "ix_jobs_process_status")]
    [TestCase(0, 2, "ix_jobs_status")]
    [TestCase(2, 0, "ix_jobs_process")]
    public async Task Query_OfSeveralProcessesAndStatuses_ReadsOneStretchForEach(int processes, int statuses, string index)
    {
        var filter = new JobFilter(
            processes == 0 ? null : [.. Enumerable.Range(100, processes).Select(i => new ProcessId($"process-{i:0000}"))],
            statuses == 0 ? null : [.. Enum.GetValues<JobStatus>().Skip(2).Take(statuses)]);

        var plan = await ExplainAsync(server => server.Jobs.ListAsync(filter, SomePlace, 10, None));

        Assert.That(plan.ToString().Split('\n').Count(step => step.Contains($"{index} ") || step.Contains($"{index},")), Is.EqualTo(Math.Max(1, processes) * Math.Max(1, statuses)), plan.ToString());
    }

    [Test]
    public async Task Query_OfDurations_LooksUpThoseOfFewJobs_AndMeetsOthersAlongTheList()
    {
        var few = await ExplainAsync(server => server.Jobs.ListAsync(new(Duration: Long) { Owner = Owner }, SomePlace, 10, None));
        _server.Statements.Clear();
        var many = await ExplainAsync(server => server.Jobs.ListAsync(new(Duration: Short), null, 10, None));

        // Three statuses that have one: counted, then read.
        Assert.That(few.ToString().Split('\n').Count(step => step.Contains("ix_jobs_duration")), Is.EqualTo(6), few.ToString());
        Assert.That(many.ToString().Split('\n').Count(step => step.Contains("ix_jobs_status")), Is.EqualTo(4), many.ToString());
    }

    [Test]
    public async Task Query_OfAProcessAndADurationOfFew_ReadsTheDurationsOfThatProcess()
    {
        var plan = await ExplainAsync(server => server.Jobs.ListAsync(new([new("process-0000")], [JobStatus.Successful], Duration: Long), null, 10, None));

        Assert.That(plan.ToString(), Does.Contain("ix_jobs_process_duration").And.Not.Contain("ix_jobs_duration"));
    }

    [Test]
    public async Task AddAsync_OfAJobWithoutAKey_KnowsNothingOfKeys()
    {
        await _server.Jobs.AddAsync(AJob(), None);

        Assert.That(string.Join('\n', _server.Statements.Texts), Does.Not.Contain("execution_keys"));
    }

    [Test]
    public async Task UpdateAsync_OfAJobWithoutSubscriber_KnowsNothingOfCallbacks()
    {
        var job = ARunningJob();
        await _server.Jobs.AddAsync(job, None);
        _server.Statements.Clear();

        await _server.Jobs.UpdateAsync(job.Id, changed => changed.Succeed(FirstClaim, [], Noon), None);

        Assert.That(_server.Statements.Texts, Is.Not.Empty);
        Assert.That(string.Join('\n', _server.Statements.Texts), Does.Not.Contain("callback"));
    }

    private static TestCaseData Query(string name, Func<TestServer, Task> run) => new TestCaseData(run).SetArgDisplayNames(name);

    private static string Told(JobFilter filter)
    {
        var facts = new List<string>();
        if (filter.Processes is { } processes) facts.Add($"{processes.Count} processes");
        if (filter.Statuses is { } statuses) facts.Add(string.Join('|', statuses));
        if (filter.From is not null) facts.Add("from");
        if (filter.To is not null) facts.Add(filter.To == ManyJobs.Begin ? "before all" : "to");
        if (filter.Duration is not null) facts.Add("duration");
        if (filter.Owner is { } owner) facts.Add(owner);
        if (filter.Unpinned) facts.Add("unpinned");
        return string.Join(' ', facts);
    }

    private async Task<QueryPlan> ExplainAsync(Func<TestServer, Task> query)
    {
        await query(_server);
        await using var context = _server.Context();
        return await _server.Statements.ExplainAsync(context);
    }
}
