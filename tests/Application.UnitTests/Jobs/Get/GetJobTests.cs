using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Jobs.Get;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class GetJobTests : IDisposable
{
    private readonly ANode _node = new();

    public void Dispose() => _node.Dispose();

    [Test]
    public async Task Get_OfAWaitingJob_TellsItsPosition()
    {
        _node.Jobs.Add(AJob.Accepted().At(AJob.Now.AddMinutes(-1)).Build());
        var job = _node.Jobs.Add(AJob.Accepted().Build());
        Assert.That((await GetAsync(job.Id)).Message, Is.EqualTo("Waiting behind 1 job"));
    }

    [Test]
    public async Task Get_OfAJobUnderWay_TellsItsOwnMessage() =>
        Assert.That((await GetAsync(_node.Jobs.Add(AJob.Running().Build()).Id)).Message, Is.EqualTo("Staging inputs"));

    [Test]
    [Requirement("/req/core/job-exception-no-such-job")]
    public void Get_OfNoJob_SaysSo() =>
        Assert.That(Assert.ThrowsAsync<OgcException>(() => GetAsync(JobId.New()))!.Error, Is.EqualTo(OgcError.NoSuchJob));

    private Task<StatusInfo> GetAsync(JobId id) =>
        new GetJobHandler(_node.Jobs, _node.Admission, AMapper.WithAllMaps).Handle(new(id), CancellationToken.None);
}
