using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Behaviours;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>The audit trail as the database keeps it, and as changes are committed with it.</summary>
internal sealed class EfAuditStoreTests(DatabaseProvider provider) : StoreTests(provider)
{
    private readonly FakeTimeProvider _clock = new(Noon);
    private AuditTrail _trail = null!;

    [SetUp]
    public void MakeTrail()
    {
        var who = new Someone();
        _trail = new(Server.Audit, who, who, _clock);
    }

    [TestCase("UPDATE audit_events SET caller = 'bert'")]
    [TestCase("DELETE FROM audit_events")]
    public async Task Statement_ThatWouldChangeTheTrail_IsRefusedByTheDatabase(string sql)
    {
        await Server.Audit.AddAsync([AnEvent(1)], None);
        await using var context = Server.Context();

        Assert.That(() => context.Database.ExecuteSqlRawAsync(sql, None), Throws.Exception.With.Message.Contains("append-only"));

        Assert.That(await ListAsync(new()), Is.EqualTo((AuditEvent[])[AnEvent(1)]));
    }

    [Test]
    public async Task ListAsync_ByFiltersAndPages_GivesTheNewestFirst()
    {
        var all = Enumerable.Range(0, 7).Select(AnEvent).ToList();
        await Server.Audit.AddAsync(all, None);

        var first = await Server.Audit.ListAsync(new(), null, 3, None);
        var second = await Server.Audit.ListAsync(new(), first.Next, 3, None);
        var back = await Server.Audit.ListAsync(new(), second.Previous, 3, None);

        Assert.That(first.Items.Concat(second.Items), Is.EqualTo(all.AsEnumerable().Reverse().Take(6)));
        Assert.That(back.Items, Is.EqualTo(first.Items));
        Assert.That(await ListAsync(new(From: all[2].At, To: all[4].At)), Is.EqualTo((AuditEvent[])[all[4], all[3], all[2]]));
        Assert.That(await ListAsync(new(Caller: "caller-1")), Is.EqualTo((AuditEvent[])[all[1]]));
        Assert.That(await ListAsync(new(Subject: "subject-2", Action: "job.pin")), Is.EqualTo((AuditEvent[])[all[2]]));
        Assert.That(await ListAsync(new(Subject: "subject-2", Action: "job.dismiss")), Is.Empty);
    }

    [Test]
    public async Task Change_OfAJob_IsCommittedWithItsEvent_AlsoWhereTheClientHasGone()
    {
        var job = AJob();
        Assert.ThrowsAsync<OperationCanceledException>(() => DoAsync(async () =>
        {
            await Server.Jobs.AddAsync(job, None);
            throw new OperationCanceledException("The client has gone.");
        }));

        var told = (await ListAsync(new())).Single();
        Assert.That((told.Action, told.Caller, told.Means, told.Subject, told.Process, told.Outcome), Is.EqualTo(("test.change", "anna", "key:7", $"{job.Id}", job.ProcessId.Value, AuditOutcome.Done)));
        Assert.That((told.Address, told.RequestId, told.UserAgent, told.Count), Is.EqualTo(("192.0.2.1", "r1", "curl", 1)));
    }

    [Test]
    public async Task Change_OfSeveralJobs_IsToldOfEachOnce()
    {
        Job[] jobs = [AJob(), AJob()];
        foreach (var job in jobs) await Server.Jobs.AddAsync(job, None);
        await DoAsync(() => Parallel.ForEachAsync(jobs, async (job, _) =>
        {
            await Server.Jobs.UpdateAsync(job.Id, changed => changed.Pin(true, Noon), None);
            await Server.Jobs.UpdateAsync(job.Id, changed => changed.Dismiss(Noon), None);
        }));

        Assert.That((await ListAsync(new())).Select(told => told.Subject), Is.EquivalentTo(jobs.Select(job => $"{job.Id}")));
    }

    [Test]
    public async Task Change_ThatIsNotCommitted_IsNotToldAsDone()
    {
        var job = AJob();
        await Server.Jobs.AddAsync(job, None);
        Assert.ThrowsAsync<DbUpdateException>(() => DoAsync(() => Server.Jobs.AddAsync(job, None)));

        var told = (await ListAsync(new())).Single();
        Assert.That((told.Outcome, told.Reason), Is.EqualTo((AuditOutcome.Failed, nameof(DbUpdateException))));
    }

    [Test]
    public async Task Change_ThatIsRefused_IsToldWithTheReason()
    {
        Assert.ThrowsAsync<OgcException>(() => DoAsync(() => throw new OgcException(OgcError.Forbidden, "Not\u202E you,\r\nanna.")));
        var told = (await ListAsync(new())).Single();
        Assert.That((told.Outcome, told.Reason), Is.EqualTo((AuditOutcome.Refused, "Not  you,  anna.")));
    }

    [Test]
    public async Task Logins_ThatFailInAFlood_AreWrittenOnceAndThenCounted()
    {
        for (var number = 0; number < 500; number++) await _trail.RefuseLoginAsync("apiKey", "no such key");
        Assert.That((await ListAsync(new())).Select(told => told.Count), Is.EqualTo((int[])[1]));

        _clock.Advance(TimeSpan.FromSeconds(61));
        await _trail.FlushAsync(all: false, None);

        Assert.That((await ListAsync(new(Action: AuditTrail.Login))).Select(told => (told.Count, told.Outcome, told.Address, told.Caller)),
            Is.EqualTo(new[] { (499, AuditOutcome.Refused, "192.0.2.1", ""), (1, AuditOutcome.Refused, "192.0.2.1", "") }));
    }

    private static AuditEvent AnEvent(int number) => new($"{AuditEvent.FirstId(Noon.AddMinutes(number))}{number:x16}", Noon.AddMinutes(number), $"caller-{number}", "open", "job.pin")
    {
        Subject = $"subject-{number}", Process = "echo", Outcome = AuditOutcome.Refused, Reason = "why", Address = "::1", RequestId = "r", UserAgent = "é", Count = 3,
    };

    private async Task<IReadOnlyList<AuditEvent>> ListAsync(AuditFilter filter) => (await Server.Audit.ListAsync(filter, null, 100, None)).Items;

    /// <summary>Does something as the handler of a request that is audited.</summary>
    private async Task DoAsync(Func<Task> change) => await new AuditBehaviour<Change, bool>(_trail).Handle(new(), None, async () =>
    {
        await change();
        return true;
    });

    [Audited("test.change")]
    private sealed record Change;

    private sealed class Someone : ICaller, IRequestOrigin
    {
        Caller ICaller.Current => new("anna", Role.Executor);

        Origin IRequestOrigin.Current => new("key:7", "192.0.2.1", "192.0.2.1", "r1", "curl");

        public IDisposable ActFor(Caller caller) => throw new NotSupportedException();
    }
}
