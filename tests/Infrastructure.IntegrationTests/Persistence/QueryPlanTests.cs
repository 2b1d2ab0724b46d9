using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>A million jobs list as fast as a hundred when no query reads further than its page.</summary>
internal sealed class QueryPlanTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly Cursor SomePlace = new(JobPlace.KeyOf(AJob()), Backwards: false);

    private static readonly DurationRange Short = new(TimeSpan.Zero, TimeSpan.FromSeconds(5), Noon);

    private TestServer _server = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _server = await TestServer.StartAsync();
        _server.Statements.Clear();
    }

    [TearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    private static IEnumerable<TestCaseData> Queries()
    {
        ProcessId[] echo = [new("echo")];
        JobStatus[] running = [JobStatus.Running];
        yield return Query("ListFirst", jobs => jobs.ListAsync(new(), null, 10, None));
        yield return Query("ListNext", jobs => jobs.ListAsync(new(), SomePlace, 10, None));
        yield return Query("ListPrevious", jobs => jobs.ListAsync(new(), SomePlace with { Backwards = true }, 10, None));
        yield return Query("ListByProcess", jobs => jobs.ListAsync(new(echo), SomePlace, 10, None));
        yield return Query("ListByStatus", jobs => jobs.ListAsync(new(null, running), SomePlace, 10, None));
        yield return Query("ListByBoth", jobs => jobs.ListAsync(new(echo, running), SomePlace, 10, None));
        yield return Query("ListByTime", jobs => jobs.ListAsync(new(From: Noon, To: Noon), null, 10, None));
        yield return Query("ListByStatusAndDuration", jobs => jobs.ListAsync(new(null, [JobStatus.Failed], Duration: Short), SomePlace, 10, None));
        yield return Query("ListRunningByDuration", jobs => jobs.ListAsync(new(echo, running, Duration: Short), SomePlace, 10, None));
        yield return Query("CountByBoth", jobs => jobs.CountAsync(new(echo, running, Noon, Noon), 10, None));
        yield return Query("ListWaiting", jobs => jobs.ListWaitingAsync(echo, Noon, 10, None));
        yield return Query("CountWaitingBefore", jobs => jobs.CountWaitingBeforeAsync(AJob(), 10, None));
        yield return Query("ListAbandoned", jobs => jobs.ListAbandonedAsync(Node, [], Noon, None));
        yield return Query("FindSuccessful", jobs => jobs.FindSuccessfulAsync(new('0', 64), Noon, None));
        yield return Query("Find", jobs => jobs.FindAsync(JobId.New(), None));

        static TestCaseData Query(string name, Func<IJobStore, Task> run) => new TestCaseData(run).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Queries))]
    public async Task Query_OfJobs_ReadsOneStretchOfAnIndex(Func<IJobStore, Task> query)
    {
        await query(_server.Jobs);

        await using var context = _server.Context();
        var plan = await _server.Statements.ExplainAsync(context);

        // "SCAN j USING INDEX" with a limit reads in the list's order and stops; "SCAN j" alone reads the whole table.
        Assert.That(plan, Does.Match("(?m) j USING .*INDEX").And.Not.Match("(?m)SCAN (j|jobs)$"));
    }

    [TestCaseSource(nameof(Queries))]
    public async Task Query_OfJobs_SortsNothingButOutputs(Func<IJobStore, Task> query)
    {
        await query(_server.Jobs);

        await using var context = _server.Context();
        var plan = await _server.Statements.ExplainAsync(context);

        Assert.That(plan, plan.Contains("job_outputs") ? Does.Contain("TEMP B-TREE") : Does.Not.Contain("TEMP B-TREE"));
    }

    [Test]
    public async Task Query_OfDueCallbacks_ReadsTheIndexOfThoseAlone()
    {
        await _server.Jobs.AddAsync(ARunningJobThatTells(), None);
        _server.Statements.Clear();
        await _server.Callbacks.TakeDueAsync(10, Noon, Noon.AddMinutes(1), None);

        await using var context = _server.Context();
        var plan = await _server.Statements.ExplainAsync(context);

        Assert.That(plan, Does.Contain("ix_job_callbacks_due (due<?)").And.Contain("(job_id=? AND kind=?)").And.Not.Match("SCAN [jc]"));
    }

    [Test]
    public async Task Query_OfJobsThatExpire_ReadsTheIndexOfEndedOnesAlone()
    {
        await _server.Retention.ExpireAsync(Noon, Noon, _ => "", 9, None);
        await _server.Retention.ExpireOldestAsync(1, Noon, "", 9, None);
        await _server.Retention.SumStoredBytesAsync(None);

        await using var context = _server.Context();
        var plan = await _server.Statements.ExplainAsync(context);

        Assert.That(plan, Does.Contain("ix_jobs_expires (expires<?)").And.Contain("ix_jobs_expires (expires=? AND finished>? AND finished<?)"));
        Assert.That(plan, Does.Contain("USING INDEX ix_jobs_stored").And.Contain("USING COVERING INDEX ix_jobs_stored"));
        Assert.That(plan, Does.Not.Contain("TEMP B-TREE").And.Not.Match("(?m)SCAN (j|jobs)$"));
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

    [Test]
    public async Task Query_OfSeveralProcessesAndStatuses_ReadsOneStretchForEach()
    {
        await _server.Jobs.ListAsync(new([new("a"), new("b")], [JobStatus.Failed, JobStatus.Running]), SomePlace, 10, None);

        await using var context = _server.Context();
        var plan = await _server.Statements.ExplainAsync(context);

        Assert.That(plan.Split('\n').Count(step => step.Contains("SEARCH") && step.Contains("ix_jobs_process_status (process_id=? AND status=? AND created<?)")), Is.EqualTo(4), plan);
    }

    [Test]
    public async Task Query_OfADurationAlone_ReadsOneStretchForEachStatusThatHasOne()
    {
        await _server.Jobs.ListAsync(new(Duration: Short), SomePlace, 10, None);

        await using var context = _server.Context();
        var plan = await _server.Statements.ExplainAsync(context);

        Assert.That(plan.Split('\n').Count(step => step.Contains("ix_jobs_status (status=? AND created<?)")), Is.EqualTo(4), plan);
    }
}
