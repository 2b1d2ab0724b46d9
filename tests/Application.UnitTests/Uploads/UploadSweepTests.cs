using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Uploads;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Uploads;

/// <summary>When uploads go.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class UploadSweepTests : IDisposable
{
    private readonly JobSignals _signals = new();
    private readonly FakeUploads _uploads = new();
    private readonly FakeTimeProvider _clock = new(AJob.Now);
    private readonly FakeJobStore _jobs;

    public UploadSweepTests() => _jobs = new(_signals);

    public void Dispose() => _signals.Dispose();

    [Test]
    public async Task Sweep_AfterItHasExpired_RemovesIt_OnceNoRequestCanKnowItAnyMore()
    {
        var upload = _uploads.Keep("anna", "x", expires: AJob.Now.AddHours(1));
        await SweepAfterAsync(TimeSpan.FromHours(1));
        Assert.That((_uploads.Find("anna", upload.Id), _uploads.Of("anna", _clock).Find(upload.Id)), Is.EqualTo((upload with { Received = 1 }, null as Domain.Uploads.Upload)));
        await SweepAfterAsync(UploadSweep.Grace);
        Assert.That(_uploads.Find("anna", upload.Id), Is.Null);
    }

    [TestCase(JobStatus.Accepted, true)]
    [TestCase(JobStatus.Running, true)]
    [TestCase(JobStatus.Successful, false)]
    [TestCase(JobStatus.Failed, false)]
    [TestCase(JobStatus.Dismissed, false)]
    public async Task Sweep_OfOneThatAJobHas_KeepsItUntilTheJobHasEnded(JobStatus status, bool isKept)
    {
        var (upload, job) = (_uploads.Keep("anna", "x", expires: AJob.Now.AddHours(1)), AJob.In(status));
        await _jobs.AddAsync(job, CancellationToken.None);
        // One that was never committed.
        _uploads.Hold(upload, JobId.New());
        _uploads.Hold(upload, job.Id);
        await SweepAfterAsync(TimeSpan.FromDays(30));
        Assert.That(_uploads.Find("anna", upload.Id) is not null, Is.EqualTo(isKept));
    }

    private Task SweepAfterAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return new UploadSweep(_uploads, _jobs, _clock, NullLogger<UploadSweep>.Instance).SweepAsync(CancellationToken.None);
    }
}
