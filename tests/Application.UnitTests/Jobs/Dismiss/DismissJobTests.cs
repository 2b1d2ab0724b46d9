using OgcProcesses.Application.Common.Errors;
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
    public void Dismiss_OfADismissedJob_SaysItIsGone()
    {
        var job = _node.Jobs.Add(AJob.In(JobStatus.Dismissed));
        Assert.That(Assert.ThrowsAsync<OgcException>(() => DismissAsync(job.Id))!.Error, Is.EqualTo(OgcError.JobDismissed));
    }

    [Test]
    public void Dismiss_OfNoJob_SaysSo() =>
        Assert.That(Assert.ThrowsAsync<OgcException>(() => DismissAsync(JobId.New()))!.Error, Is.EqualTo(OgcError.NoSuchJob));

    private Task<StatusInfo> DismissAsync(JobId id) =>
        new DismissJobHandler(_node.Jobs, _node.Outputs, _node.Logs, _node.Dispatcher, AMapper.WithAllMaps, _node.Clock)
            .Handle(new(id), CancellationToken.None);
}
