using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Jobs.Run;

/// <summary>Programs that write more than they may, or than the disk bears, while they run.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class OutputWatchTests : IDisposable
{
    private readonly ANode _node = new(options => (options.MaxOutputBytes, options.MinFreeBytes) = (100, 1000));

    public void Dispose() => _node.Dispose();

    [Test]
    public async Task Run_WritesMoreThanAllowed_IsStoppedAndSaysSo()
    {
        _node.Runner.Program = container => container.Say("so far", Application.Jobs.Run.LogSource.Stderr).Write("out", new string('x', 101));
        var job = _node.Accept(AProcess.Named("fill").Deploy());
        await _node.DispatchAsync();

        Assert.That(_node.InTime(() => _node.Jobs.Get(job.Id).Status == JobStatus.Failed), Is.True);
        await _node.WhenIdleAsync();

        var failure = _node.Jobs.Get(job.Id).Failure!;
        Assert.That((failure.Kind, failure.Reason, failure.StandardError), Is.EqualTo((JobFailureKind.LimitExceeded, "more than 100 bytes It was stopped.", "so far")));
        Assert.That(_node.Runner.Calls, Is.EqualTo(new[] { "Start 1", "Stop 1", "Remove 1" }));
    }

    [Test]
    public async Task Run_DiskRunsShort_StopsTheOneThatWroteMostAndThenWaits()
    {
        var (small, large) = (_node.Accept(AProcess.Named("small").Deploy()), _node.Accept(AProcess.Named("large").Deploy()));
        _node.Runner.Program = container => container.Write("out", new string('x', container.JobId == large.Id ? 50 : 40));
        await _node.DispatchAsync();
        // Both are known to be there before the disk runs short.
        var (seen, measure) = (new HashSet<string>(), _node.Folders.Measured);
        _node.Folders.Measured = folder =>
        {
            lock (seen) seen.Add(folder);
            return measure(folder);
        };
        Assert.That(_node.InTime(() => { lock (seen) return seen.Count == 2; }), Is.True);

        _node.Folders.AvailableBytes = 499;
        Assert.That(_node.InTime(() => _node.Jobs.Get(large.Id).Status == JobStatus.Failed), Is.True);
        var other = _node.Jobs.Get(small.Id).Status;
        Assert.That(_node.Jobs.Get(large.Id).Failure!.Reason, Does.Contain("disk").And.Contain("50 bytes"));
        Assert.That(other, Is.EqualTo(JobStatus.Running));

        // Were that not enough, it would be the other's turn.
        Assert.That(_node.InTime(() => _node.Jobs.Get(small.Id).Status == JobStatus.Failed), Is.True);
        await _node.WhenIdleAsync();
    }

    [TestCase(500, 100)]
    [TestCase(long.MaxValue, 0)]
    public async Task Run_WithinTheLimits_GoesOn(long free, int bytes)
    {
        var looks = 0;
        _node.Folders.AvailableBytes = free < 1000 ? 1000 : free;
        _node.Runner.Program = container => container.Write("out", new string('x', bytes));
        var job = _node.Accept(AProcess.Named("modest").Deploy());
        await _node.DispatchAsync();
        var container = await _node.Runner.WaitedForAsync(job.Id);
        _node.Folders.AvailableBytes = free;
        var measure = _node.Folders.Measured;
        _node.Folders.Measured = folder =>
        {
            Interlocked.Increment(ref looks);
            return measure(folder);
        };

        Assert.That(_node.InTime(() => Volatile.Read(ref looks) > 5), Is.True);
        container.Exit();
        await _node.WhenIdleAsync();

        Assert.That(_node.Jobs.Get(job.Id).Status, Is.EqualTo(JobStatus.Successful));
    }

    [Test]
    public async Task Run_LookFails_IsLookedAtAgain()
    {
        var looks = 0;
        _node.Folders.Measured = _ => Interlocked.Increment(ref looks) < 3 ? throw new IOException("gone meanwhile") : 101;
        var job = _node.Accept(AProcess.Named("fill").Deploy());
        await _node.DispatchAsync();

        Assert.That(_node.InTime(() => _node.Jobs.Get(job.Id).Status == JobStatus.Failed), Is.True);
        await _node.WhenIdleAsync();
        Assert.That(_node.Jobs.Get(job.Id).Failure!.Kind, Is.EqualTo(JobFailureKind.LimitExceeded));
    }
}
