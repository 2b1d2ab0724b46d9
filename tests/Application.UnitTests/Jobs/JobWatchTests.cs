using System.Data.Common;
using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using static Microsoft.Extensions.Options.Options;

namespace OgcProcesses.Application.UnitTests.Jobs;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class JobWatchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMinutes(10);
    private static readonly Claim Elsewhere = new("node-2", 1);

    private readonly JobSignals _signals = new();
    private readonly FakeTimeProvider _clock = new(AJob.Now);
    private readonly FakeJobStore _jobs;
    private readonly JobWatch _watch;

    public JobWatchTests()
    {
        _jobs = new(_signals);
        _watch = new(_jobs, _signals, new(AJob.Node), Create(new RunnerOptions { PollInterval = PollInterval }), _clock);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _signals.Dispose();
    }

    [Test]
    public async Task WaitForEnd_OfAJobThatHasEnded_DoesNotWait()
    {
        var job = _jobs.Add(AJob.Successful().Build());
        Assert.That((await WaitAsync(job)).Status, Is.EqualTo(JobStatus.Successful));
    }

    [Test]
    public async Task WaitForEnd_EndsWithTheChange_NotWithTheClock()
    {
        var job = _jobs.Add(AJob.Running().Build());
        var waiting = WaitAsync(job);
        Assert.That(waiting.IsCompleted, Is.False);
        await _jobs.UpdateAsync(job.Id, current => current.Succeed(AJob.FirstClaim, [], AJob.Now), CancellationToken.None);
        Assert.That((await waiting.WaitAsync(TimeSpan.FromSeconds(10))).Status, Is.EqualTo(JobStatus.Successful));
    }

    [Test]
    public async Task WaitForEnd_WithTwoWaiters_EndsBoth()
    {
        var job = _jobs.Add(AJob.Running().Build());
        var both = Task.WhenAll(WaitAsync(job), WaitAsync(job));
        await _jobs.UpdateAsync(job.Id, current => current.Dismiss(AJob.Now), CancellationToken.None);
        Assert.That((await both.WaitAsync(TimeSpan.FromSeconds(10))).Select(one => one.Status), Is.All.EqualTo(JobStatus.Dismissed));
    }

    [Test]
    public async Task WaitForEnd_OfAJobThatAnotherNodeEnds_IsOverWithTheNextLook()
    {
        var job = AddElsewhere();
        var waiting = WaitAsync(job);
        job.Succeed(Elsewhere, [], AJob.Now);
        await LookAfterAsync(Soon);
        Assert.That((await waiting.WaitAsync(TimeSpan.FromSeconds(10))).Status, Is.EqualTo(JobStatus.Successful));
    }

    [Test]
    public async Task WaitForEnd_WhileTheDatabaseIsAway_GoesOn()
    {
        var job = AddElsewhere();
        var waiting = WaitAsync(job);
        _jobs.Trouble = new AwayException();
        _signals.HearOfAnything();
        Assert.That(SpinWait.SpinUntil(() => _signals.IsAwaited(job.Id), TimeSpan.FromSeconds(10)), Is.True);
        _jobs.Trouble = null;
        job.Succeed(Elsewhere, [], AJob.Now);
        await LookAfterAsync(Soon);
        Assert.That((await waiting.WaitAsync(TimeSpan.FromSeconds(10))).Status, Is.EqualTo(JobStatus.Successful));
    }

    [Test]
    public async Task WaitForEnd_OnceItsTimeIsOverWhileTheDatabaseIsAway_SaysSo()
    {
        var waiting = WaitAsync(AddElsewhere());
        _jobs.Trouble = new AwayException();
        _clock.Advance(Patience);
        Assert.CatchAsync<AwayException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Test]
    public async Task Look_AtManyJobs_IsOneQuestion()
    {
        var jobs = Enumerable.Range(0, 100).Select(_ => AddElsewhere()).ToList();
        var waits = jobs.ConvertAll(WaitAsync);
        await LookAfterAsync(Soon);
        Assert.That((_jobs.VersionLooks, waits.Any(wait => wait.IsCompleted)), Is.EqualTo((1, false)));
    }

    [Test]
    public async Task Look_AtAJobThatStaysAsItIs_ComesEverLessOften()
    {
        _ = WaitAsync(AddElsewhere());
        var looks = new List<int>();
        for (var second = 0; second < 4; second++)
        {
            var before = _jobs.VersionLooks;
            for (var i = 0; i < 10; i++) await LookAfterAsync(Soon);
            looks.Add(_jobs.VersionLooks - before);
        }

        Assert.That(looks, Is.EqualTo(new[] { 4, 1, 1, 1 }));
    }

    [Test]
    public async Task Look_AtAJobOfThisNode_WaitsForTheSignalAtFirst()
    {
        _ = WaitAsync(_jobs.Add(AJob.Running().Build()));
        for (var i = 0; i < 9; i++) await LookAfterAsync(Soon);
        Assert.That(_jobs.VersionLooks, Is.Zero);
        await LookAfterAsync(Soon);
        Assert.That(_jobs.VersionLooks, Is.EqualTo(1));
    }

    [Test]
    public async Task Look_WhereOtherNodesTell_IsLeftToThePollInterval()
    {
        _signals.HearsOthers = true;
        var waiting = _watch.WaitForEndAsync(AddElsewhere().Id, 2 * PollInterval, CancellationToken.None);
        await LookAfterAsync(PollInterval / 2);
        Assert.That(_jobs.VersionLooks, Is.Zero);
        await LookAfterAsync(PollInterval / 2);
        Assert.That((_jobs.VersionLooks, waiting.IsCompleted), Is.EqualTo((1, false)));
        _signals.HearsOthers = false;
        await LookAfterAsync(Soon + Soon);
        Assert.That(_jobs.VersionLooks, Is.EqualTo(2));
    }

    [Test]
    public async Task Look_WhenNobodyWaitsAnyLonger_AsksNothing()
    {
        var waiting = WaitAsync(AddElsewhere());
        _clock.Advance(Patience);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        await LookAfterAsync(Soon);
        Assert.That(_jobs.VersionLooks, Is.Zero);
        Assert.That(_watch.UntilDueAsync(CancellationToken.None).IsCompleted, Is.False);
    }

    [Test]
    public async Task WaitForEnd_OnceItsTimeIsOver_GivesTheJobAsItStands()
    {
        var job = _jobs.Add(AJob.Running().Build());
        var waiting = WaitAsync(job);
        _clock.Advance(Patience);
        Assert.That((await waiting.WaitAsync(TimeSpan.FromSeconds(10))).Status, Is.EqualTo(JobStatus.Running));
    }

    [Test]
    public void WaitForEnd_WhenTheClientGoes_EndsAtOnce()
    {
        var job = _jobs.Add(AJob.Running().Build());
        using var gone = new CancellationTokenSource();
        var waiting = _watch.WaitForEndAsync(job.Id, Patience, gone.Token);
        gone.Cancel();
        Assert.CatchAsync<OperationCanceledException>(() => waiting);
    }

    [Test]
    public void WaitForEnd_OfNoJob_SaysSo() =>
        Assert.That(
            Assert.ThrowsAsync<OgcException>(() => WaitAsync(AJob.Running().Build()))!.Error, Is.EqualTo(OgcError.NoSuchJob));

    private Job AddElsewhere()
    {
        var job = _jobs.Add(AJob.Accepted().Build());
        job.Start(Elsewhere.Node, AJob.LeaseEnd, AJob.Now);
        return job;
    }

    private Task LookAfterAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return _watch.LookAsync(CancellationToken.None);
    }

    private Task<Job> WaitAsync(Job job) => _watch.WaitForEndAsync(job.Id, Patience, CancellationToken.None);

    private sealed class AwayException : DbException;
}
