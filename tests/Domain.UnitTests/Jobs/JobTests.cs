using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Domain.UnitTests.Jobs;

internal sealed class JobTests
{
    private static readonly DateTimeOffset Later = AJob.Now.AddSeconds(10);

    private static readonly Dictionary<string, Action<Job, DateTimeOffset>> Changes = new()
    {
        ["Report"] = (job, at) => job.Report(AJob.FirstClaim, "Reading", 1, at),
        ["Retry"] = (job, at) => job.Retry(AJob.Node, AJob.Lost, AJob.LeaseEnd, at),
        ["Adopt"] = (job, at) => job.Adopt(AJob.Node, AJob.LeaseEnd, at),
        ["Succeed"] = (job, at) => job.Succeed(AJob.FirstClaim, [], at),
        ["Fail"] = (job, at) => job.Fail(AJob.FirstClaim, new(JobFailureKind.Timeout, "late"), at),
        ["Dismiss"] = (job, at) => job.Dismiss(at),
    };

    private static readonly string[] Names = [.. Changes.Keys];

    [Test]
    public void Accept_KeepsWhatWasCurrentAtThatTime()
    {
        var process = AProcess.Named("ndvi").Deploy();
        var request = AJob.Asked("""{"a": 1}""");
        var job = Job.Accept(process, request, "anna", AJob.Now);
        Assert.Multiple(() =>
        {
            Assert.That(job.Status, Is.EqualTo(JobStatus.Accepted));
            Assert.That((job.ProcessId, job.RevisionId), Is.EqualTo((process.Id, process.Revision.Id)));
            Assert.That((job.Owner, job.Request), Is.EqualTo(("anna", request)));
            Assert.That((job.Created, job.Updated), Is.EqualTo((AJob.Now, AJob.Now)));
            Assert.That((job.Started, job.Finished, job.LeaseUntil, job.Node), Is.EqualTo(((DateTimeOffset?)null, (DateTimeOffset?)null, (DateTimeOffset?)null, (string?)null)));
            Assert.That((job.Attempt, job.Progress, job.IsFinal), Is.EqualTo((0, 0, false)));
        });
    }

    [Test]
    public void Times_AreKeptAsExactlyAsDatabasesKeepThem()
    {
        var uneven = AJob.Now.AddTicks(7);
        var job = AJob.Successful().At(uneven).Build();
        Assert.That((job.Created, job.Started, job.Finished, job.Updated), Is.EqualTo((AJob.Now, (DateTimeOffset?)AJob.Now, (DateTimeOffset?)AJob.Now, AJob.Now)));
    }

    [TestCaseSource(nameof(Names))]
    public void Change_AtAnyTime_IsKeptInWholeMicroseconds(string change)
    {
        var job = AJob.Running().Build();
        Changes[change](job, Later.AddTicks(19));
        var whole = Later.AddMicroseconds(1);
        Assert.That((job.Updated, job.Finished), Is.EqualTo((whole, job.IsFinal ? whole : (DateTimeOffset?)null)), "cut, not rounded");
    }

    [Test]
    public void Start_GivesTheFirstAttemptToTheNode()
    {
        var job = AJob.Accepted().Build();
        var claim = job.Start("node-7", AJob.LeaseEnd, Later);
        Assert.Multiple(() =>
        {
            Assert.That(claim, Is.EqualTo(new Claim("node-7", 1)));
            Assert.That((job.Node, job.Attempt, job.LeaseUntil), Is.EqualTo(("node-7", 1, (DateTimeOffset?)AJob.LeaseEnd)));
            Assert.That((job.Started, job.Updated), Is.EqualTo(((DateTimeOffset?)Later, Later)));
            Assert.That(job.Message, Is.EqualTo("Staging inputs"));
        });
    }

    [Test]
    public void Report_NotesMessageAndProgress()
    {
        var job = AJob.Running().Build();
        job.Report(AJob.FirstClaim, "Reading band 4", 42, Later);
        Assert.That((job.Message, job.Progress, job.Updated), Is.EqualTo(("Reading band 4", 42, Later)));
    }

    [Test]
    public void Report_OfNothingNew_LeavesMessageAndProgress()
    {
        var job = AJob.Running().Build();
        job.Report(AJob.FirstClaim, "Reading band 4", 42, AJob.Now);
        job.Report(AJob.FirstClaim, null, null, AJob.Now);
        Assert.That((job.Message, job.Progress), Is.EqualTo(("Reading band 4", 42)));
    }

    [TestCase(-3, 0)]
    [TestCase(100, 100)]
    [TestCase(999, 100)]
    public void Report_OfAnImpossiblePercentage_IsClamped(int told, int noted)
    {
        var job = AJob.Running().Build();
        job.Report(AJob.FirstClaim, null, told, AJob.Now);
        Assert.That(job.Progress, Is.EqualTo(noted));
    }

    [Test]
    public void Retry_ForgetsWhatTheLostAttemptRanOn()
    {
        var job = AJob.Running().Build();
        job.UseImage(AJob.FirstClaim, "sha256:abc");
        job.NoteFingerprint(AJob.FirstClaim, "f1");
        job.Retry(AJob.Node, AJob.Lost, AJob.LeaseEnd, Later);
        Assert.That((job.ImageDigest, job.Fingerprint), Is.EqualTo(((string?)null, (string?)null)), "the tag and the linked inputs may have moved on");
    }

    [Test]
    public void UseImage_NotesWhichImageRan()
    {
        var job = AJob.Running().Build();
        job.UseImage(AJob.FirstClaim, "sha256:abc");
        Assert.That(job.ImageDigest, Is.EqualTo("sha256:abc"));
    }

    [Test]
    public void Succeed_KeepsTheOutputs_AndEndsTheLease()
    {
        var output = new JobOutput("out", 0, "text/plain", "\"hi\"", null);
        var job = AJob.Running().Build();
        job.Succeed(AJob.FirstClaim, [output], Later);
        Assert.Multiple(() =>
        {
            Assert.That(job.Outputs, Is.EqualTo(new[] { output }));
            Assert.That((job.Progress, job.IsFinal, job.LeaseUntil, job.Finished), Is.EqualTo((100, true, (DateTimeOffset?)null, (DateTimeOffset?)Later)));
        });
    }

    [Test]
    public void Duration_IsFromStartToEnd_AndKeptByALaterDismissal()
    {
        var job = AJob.Running().Build();
        Assert.That(job.Duration, Is.Null);
        job.Succeed(AJob.FirstClaim, [], AJob.Now.AddSeconds(7));
        job.Dismiss(AJob.Now.AddHours(1));
        Assert.That(job.Duration, Is.EqualTo(TimeSpan.FromSeconds(7)));
    }

    [Test]
    public void Duration_OfAJobThatNeverStarted_IsNone() => Assert.That(AJob.In(JobStatus.Dismissed).Duration, Is.Null);

    [Test]
    public void Fail_TellsWhy()
    {
        var failure = new JobFailure(JobFailureKind.OutOfMemory, "too much memory", 137, "Killed");
        var job = AJob.Running().Build();
        job.Fail(AJob.FirstClaim, failure, Later);
        Assert.Multiple(() =>
        {
            Assert.That((job.Failure, job.Message), Is.EqualTo((failure, "too much memory")));
            Assert.That((job.IsFinal, job.Finished), Is.EqualTo((true, (DateTimeOffset?)Later)));
        });
    }

    [TestCase(JobStatus.Accepted)]
    [TestCase(JobStatus.Running)]
    [Requirement("/req/dismiss/job-dismiss-op")]
    public void Dismiss_BeforeTheEnd_EndsTheJob(JobStatus status)
    {
        var job = AJob.In(status);
        job.Dismiss(Later);
        Assert.That(
            (job.Status, job.IsFinal, job.Finished, job.LeaseUntil, job.Message),
            Is.EqualTo((JobStatus.Dismissed, true, (DateTimeOffset?)Later, (DateTimeOffset?)null, "Dismissed before its end")));
    }

    [Test]
    [Requirement("/req/dismiss/job-dismiss-op")]
    public void Dismiss_AfterSuccess_RemovesTheOutputs()
    {
        var job = AJob.Successful().With(new JobOutput("out", 0, "text/plain", "1", null)).Build();
        job.Dismiss(Later);
        Assert.Multiple(() =>
        {
            Assert.That(job.Outputs, Is.Empty);
            Assert.That(job.Finished, Is.EqualTo(AJob.Now), "the end stays when it was");
            Assert.That(job.Message, Does.Contain("results were removed"));
        });
    }

    [Test]
    public void Dismiss_AfterFailure_KeepsTheReason()
    {
        var job = AJob.Failed().Build();
        job.Dismiss(Later);
        Assert.That(job.Failure?.Kind, Is.EqualTo(JobFailureKind.ExitCode));
    }

    [Test]
    public void Succeed_AfterDismissal_IsRefused()
    {
        var job = AJob.Running().Build();
        job.Dismiss(AJob.Now);
        Assert.Throws<ClaimLostException>(() => job.Succeed(AJob.FirstClaim, [new("out", 0, "text/plain", "1", null)], Later));
        Assert.That((job.Status, job.Outputs.Count), Is.EqualTo((JobStatus.Dismissed, 0)));
    }

    [Test]
    public void Attempts_TellOfEachItsNodeItsTimesAndItsReason()
    {
        var job = AJob.Running().Build();
        var claim = job.Retry("node-2", AJob.Lost, AJob.LeaseEnd.AddMinutes(1), AJob.LeaseEnd);
        job.Fail(claim, new(JobFailureKind.ExitCode, "Exit code 3.", 3, "a long log"), AJob.LeaseEnd.AddSeconds(7));
        Assert.That(job.Attempts, Is.EqualTo(new[]
        {
            new JobAttempt(1, AJob.Node, JobStatus.Failed, AJob.Now, AJob.LeaseEnd, AJob.Lost),
            new JobAttempt(2, "node-2", JobStatus.Failed, AJob.LeaseEnd, AJob.LeaseEnd.AddSeconds(7), new(JobFailureKind.ExitCode, "Exit code 3.", 3)),
        }));
    }

    [TestCase(JobStatus.Running)]
    [TestCase(JobStatus.Successful)]
    public void Attempts_OfAJobThatIsUnderWayOrSucceeded_HaveNoReason(JobStatus status)
    {
        var ended = status == JobStatus.Running ? null : (DateTimeOffset?)AJob.Now;
        Assert.That(AJob.In(status).Attempts, Is.EqualTo(new[] { new JobAttempt(1, AJob.Node, status, AJob.Now, ended) }));
    }

    [Test]
    public void Attempts_OfADismissedJob_EndWithTheDismissal_AndEndedOnesStay()
    {
        var running = AJob.Running().Build();
        running.Dismiss(Later);
        var ended = AJob.Successful().Build();
        ended.Dismiss(Later);
        Assert.That(running.Attempts.Single(), Is.EqualTo(new JobAttempt(1, AJob.Node, JobStatus.Dismissed, AJob.Now, Later)));
        Assert.That(ended.Attempts.Single().Status, Is.EqualTo(JobStatus.Successful));
    }

    [Test]
    public void Attempts_OfAnAdoptedJob_NameTheNodeThatHasIt()
    {
        var job = AJob.Running().Build();
        job.Adopt("node-2", AJob.LeaseEnd.AddMinutes(1), AJob.LeaseEnd);
        Assert.That(job.Attempts.Single(), Is.EqualTo(new JobAttempt(1, "node-2", JobStatus.Running, AJob.Now)));
    }

    [Test]
    public void Pin_ChangesTheJobOnce_AndUnpinUndoesIt()
    {
        var job = AJob.Successful().Build();
        var version = job.Version;
        job.Pin(true, Later);
        job.Pin(true, Later.AddSeconds(1));
        Assert.That((job.Pinned, job.Version, job.Updated), Is.EqualTo((true, version + 1, Later)));
        job.Pin(false, Later);
        Assert.That(job.Pinned, Is.False);
    }

    [Test]
    public void StoredBytes_AreThoseOfTheFiles_UntilTheyAreGivenUp()
    {
        var job = AJob.Successful().With(new("a", 0, "image/tiff", null, new("k", "a.tif", 700, "")), new("b", 0, "text/plain", "1", null)).Build();
        Assert.That(job.StoredBytes, Is.EqualTo(700));
        job.Dismiss(Later);
        Assert.That(job.StoredBytes, Is.Zero);
    }

    [Test]
    public void Postpone_PutsTheJobBackAmongThoseThatWait_UntilItIsStartedAgain()
    {
        var job = AJob.Running().Build();
        job.Report(AJob.FirstClaim, "Reading", 42, AJob.Now);
        job.Postpone(AJob.FirstClaim, new(JobFailureKind.ExitCode, "Exit code 3.", 3), AJob.LeaseEnd, Later);
        Assert.That((job.NotBefore, job.Progress, job.Node, job.LeaseUntil), Is.EqualTo(((DateTimeOffset?)AJob.LeaseEnd, 0, (string?)null, (DateTimeOffset?)null)));
        var claim = job.Start("node-2", AJob.LeaseEnd.AddMinutes(1), AJob.LeaseEnd);
        Assert.That((claim, job.NotBefore, job.Started), Is.EqualTo((new Claim("node-2", 2), (DateTimeOffset?)null, (DateTimeOffset?)AJob.Now)), "the first start stays");
        Assert.That(job.Attempts.Select(attempt => attempt.Status), Is.EqualTo(new[] { JobStatus.Failed, JobStatus.Running }));
    }

    [Test]
    public void Requeue_WhileAnotherNodesLeaseRuns_IsRefused_AndThenPutsTheJobBack()
    {
        var job = AJob.Running().Build();
        Assert.Throws<ClaimLostException>(() => job.Requeue("node-2", AJob.Lost, AJob.Now));
        job.Requeue("node-2", AJob.Lost, AJob.LeaseEnd);
        Assert.That((job.Status, job.Node, job.LeaseUntil, job.NotBefore), Is.EqualTo((JobStatus.Accepted, (string?)null, (DateTimeOffset?)null, (DateTimeOffset?)null)));
        Assert.That((job.Attempts.Single().Status, job.Start("node-2", AJob.LeaseEnd.AddMinutes(1), AJob.LeaseEnd).Attempt), Is.EqualTo((JobStatus.Failed, 2)));
    }

    [Test]
    public void GiveBack_LeavesNoTraceOfTheAttempt()
    {
        var job = AJob.Running().Build();
        job.GiveBack(AJob.FirstClaim, Later);
        Assert.That((job.Attempt, job.Attempts.Count, job.Started, job.Node), Is.EqualTo((0, 0, (DateTimeOffset?)null, (string?)null)));
        Assert.That(job.Start("node-2", AJob.LeaseEnd, Later).Attempt, Is.EqualTo(1));
    }
}
