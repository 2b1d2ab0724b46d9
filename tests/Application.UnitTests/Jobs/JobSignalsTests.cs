using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Jobs;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class JobSignalsTests : IDisposable
{
    private readonly JobSignals _signals = new();

    public void Dispose() => _signals.Dispose();

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
}
