using Moq;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Dismiss;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Jobs.Dismiss;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DismissJobTests : IDisposable
{
    private readonly ANode _node = new();

    public void Dispose() => _node.Dispose();

    [Test]
    [Requirement("/req/dismiss/job-dismiss-op")]
    public async Task Dismiss_OfARunningJob_AnswersOnceItsContainerIsGone()
    {
        var job = _node.Accept(AProcess.Named("echo").Deploy());
        await _node.DispatchAsync();
        await _node.Runner.WaitedForAsync(job.Id);
        var status = await DismissAsync(job.Id);
        Assert.That((status.Status, _node.Runner.Containers.Count), Is.EqualTo(("dismissed", 0)));
    }

    [Test]
    public async Task Dismiss_OfAWaitingJob_KeepsItFromStarting()
    {
        var job = _node.Accept(AProcess.Named("echo").Deploy());
        await DismissAsync(job.Id);
        await _node.DispatchAsync();
        Assert.That(_node.Runner.Specs, Is.Empty);
    }

    [Test]
    [Requirement("/req/dismiss/job-dismiss-op")]
    public async Task Dismiss_OfAFinishedJob_DeletesResultsAndLog()
    {
        var job = _node.Jobs.Add(AJob.Successful().Build());
        await DismissAsync(job.Id);
        Assert.That((_node.Outputs.Deleted.Single(), _node.Logs.Deleted.Single()), Is.EqualTo((job.Id, job.Id)));
    }

    [Test]
    public async Task Dismiss_WhenTheClientGoesMeanwhile_StillRemovesResultsAndLog()
    {
        var job = _node.Accept(AProcess.Named("echo").Deploy());
        await _node.DispatchAsync();
        await _node.Runner.WaitedForAsync(job.Id);
        var grace = new TaskCompletionSource();
        _node.Runner.Grace = () => grace.Task;
        using var gone = new CancellationTokenSource();
        // The client hangs up once the dismissal is committed, while the container has its grace.
        var jobs = new Mock<IJobStore>();
        jobs.Setup(store => store.UpdateAsync(job.Id, It.IsAny<Action<Job>>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((JobId _, Action<Job> change, CancellationToken _) =>
            {
                change(job);
                gone.Cancel();
                return job;
            });
        var dismissing = DismissAsync(job.Id, jobs.Object, gone.Token);
        Assert.That(dismissing.IsCompleted, Is.False, "it stays for the end of the grace");
        grace.SetResult();
        await dismissing.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Multiple(() =>
        {
            Assert.That(_node.Runner.Containers, Is.Empty);
            Assert.That(_node.Outputs.Deleted, Does.Contain(job.Id));
            Assert.That(_node.Logs.Deleted, Does.Contain(job.Id));
        });
    }

    [Test]
    public void Dismiss_OfADismissedJob_SaysItIsGone()
    {
        var job = _node.Jobs.Add(AJob.In(JobStatus.Dismissed));
        Assert.That(Assert.ThrowsAsync<OgcException>(() => DismissAsync(job.Id))!.Error, Is.EqualTo(OgcError.JobDismissed));
    }

    [Test]
    public void Dismiss_OfNoJob_SaysSo() =>
        Assert.That(Assert.ThrowsAsync<OgcException>(() => DismissAsync(JobId.New()))!.Error, Is.EqualTo(OgcError.NoSuchJob));

    private Task<StatusInfo> DismissAsync(JobId id) => DismissAsync(id, _node.Jobs, CancellationToken.None);

    private Task<StatusInfo> DismissAsync(JobId id, IJobStore jobs, CancellationToken cancellationToken) =>
        new DismissJobHandler(jobs, new(jobs, _node.Outputs, _node.Logs, _node.Dispatcher, _node.Clock), AMapper.WithAllMaps)
            .Handle(new(id), cancellationToken);
}
