using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Jobs.Run;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class JobDispatcherTests : IDisposable
{
    private static readonly Process Echo = AProcess.Named("echo").Deploy();

    private static readonly Process Half = AProcess.Named("half").Running(new() { Image = "a", Resources = new() { CpuMin = 2 } }).Deploy();

    private readonly ANode _node = new();

    public void Dispose() => _node.Dispose();

    [Test]
    public async Task Dispatch_StartsWhatFits_OldestFirst()
    {
        var jobs = Enumerable.Range(0, 3).Select(_ =>
        {
            _node.Clock.Advance(TimeSpan.FromSeconds(1));
            return _node.Accept(Half);
        }).ToList();
        await _node.DispatchAsync();
        Assert.Multiple(() =>
        {
            Assert.That(jobs.Select(job => job.Status), Is.EqualTo(new[] { JobStatus.Running, JobStatus.Running, JobStatus.Accepted }));
            Assert.That(_node.Dispatcher.Working, Is.EquivalentTo(new[] { jobs[0].Id, jobs[1].Id }));
            Assert.That(
                _node.Admission.Obstacle(Half.Id, Demand.Of(Half.Revision.Unit.Resources, _node.Options)),
                Is.EqualTo("the cores it needs are in use"));
        });
    }

    [Test]
    public async Task Dispatch_OnceAJobHasEnded_StartsTheNext()
    {
        var jobs = Enumerable.Range(0, 3).Select(_ => _node.Accept(Half)).ToList();
        await _node.DispatchAsync();
        (await _node.Runner.WaitedForAsync(jobs[0].Id)).Exit();
        await _node.Signals.WaitForWorkAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        await _node.DispatchAsync();
        Assert.That(jobs[2].Status, Is.EqualTo(JobStatus.Running));
    }

    [Test]
    public async Task Dispatch_HoldsAtTheLimitInNumber()
    {
        _node.Options.MaxConcurrentJobs = 2;
        foreach (var _ in Enumerable.Range(0, 5)) _node.Accept(Echo);
        await _node.DispatchAsync();
        Assert.That(_node.Jobs.All.Count(job => job.Status == JobStatus.Running), Is.EqualTo(2));
    }

    [Test]
    public async Task Dispatch_OfSeveralJobsOfOneProcess_HoldsAtItsLimit()
    {
        _node.Options.MaxConcurrentJobsPerProcess = 1;
        foreach (var _ in Enumerable.Range(0, 3)) _node.Accept(Echo);
        await _node.DispatchAsync();
        Assert.That(_node.Jobs.All.Count(job => job.Status == JobStatus.Running), Is.EqualTo(1));
    }

    [Test]
    public async Task Dispatch_OfALargeJobAtTheHead_KeepsSmallOnesFromPassing()
    {
        var sizes = new[] { AcceptNeeding(3), AcceptNeeding(2), AcceptNeeding(0.5) };
        await _node.DispatchAsync();
        Assert.That(sizes.Select(job => job.Status), Is.EqualTo(new[] { JobStatus.Running, JobStatus.Accepted, JobStatus.Accepted }));
    }

    [Test]
    public async Task Dispatch_OfAJobLargerThanTheNode_LeavesItToOthers_AndStartsTheNext()
    {
        var tooLarge = AcceptNeeding(8);
        var other = AcceptNeeding(1);
        await _node.DispatchAsync();
        Assert.That((tooLarge.Status, other.Status), Is.EqualTo((JobStatus.Accepted, JobStatus.Running)));
    }

    [Test]
    public async Task Dispatch_OfMoreTooLargeJobsThanThereArePlaces_StillFindsOneThatFits()
    {
        _node.Options.MaxConcurrentJobs = 1;
        foreach (var _ in Enumerable.Range(0, 5)) AcceptNeeding(8);
        var other = AcceptNeeding(1);
        await _node.DispatchAsync();
        Assert.That(other.Status, Is.EqualTo(JobStatus.Running));
    }

    [Test]
    public async Task Dispatch_OfAPoisonedRecord_StartsTheOthers()
    {
        _node.Jobs.Poisoned = AcceptNeeding(1).Id;
        var other = AcceptNeeding(1);
        await _node.DispatchAsync();
        Assert.That((other.Status, _node.Dispatcher.Working.Single(), _node.Admission.Free), Is.EqualTo((JobStatus.Running, other.Id, 9)));
    }

    [Test]
    public async Task Dispatch_OfAFullProcess_LetsOthersPass()
    {
        _node.Options.MaxConcurrentJobsPerProcess = 1;
        _node.Accept(AProcess.Named("busy").Deploy());
        await _node.DispatchAsync();
        var second = _node.Accept(AProcess.Named("busy").Deploy());
        var other = _node.Accept(AProcess.Named("other").Deploy());
        await _node.DispatchAsync();
        Assert.That((second.Status, other.Status), Is.EqualTo((JobStatus.Accepted, JobStatus.Running)));
    }

    [Test]
    public async Task Dispatch_OfSeveralCallersJobs_StartsThemInTurns()
    {
        var annas = Enumerable.Range(0, 30).Select(_ => AcceptBy("anna")).ToList();
        var (bertas, carlas) = (AcceptBy("berta"), AcceptBy("carla"));
        _node.Options.MaxConcurrentJobs = 4;
        await _node.DispatchAsync();
        Assert.That(annas.Select(job => job.Status == JobStatus.Running), Is.EqualTo(new[] { true, true }.Concat(Enumerable.Repeat(false, 28))));
        Assert.That((bertas.Status, carlas.Status), Is.EqualTo((JobStatus.Running, JobStatus.Running)));
    }

    [Test]
    public async Task Dispatch_CountsWhatRunsOnOtherNodes()
    {
        var annas = AcceptBy("anna");
        AcceptBy("anna").Start("node-2", AJob.LeaseEnd, AJob.Now);
        var bertas = AcceptBy("berta");
        _node.Options.MaxConcurrentJobs = 1;
        await _node.DispatchAsync();
        Assert.That((annas.Status, bertas.Status), Is.EqualTo((JobStatus.Accepted, JobStatus.Running)));
    }

    [Test]
    public async Task Dispatch_OfACallerWithAsManyRunningAsTheQuotaAllows_PassesOver()
    {
        _node.Quotas.Callers.Add(new() { Id = "anna", MaxRunningJobs = 2 });
        var annas = Enumerable.Range(0, 3).Select(_ => AcceptBy("anna")).ToList();
        var bertas = Enumerable.Range(0, 3).Select(_ => AcceptBy("berta")).ToList();
        await _node.DispatchAsync();
        Assert.That(annas.Concat(bertas).Count(job => job.Status == JobStatus.Running), Is.EqualTo(5));
        Assert.That(annas[2].Status, Is.EqualTo(JobStatus.Accepted));
    }

    [Test]
    public async Task Dispatch_OfALargeJobOfACallerWithTheTurn_KeepsThoseOfOthersFromPassing()
    {
        AcceptNeeding(3);
        await _node.DispatchAsync();
        var large = AcceptNeeding(3, "berta");
        var small = AcceptNeeding(0.5);
        await _node.DispatchAsync();
        Assert.That((large.Status, small.Status), Is.EqualTo((JobStatus.Accepted, JobStatus.Accepted)));
    }

    [Test]
    public async Task Dispatch_OfMoreJobsOfAFullProcessThanAreReadAtOnce_FindsTheOneBehindThem()
    {
        _node.Options.MaxConcurrentJobsPerProcess = 1;
        foreach (var _ in Enumerable.Range(0, 50)) AcceptBy("anna");
        var other = AcceptNeeding(0.5);
        await _node.DispatchAsync();
        Assert.That(other.Status, Is.EqualTo(JobStatus.Running));
    }

    [Test]
    public async Task Dispatch_WithALeaseOfTheConfiguredLength()
    {
        var job = _node.Accept(Half);
        await _node.DispatchAsync();
        Assert.That(job.LeaseUntil, Is.EqualTo(AJob.Now + _node.Options.LeaseDuration));
    }

    [Test]
    public async Task Stop_OfAJobNobodyWorksOn_DoesNothing() => await _node.Dispatcher.StopAsync(JobId.New(), CancellationToken.None);

    [TestCase(true)]
    [TestCase(false)]
    public async Task RenewLeasesOrLookAround_AtAJobThatAnotherNodeDismissed_StopsItsContainer(bool renews)
    {
        var job = _node.Accept(Half);
        await _node.DispatchAsync();
        await _node.Runner.WaitedForAsync(job.Id);
        job.Dismiss(AJob.Now);
        await (renews ? _node.Dispatcher.RenewLeasesAsync(CancellationToken.None) : _node.Dispatcher.LookAroundAsync(CancellationToken.None));
        await _node.WhenIdleAsync();
        Assert.That(_node.Runner.Calls, Is.EqualTo(new[] { "Start 1", "Stop 1", "Remove 1" }));
    }

    [Test]
    public async Task RenewLeases_OfAJobThatAnotherNodeHasTakenOver_LeavesItsContainer()
    {
        var job = _node.Accept(Half);
        await _node.DispatchAsync();
        await _node.Runner.WaitedForAsync(job.Id);
        var later = AJob.Now.AddHours(1);
        job.Adopt("node-2", later.AddHours(1), later);
        await _node.Dispatcher.RenewLeasesAsync(CancellationToken.None);
        await _node.WhenIdleAsync();
        Assert.That((_node.Runner.Calls.Single(), _node.Dispatcher.Working.Count), Is.EqualTo(("Start 1", 0)));
    }

    [Test]
    public async Task RenewLeases_OfJobsStillHeld_LeavesThemRunning()
    {
        var job = _node.Accept(Half);
        await _node.DispatchAsync();
        await _node.Runner.WaitedForAsync(job.Id);
        await _node.Dispatcher.RenewLeasesAsync(CancellationToken.None);
        Assert.That((_node.Runner.Calls.Count, _node.Dispatcher.Working.Count), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task Resume_OfAJobUnderWay_DoesNothing()
    {
        var job = _node.Accept(Half);
        await _node.DispatchAsync();
        var container = await _node.Runner.WaitedForAsync(job.Id);
        var version = job.Version;
        await _node.Dispatcher.ResumeAsync(job, container.Seen, CancellationToken.None);
        Assert.That(_node.Dispatcher.Working, Has.Count.EqualTo(1));
        Assert.That(job.Version, Is.GreaterThanOrEqualTo(version).And.LessThanOrEqualTo(version + 1), "no adoption; the image may be noted meanwhile");
    }

    [Test]
    public void Resume_OfAJobAnotherNodeHolds_IsRefused_AndLeavesNoTrace()
    {
        var job = AJob.Accepted().For(Half).Build();
        job.Start("node-2", AJob.LeaseEnd, AJob.Now);
        _node.Jobs.Add(job);
        Assert.ThrowsAsync<ClaimLostException>(() => _node.Dispatcher.ResumeAsync(job, null, CancellationToken.None));
        Assert.That((_node.Dispatcher.Working.Count, _node.Admission.Free), Is.EqualTo((0, 10)));
    }

    /// <summary>A job younger than those before it, of a process of its own that claims some cores.</summary>
    private Job AcceptNeeding(double cores, string owner = "anna")
    {
        _node.Clock.Advance(TimeSpan.FromSeconds(1));
        return _node.Accept(
            AProcess.Named($"needs-{_node.Jobs.All.Count}").Running(new() { Image = "a", Resources = new() { CpuMin = cores } }).Deploy(), owner: owner);
    }

    private Job AcceptBy(string owner)
    {
        _node.Clock.Advance(TimeSpan.FromSeconds(1));
        return _node.Accept(Echo, owner: owner);
    }
}
