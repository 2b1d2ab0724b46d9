using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Jobs;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class JobSignalsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly JobSignals _signals = new();
    private readonly FakeTimeProvider _clock = new(AJob.Now);
    private FakeJobStore _jobs = null!;

    [SetUp]
    public void Begin() => _jobs = new(_signals);

    public void Dispose() => _signals.Dispose();

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
    public async Task WaitForEnd_OfAJobThatAnotherNodeEnds_LooksAgainByItself()
    {
        var job = _jobs.Add(AJob.Running().Build());
        var waiting = WaitAsync(job);
        job.Succeed(AJob.FirstClaim, [], AJob.Now);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await waiting.WaitAsync(TimeSpan.FromSeconds(10))).Status, Is.EqualTo(JobStatus.Successful));
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
        var waiting = _signals.WaitForEndAsync(job.Id, _jobs, Patience, _clock, gone.Token);
        gone.Cancel();
        Assert.CatchAsync<OperationCanceledException>(() => waiting);
    }

    [Test]
    public void WaitForEnd_OfNoJob_SaysSo() =>
        Assert.That(
            Assert.ThrowsAsync<OgcException>(() => WaitAsync(AJob.Running().Build()))!.Error, Is.EqualTo(OgcError.NoSuchJob));

    [Test]
    public async Task WaitForWork_AfterOneOrManySignals_GoesOnOnce()
    {
        _signals.Work();
        _signals.Work();
        await _signals.WaitForWorkAsync(Timeout.InfiniteTimeSpan, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        using var gone = new CancellationTokenSource();
        var second = _signals.WaitForWorkAsync(Timeout.InfiniteTimeSpan, gone.Token);
        Assert.That(second.IsCompleted, Is.False);
        await gone.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => second);
    }

    [Test]
    public async Task HearOf_AJob_WakesItsWaitersAndTellsThatItWasElsewhere()
    {
        var (changed, other) = (JobId.New(), JobId.New());
        var (wait, otherWait) = (_signals.NextChange(changed), _signals.NextChange(other));
        var heard = new List<JobId?>();
        _signals.ChangedElsewhere += heard.Add;
        _signals.HearOf(changed);
        await wait.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That((otherWait.IsCompleted, heard), Is.EqualTo((false, new JobId?[] { changed })));
    }

    [Test]
    public async Task HearOfAnything_WakesEverybody()
    {
        var waits = new[] { _signals.NextChange(JobId.New()), _signals.NextChange(JobId.New()) };
        var heard = new List<JobId?>();
        _signals.ChangedElsewhere += heard.Add;
        _signals.HearOfAnything();
        await Task.WhenAll(waits).WaitAsync(TimeSpan.FromSeconds(10));
        await _signals.WaitForWorkAsync(Timeout.InfiniteTimeSpan, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        await _signals.WaitForCallbackAsync(Timeout.InfiniteTimeSpan, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(heard, Is.EqualTo(new JobId?[] { null }));
    }

    [Test]
    public void Changed_InThisProcess_IsNotToldAsElsewhere()
    {
        _signals.ChangedElsewhere += _ => Assert.Fail("It was here.");
        _signals.Changed(JobId.New());
    }

    private Task<Job> WaitAsync(Job job) => _signals.WaitForEndAsync(job.Id, _jobs, Patience, _clock, CancellationToken.None);
}
