using OgcProcesses.Domain.Jobs;
using static OgcProcesses.Domain.Jobs.CallbackKind;

namespace OgcProcesses.Domain.UnitTests.Jobs;

internal sealed class CallbackTests
{
    private static readonly DateTimeOffset Later = AJob.Now.AddMinutes(1);

    [Test]
    public void Accept_RaisesNothing() => Assert.That(AJob.Accepted().Telling().Build().Raised, Is.Empty);

    [Test]
    [Requirement("/req/callback/job-callback")]
    public void Start_RaisesProgress() => Assert.That(AJob.Running().Telling().Build().Raised, Is.EqualTo(new[] { InProgress }));

    [TestCase("Reading", 10, true)]
    [TestCase("Reading", null, true)]
    [TestCase(null, 10, true)]
    [TestCase(null, null, false)]
    [TestCase("Staging inputs", 0, false)]
    public void Report_RaisesProgress_WhereThereIsAny(string? message, int? progress, bool raises)
    {
        var job = AfterItsStart();
        job.Report(AJob.FirstClaim, message, progress, Later);
        Assert.That(job.Raised.Contains(InProgress), Is.EqualTo(raises));
    }

    [TestCase(JobStatus.Successful, Success)]
    [TestCase(JobStatus.Failed, Failed)]
    [TestCase(JobStatus.Dismissed, Failed)]
    [Requirement("/req/callback/job-callback")]
    public void End_RaisesItsKind(JobStatus end, CallbackKind kind)
    {
        var job = AfterItsStart();
        End(job, end);
        Assert.That(job.Raised, Is.EqualTo(new[] { kind }));
    }

    [Test]
    public void Dismiss_AfterTheEnd_RaisesNothing()
    {
        var job = AJob.Successful().Telling(Failed).Build();
        job.Dismiss(Later);
        Assert.That(job.Raised, Is.Empty);
    }

    [TestCase(JobStatus.Successful)]
    [TestCase(JobStatus.Failed)]
    [TestCase(JobStatus.Dismissed)]
    public void Job_WithoutSubscriber_RaisesNothing(JobStatus status) => Assert.That(AJob.In(status).Raised, Is.Empty);

    [Test]
    public void Job_RaisesOnlyWhatItsSubscriberWants() => Assert.That(AJob.Successful().Telling(Failed).Build().Raised, Is.Empty);

    [Test]
    public void Follow_TheFirstOfAKind_IsDueAtOnce()
    {
        var job = AJob.Running().Telling().Build();
        var progress = Callback.Follow(job, []).Single();
        Assert.That((progress.JobId, progress.Kind, progress.Status), Is.EqualTo((job.Id, InProgress, CallbackStatus.Pending)));
        Assert.That((progress.Raised, progress.Due, progress.Attempts), Is.EqualTo((job.Updated, (DateTimeOffset?)job.Updated, 0)));
    }

    [Test]
    public void Follow_ProgressThatIsNotSentYet_SpeaksForWhatComesAfter()
    {
        var progress = Progress();
        var before = (progress.EventId, progress.Version);
        Assert.That(Callback.Follow(Reporting(), [progress]), Is.Empty);
        Assert.That((progress.EventId, progress.Version), Is.EqualTo(before));
    }

    [Test]
    public void Follow_ProgressThatIsOnItsWay_IsANewEventAfterwards()
    {
        var progress = Progress();
        var first = Take(progress);
        Callback.Follow(Reporting(), [progress]);
        Assert.That(progress.EventId, Is.EqualTo(first.EventId), "the one on its way stays what it is");
        progress.Acknowledge(first);
        Assert.That((progress.Status, progress.Due, progress.Attempts), Is.EqualTo((CallbackStatus.Pending, (DateTimeOffset?)first.At, 0)));
        Assert.That(progress.EventId, Is.Not.EqualTo(first.EventId));
    }

    [Test]
    public void Follow_ProgressThatWasMissed_IsANewEventThatWaitsItsTurn()
    {
        var progress = Progress();
        var first = Take(progress);
        Callback.Follow(Reporting(), [progress]);
        progress.Miss(first with { Error = "503" }, Later.AddMinutes(5));
        Assert.That((progress.Due, progress.Attempts), Is.EqualTo(((DateTimeOffset?)Later.AddMinutes(5), 1)));
        Assert.That(progress.EventId, Is.Not.EqualTo(first.EventId), "what it tells is not what was missed");
    }

    [Test]
    public void Follow_ProgressThatWasDelivered_IsRaisedAnew()
    {
        var progress = Progress();
        var first = Take(progress);
        progress.Acknowledge(first);
        Assert.That((progress.Status, progress.Due), Is.EqualTo((CallbackStatus.Delivered, (DateTimeOffset?)null)));
        Callback.Follow(Reporting(), [progress]);
        Assert.That((progress.Status, progress.Due), Is.EqualTo((CallbackStatus.Pending, (DateTimeOffset?)Later)));
        Assert.That(progress.EventId, Is.Not.EqualTo(first.EventId));
    }

    [Test]
    public void Follow_ProgressThatWasGivenUp_StaysSo()
    {
        var progress = Progress();
        progress.Miss(Take(progress) with { Error = "410" }, next: null);
        Callback.Follow(Reporting(), [progress]);
        Assert.That((progress.Status, progress.Due), Is.EqualTo((CallbackStatus.Abandoned, (DateTimeOffset?)null)));
    }

    [TestCase(JobStatus.Successful)]
    [TestCase(JobStatus.Failed)]
    [TestCase(JobStatus.Dismissed)]
    public void Follow_TheEnd_DropsProgressThatWasNotDelivered(JobStatus end)
    {
        var progress = Progress();
        Callback.Follow(Ended(end), [progress]);
        Assert.That((progress.Status, progress.Due), Is.EqualTo((CallbackStatus.Dropped, (DateTimeOffset?)null)));
    }

    [Test]
    public void Follow_TheEnd_LeavesProgressThatIsOnItsWayToItsNode()
    {
        var progress = Progress();
        var first = Take(progress);
        Callback.Follow(Ended(JobStatus.Successful), [progress]);
        Assert.That(progress.LeaseUntil, Is.Not.Null, "what came later waits for it");
        progress.Miss(first with { Error = "503" }, Later);
        Assert.That((progress.Status, progress.Due, progress.LeaseUntil), Is.EqualTo((CallbackStatus.Dropped, (DateTimeOffset?)null, (DateTimeOffset?)null)));
    }

    [Test]
    public void Follow_ADismissal_DropsResultsThatAreGone()
    {
        var success = Callback.Follow(Ended(JobStatus.Successful), []).Single();
        var job = AJob.Successful().Telling().Build();
        job.Dismiss(Later);
        Callback.Follow(job, [success]);
        Assert.That(success.Status, Is.EqualTo(CallbackStatus.Dropped));
    }

    [Test]
    public void Acknowledge_ByANodeWhoseLeaseEnded_CountsAllTheSame()
    {
        var progress = Progress();
        var first = Take(progress);
        var second = Take(progress);
        progress.Acknowledge(first);
        Assert.That((progress.Status, progress.Due), Is.EqualTo((CallbackStatus.Delivered, (DateTimeOffset?)null)));
        progress.Miss(second with { Error = "late" }, Later);
        Assert.That((progress.Status, progress.Due), Is.EqualTo((CallbackStatus.Delivered, (DateTimeOffset?)null)));
    }

    [Test]
    public void Miss_ByANodeWhoseLeaseEnded_ChangesNothing()
    {
        var progress = Progress();
        var first = Take(progress);
        Take(progress);
        var before = (progress.Due, progress.LeaseUntil, progress.Version);
        progress.Miss(first with { Error = "late" }, next: null);
        Assert.That((progress.Due, progress.LeaseUntil, progress.Version), Is.EqualTo(before));
    }

    [Test]
    public void Log_KeepsTheLastTwenty()
    {
        var progress = Progress();
        for (var i = 0; i < 25; i++) progress.Miss(Take(progress) with { Error = "503" }, Later);
        Assert.That(progress.Log.Select(attempt => attempt.Number), Is.EqualTo(Enumerable.Range(6, 20)));
    }

    private static Callback Progress() => Callback.Follow(AJob.Running().Telling().Build(), []).Single();

    private static CallbackAttempt Take(Callback callback)
    {
        callback.Take(AJob.LeaseEnd);
        return new(callback.EventId, callback.Attempts, AJob.Now.AddSeconds(1), 200, null);
    }

    private static Job Reporting()
    {
        var job = AfterItsStart();
        job.Report(AJob.FirstClaim, "Further", 50, Later);
        return job;
    }

    private static Job Ended(JobStatus end)
    {
        var job = AfterItsStart();
        End(job, end);
        return job;
    }

    private static void End(Job job, JobStatus end)
    {
        if (end == JobStatus.Successful) job.Succeed(AJob.FirstClaim, [], Later);
        else if (end == JobStatus.Failed) job.Fail(AJob.FirstClaim, new(JobFailureKind.ExitCode, "exit code 3"), Later);
        else job.Dismiss(Later);
    }

    /// <summary>A running job as it is read from a store: what its start raised has been recorded.</summary>
    private static Job AfterItsStart()
    {
        var job = AJob.Running().Telling().Build();
        ((HashSet<CallbackKind>)job.Raised).Clear();
        return job;
    }
}
