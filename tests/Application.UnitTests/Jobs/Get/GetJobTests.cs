using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Domain.Jobs;
using static Microsoft.Extensions.Options.Options;

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
        Assert.That((await GetAsync(job.Id)).Message, Is.EqualTo("Waiting behind 1 of your jobs"));
    }

    [Test]
    public async Task Get_OfAWaitingJob_CountsTheJobsOfItsOwnerAlone()
    {
        _node.Jobs.Add(AJob.Accepted().By("berta").At(AJob.Now.AddMinutes(-1)).Build());
        var job = _node.Jobs.Add(AJob.Accepted().Build());
        Assert.That((await GetAsync(job.Id)).Message, Is.EqualTo("Next of your jobs to start"));
    }

    [Test]
    public async Task Get_OfAJobBehindVeryMany_CountsNoFurther()
    {
        for (var i = 0; i < 1_001; i++) _node.Jobs.Add(AJob.Accepted().At(AJob.Now.AddMinutes(-1)).Build());
        var job = _node.Jobs.Add(AJob.Accepted().Build());
        Assert.That((await GetAsync(job.Id)).Message, Is.EqualTo("Waiting behind at least 1000 of your jobs"));
    }

    [Test]
    public async Task Get_OfAJobWhoseOwnerHasAsManyRunningAsTheQuotaAllows_SaysSo()
    {
        _node.Quotas.MaxRunningJobs = 2;
        for (var i = 0; i < 2; i++) _node.Jobs.Add(AJob.Running().Build());
        var job = _node.Jobs.Add(AJob.Accepted().Build());
        Assert.That((await GetAsync(job.Id)).Message, Is.EqualTo("Next of your jobs to start: you have 2 jobs running, the most for one caller (Quotas:MaxRunningJobs)"));
    }

    [Test]
    public async Task Get_OfAJobThatNeedsMoreThanThisServerHas_SaysSo()
    {
        var job = _node.Accept(AProcess.Named("large").Running(new() { Image = "a", Resources = new() { CpuMin = 8 } }).Deploy());
        await _node.DispatchAsync();
        Assert.That((await GetAsync(job.Id)).Message, Is.EqualTo("Next of your jobs to start: it needs more cores than this server gives to jobs"));
    }

    [Test]
    public async Task Get_OfAJobThatWaitsForItsProcess_SaysSo()
    {
        _node.Options.MaxConcurrentJobsPerProcess = 1;
        var jobs = Enumerable.Range(0, 2).Select(_ => _node.Accept(AProcess.Named("echo").Deploy())).ToList();
        await _node.DispatchAsync();
        var waiting = jobs.Single(job => job.Status == JobStatus.Accepted);
        Assert.That((await GetAsync(waiting.Id)).Message, Is.EqualTo("Next of your jobs to start: all 1 places for jobs of this process are taken"));
    }

    [Test]
    public async Task Get_OfAJobThatIsPutOff_TellsWhyAndUntilWhen()
    {
        var job = _node.Jobs.Add(AJob.Running().Build());
        job.Postpone(AJob.FirstClaim, new(JobFailureKind.ExitCode, "Exit code 3."), AJob.Now.AddSeconds(5), AJob.Now);
        Assert.That((await GetAsync(job.Id)).Message, Is.EqualTo("Attempt 1 failed and is repeated: Exit code 3. The next attempt begins after 2026-03-01 12:00:05Z."));
    }

    [Test]
    public async Task Get_OfAJobUnderWay_TellsItsOwnMessage() =>
        Assert.That((await GetAsync(_node.Jobs.Add(AJob.Running().Build()).Id)).Message, Is.EqualTo("Staging inputs"));

    [Test]
    [Requirement("/req/core/job-exception-no-such-job")]
    public void Get_OfNoJob_SaysSo() =>
        Assert.That(Assert.ThrowsAsync<OgcException>(() => GetAsync(JobId.New()))!.Error, Is.EqualTo(OgcError.NoSuchJob));

    private Task<StatusInfo> GetAsync(JobId id) =>
        new GetJobHandler(_node.Jobs, new(_node.Jobs, _node.Processes, _node.Admission, Create(_node.Options), Create(_node.Quotas), _node.Clock), AMapper.WithAllMaps).Handle(new(id), CancellationToken.None);
}
