using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Jobs.Run;

/// <summary>What a new start of the server finds, and makes of it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ReconcilerTests : IDisposable
{
    private static readonly Process Echo = AProcess.Named("echo").Giving("""{"out": {"schema": {"type": "string"}}}""").Deploy();

    private readonly ANode _node = new();

    public void Dispose() => _node.Dispose();

    [Test]
    public async Task Reconcile_OfARunningContainer_GoesOnWithIt()
    {
        var job = _node.Abandon(Echo);
        var container = Left(job, ContainerState.Running);
        await _node.ReconcileAsync();
        (await _node.Runner.WaitedForAsync(job.Id)).Write("out", "hello").Exit();
        await _node.WhenIdleAsync();
        Assert.Multiple(() =>
        {
            Assert.That((job.Status, job.Attempt, job.Outputs.Single().Value), Is.EqualTo((JobStatus.Successful, 1, "\"hello\"")));
            Assert.That(_node.Runner.Calls, Is.EqualTo(new[] { "Remove 1" }), "nothing is run twice");
            Assert.That(_node.Runner.Containers, Has.No.Member(container));
        });
    }

    [Test]
    public async Task Reconcile_OfAContainerThatEndedMeanwhile_CollectsAndSettles()
    {
        var job = _node.Abandon(Echo);
        Left(job, ContainerState.Running).Write("out", "hello").Exit();
        await _node.ReconcileAsync();
        await _node.WhenIdleAsync();
        Assert.That((job.Status, job.Attempt, job.Outputs.Count), Is.EqualTo((JobStatus.Successful, 1, 1)));
        Assert.That(_node.Runner.Calls, Has.None.StartsWith("Start"));
    }

    [Test]
    public async Task Reconcile_OfALostContainer_BeginsTheNextAttempt()
    {
        _node.Runner.Program = container => container.Write("out", "again").Exit();
        var job = _node.Abandon(Echo);
        await _node.ReconcileAsync();
        await _node.WhenIdleAsync();
        Assert.That((job.Status, job.Attempt, job.Outputs.Single().Value), Is.EqualTo((JobStatus.Successful, 2, "\"again\"")), job.Message);
        Assert.That(_node.Runner.Calls, Is.EqualTo(new[] { "Start 2", "Remove 2" }));
    }

    [Test]
    public async Task Reconcile_OfALostContainerAtTheLastAttempt_GivesUp()
    {
        _node.Options.MaxAttempts = 1;
        var job = _node.Abandon(Echo);
        await _node.ReconcileAsync();
        await _node.WhenIdleAsync();
        Assert.That(
            (job.Failure?.Kind, job.Message),
            Is.EqualTo(((JobFailureKind?)JobFailureKind.EngineFailed, "Given up after 1 attempts: its container was lost")));
    }

    [Test]
    public async Task Reconcile_OfAJobWhoseNodeAndContainerAreGone_TellsThemApartFromTheEngine()
    {
        _node.Options.MaxAttempts = 1;
        var process = AProcess.Named("echo").Deploy();
        var job = _node.Accept(process);
        job.Start("node-2", AJob.LeaseEnd, AJob.Now);
        _node.Clock.Advance(TimeSpan.FromMinutes(1));
        await _node.ReconcileAsync();
        await _node.WhenIdleAsync();
        Assert.That(
            (job.Failure?.Kind, job.Message),
            Is.EqualTo(((JobFailureKind?)JobFailureKind.NodeLost, "Given up after 1 attempts: node 'node-2' was lost, and its container with it")));
    }

    [Test]
    public async Task Reconcile_OfAContainerThatWasNeverStarted_BeginsAnew()
    {
        _node.Runner.Program = container => container.Write("out", "again").Exit();
        var job = _node.Abandon(Echo);
        Left(job, ContainerState.Created);
        await _node.ReconcileAsync();
        await _node.WhenIdleAsync();
        Assert.That((job.Status, job.Attempt), Is.EqualTo((JobStatus.Successful, 2)), job.Message);
        Assert.That(_node.Runner.Calls, Is.EqualTo(new[] { "Remove 1", "Start 2", "Remove 2" }));
    }

    [Test]
    public async Task Reconcile_OfAJobWhoseNodeLetItsLeaseRunOut_TakesItOver()
    {
        _node.Runner.Program = container => container.Write("out", "x").Exit();
        _node.Processes.Add(Echo);
        var job = AJob.Accepted().For(Echo).Build();
        job.Start("node-2", AJob.Now.AddSeconds(30), AJob.Now);
        _node.Jobs.Add(job);
        await _node.ReconcileAsync();
        Assert.That(job.Node, Is.EqualTo("node-2"), "while the lease runs");
        _node.Clock.Advance(TimeSpan.FromSeconds(30));
        await _node.ReconcileAsync();
        await _node.WhenIdleAsync();
        Assert.That((job.Node, job.Status, job.Attempt), Is.EqualTo((AJob.Node, JobStatus.Successful, 2)), job.Message);
    }

    [Test]
    public async Task Reconcile_OfALostContainer_WhereNoPlaceIsFree_LetsTheJobWaitForOneOnAnyNode()
    {
        var process = AProcess.Named("busy").Deploy();
        _node.Options.MaxConcurrentJobs = 1;
        _node.Accept(process);
        await _node.DispatchAsync();
        var job = _node.Accept(process);
        job.Start("node-2", AJob.LeaseEnd, AJob.Now);
        _node.Clock.Advance(TimeSpan.FromMinutes(1));
        await _node.ReconcileAsync();
        Assert.Multiple(() =>
        {
            Assert.That((job.Status, job.Attempt, job.Node), Is.EqualTo((JobStatus.Accepted, 1, (string?)null)));
            Assert.That(job.Attempts.Single().Failure!.Kind, Is.EqualTo(JobFailureKind.NodeLost));
            Assert.That(_node.Dispatcher.Working, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task Reconcile_OfARunningContainer_WhereNoPlaceIsFree_GoesOnWithIt_AndStartsNothingElse()
    {
        _node.Options.MaxConcurrentJobs = 1;
        var first = _node.Accept(Echo);
        await _node.DispatchAsync();
        await _node.Runner.WaitedForAsync(first.Id);
        var job = _node.Abandon(Echo);
        Left(job, ContainerState.Running);
        await _node.ReconcileAsync();
        (await _node.Runner.WaitedForAsync(job.Id)).Write("out", "hello");
        var waiting = _node.Accept(Echo);
        await _node.DispatchAsync();
        Assert.That((job.Status, waiting.Status, _node.Dispatcher.Working.Count), Is.EqualTo((JobStatus.Running, JobStatus.Accepted, 2)));
    }

    [TestCase(JobStatus.Accepted)]
    [TestCase(JobStatus.Successful)]
    [TestCase(JobStatus.Failed)]
    [TestCase(JobStatus.Dismissed)]
    public async Task Reconcile_OfAContainerWhoseJobDoesNotRun_StopsAndRemovesIt(JobStatus status)
    {
        var job = _node.Jobs.Add(AJob.In(status));
        _node.Runner.Add(job.Id, 1, ContainerState.Running);
        await _node.ReconcileAsync();
        Assert.That(_node.Runner.Calls, Is.EqualTo(new[] { "Stop 1", "Remove 1" }));
    }

    [Test]
    public async Task Reconcile_OfAContainerNobodyKnows_RemovesIt()
    {
        _node.Runner.Add(JobId.New(), 1, ContainerState.Exited);
        await _node.ReconcileAsync();
        Assert.That(_node.Runner.Containers, Is.Empty);
    }

    [Test]
    public async Task Reconcile_OfAContainerOfAnEarlierAttempt_RemovesIt()
    {
        var job = AJob.Running().Build();
        job.Retry(AJob.Node, AJob.Lost, AJob.LeaseEnd, AJob.Now);
        job.Adopt("node-2", AJob.LeaseEnd.AddMinutes(1), AJob.LeaseEnd);
        _node.Jobs.Add(job);
        _node.Runner.Add(job.Id, 1, ContainerState.Running);
        var current = _node.Runner.Add(job.Id, 2, ContainerState.Running);
        await _node.ReconcileAsync();
        Assert.That(_node.Runner.Containers, Is.EqualTo(new[] { current }));
    }

    [Test]
    public async Task Reconcile_WhileTheNodeWorks_LeavesItsContainers()
    {
        var job = _node.Accept(Echo);
        await _node.DispatchAsync();
        await _node.Runner.WaitedForAsync(job.Id);
        await _node.ReconcileAsync();
        Assert.That((_node.Runner.Calls.Count, _node.Folders.List().Count, job.Attempt), Is.EqualTo((1, 1, 1)));
    }

    [Test]
    public async Task Reconcile_OfFoldersNobodyNeeds_DeletesThem()
    {
        var (ended, waiting) = (_node.Jobs.Add(AJob.In(JobStatus.Failed)), _node.Jobs.Add(AJob.In(JobStatus.Accepted)));
        foreach (var id in (JobId[])[ended.Id, waiting.Id, JobId.New()]) _node.Folders.Create(id, 1);
        await _node.ReconcileAsync();
        Assert.That(_node.Folders.List(), Is.EqualTo(new[] { waiting.Id }));
    }

    [Test]
    public async Task Reconcile_OfAPoisonedRecord_SettlesTheOthers()
    {
        _node.Runner.Program = container => container.Write("out", "x").Exit();
        var poisoned = _node.Abandon(Echo);
        var other = _node.Abandon(Echo);
        _node.Jobs.Poisoned = poisoned.Id;
        _node.Runner.Add(poisoned.Id, 1, ContainerState.Running);
        var stray = _node.Runner.Add(JobId.New(), 1, ContainerState.Exited);
        await _node.ReconcileAsync();
        await _node.WhenIdleAsync();
        Assert.Multiple(() =>
        {
            Assert.That(other.Status, Is.EqualTo(JobStatus.Successful), other.Message);
            Assert.That(poisoned.Status, Is.EqualTo(JobStatus.Running));
            Assert.That(_node.Runner.Containers, Has.No.Member(stray).And.Count.EqualTo(1), "what can't be read may still be needed");
            Assert.That(_node.Dispatcher.Working, Is.Empty);
        });
    }

    [Test]
    public async Task Reconcile_AfterAStopOfTheServer_RunsNothingTwice()
    {
        var job = _node.Accept(Echo);
        await _node.DispatchAsync();
        var container = await _node.Runner.WaitedForAsync(job.Id);
        await _node.StopServerAsync();
        await _node.WhenIdleAsync();
        await _node.Reconciler.ReconcileAsync(CancellationToken.None);
        container.Write("out", "hello").Exit();
        await _node.WhenIdleAsync();
        Assert.That((job.Status, job.Attempt), Is.EqualTo((JobStatus.Successful, 1)), job.Message);
        Assert.That(_node.Runner.Specs, Has.Count.EqualTo(1));
    }

    /// <summary>A container that an earlier run of the server started, with the folder it was given.</summary>
    private FakeContainer Left(Job job, ContainerState state)
    {
        var folder = _node.Folders.Create(job.Id, 1);
        File.WriteAllText(Path.Combine(folder, "inputs.json"), "{}");
        return _node.Runner.Add(job.Id, 1, state, folder);
    }
}
