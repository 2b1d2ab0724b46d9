using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>Two nodes on one PostgreSQL database; nothing here looks without being told.</summary>
internal sealed class PostgreSqlNoticesTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private TestServer _one = null!;
    private TestServer _two = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _one = await TestServer.StartAsync(DatabaseProvider.PostgreSql);
        _two = _one.Another();
        await Task.WhenAll(BeginAsync(_one), BeginAsync(_two));
    }

    [TearDown]
    public async Task StopAsync()
    {
        // Null where PostgreSQL is not here.
        if (_two is null) return;
        await Task.WhenAll(_one.Notices.StopAsync(None), _two.Notices.StopAsync(None));
        await _two.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Test]
    public async Task NewJob_OnOneNode_IsWorkForTheOther()
    {
        var work = _two.Signals.WaitForWorkAsync(Timeout.InfiniteTimeSpan, None);
        Assert.That(work.IsCompleted, Is.False);
        await _one.Jobs.AddAsync(AJob(), None);
        await work.WaitAsync(Patience);
    }

    [Test]
    public async Task EndOfAJob_IsWaitedForOnTheOtherNode_WithoutALook()
    {
        var job = await AddRunningAsync();
        using var watch = new JobWatch(_two.Jobs, _two.Signals, new("node-2"), Options.Create(new RunnerOptions()), new FakeTimeProvider());
        var waiting = watch.WaitForEndAsync(job.Id, Patience, None);
        await _one.Jobs.UpdateAsync(job.Id, changed => changed.Succeed(FirstClaim, [], Noon), None);
        Assert.That((await waiting.WaitAsync(Patience)).Status, Is.EqualTo(JobStatus.Successful));
    }

    [Test]
    public async Task Dismissal_OnOneNode_IsToldToTheOneThatRunsTheJob_AndNotToItself()
    {
        var (dismissed, other) = (await AddRunningAsync(), await AddRunningAsync());
        using var heardByOne = new Heard(_one);
        using var heardByTwo = new Heard(_two);
        await _two.Jobs.UpdateAsync(dismissed.Id, job => job.Dismiss(Noon), None);
        Assert.That(await heardByOne.NextAsync(), Is.EqualTo(dismissed.Id));
        await _one.Jobs.UpdateAsync(other.Id, job => job.Dismiss(Noon), None);
        Assert.That(await heardByTwo.NextAsync(), Is.EqualTo(other.Id));
    }

    [Test]
    public async Task RenewalOfALease_IsNotTold()
    {
        var (renewed, changed) = (await AddRunningAsync(), await AddRunningAsync());
        using var heard = new Heard(_two);
        await _one.Jobs.RenewLeasesAsync(Node, [renewed.Id], Noon.AddHours(1), None);
        await _one.Jobs.UpdateAsync(changed.Id, job => job.Dismiss(Noon), None);
        Assert.That(await heard.NextAsync(), Is.EqualTo(changed.Id));
    }

    [Test]
    public async Task MoreChangesThanANoticeHolds_AreToldAsAnything()
    {
        using var heard = new Heard(_two);
        var job = ARunningJob();
        _one.Notices.Changed(job);
        foreach (var _ in Enumerable.Range(0, 1_000)) _one.Notices.Changed(ARunningJob());
        var first = await heard.NextAsync();
        Assert.That(first, Is.Null.Or.EqualTo(job.Id));
        if (first is not null) Assert.That(await heard.NextAsync(), Is.Null);
    }

    [Test]
    public async Task ConnectionThatIsCut_IsMadeAnew_AndWhatItMissedIsLookedFor()
    {
        var (missed, next) = (await AddRunningAsync(), await AddRunningAsync());
        using var heardByOne = new Heard(_one);
        using var heardByTwo = new Heard(_two);
        var change = _two.Signals.NextChange(missed.Id);
        await using (var context = _one.Context())
        {
            var cut = await context.Database.SqlQuery<bool>(
                $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND datname = current_database()").ToListAsync();
            Assert.That(cut, Is.EqualTo(new[] { true, true }));
        }

        await _one.Jobs.UpdateAsync(missed.Id, job => job.Dismiss(Noon), None);
        await change.WaitAsync(Patience);
        foreach (var heard in (Heard[])[heardByOne, heardByTwo])
            while (await heard.NextAsync() is not null) ;
        await _one.Jobs.UpdateAsync(next.Id, job => job.Dismiss(Noon), None);
        while (await heardByTwo.NextAsync() != next.Id) ;
    }

    /// <summary>As behind a pooler that takes LISTEN, and passes nothing on.</summary>
    [Test]
    public async Task ConnectionThatHearsNothing_IsNotReliedOn_AndTheOperatorIsTold()
    {
        var elsewhere = await SharedPostgreSql.CreateEmptyDatabaseAsync();
        await using var deaf = _one.Another(("Database:ListenConnectionString", elsewhere));
        await deaf.Notices.StartAsync(None);
        Assert.That(await deaf.Warnings.UntilAsync("does not hear").WaitAsync(Patience), Does.Contain("Database:ListenConnectionString"));
        Assert.That(deaf.Signals.HearsOthers, Is.False);
        await deaf.Notices.StopAsync(None);
        await SharedPostgreSql.DropDatabaseAsync(elsewhere);
    }

    /// <summary>Starts to listen, and waits until it is heard.</summary>
    private static async Task BeginAsync(TestServer server)
    {
        using var heard = new Heard(server);
        await server.Notices.StartAsync(None);
        Assert.That(await heard.NextAsync(), Is.Null);
        Assert.That(server.Signals.HearsOthers, Is.True);
        await server.Signals.WaitForWorkAsync(Patience, None);
    }

    private async Task<Job> AddRunningAsync()
    {
        var job = ARunningJob();
        await _one.Jobs.AddAsync(job, None);
        return job;
    }

    /// <summary>What a node hears from others, in order.</summary>
    private sealed class Heard : IDisposable
    {
        private readonly Channel<JobId?> _all = Channel.CreateUnbounded<JobId?>();
        private readonly JobSignals _signals;

        public Heard(TestServer server)
        {
            _signals = server.Signals;
            _signals.ChangedElsewhere += Hear;
        }

        public Task<JobId?> NextAsync() => _all.Reader.ReadAsync().AsTask().WaitAsync(Patience);

        public void Dispose() => _signals.ChangedElsewhere -= Hear;

        private void Hear(JobId? id) => _all.Writer.TryWrite(id);
    }
}
