using OgcProcesses.Domain.Jobs;
using static OgcProcesses.Domain.Jobs.JobStatus;

namespace OgcProcesses.Domain.UnitTests.Jobs;

/// <summary>The transition table: every move in every status.</summary>
internal sealed class JobTransitionTests
{
    private static readonly Dictionary<string, Action<Job>> Moves = new()
    {
        ["Start"] = job => job.Start(AJob.Node, AJob.LeaseEnd, AJob.Now),
        ["Adopt"] = job => job.Adopt(AJob.Node, AJob.LeaseEnd, AJob.Now),
        ["Retry"] = job => job.Retry(AJob.Node, AJob.Lost, AJob.LeaseEnd, AJob.Now),
        ["Requeue"] = job => job.Requeue(AJob.Node, AJob.Lost, AJob.Now),
        ["Report"] = job => job.Report(AJob.FirstClaim, "Reading", 10, AJob.Now),
        ["UseImage"] = job => job.UseImage(AJob.FirstClaim, "sha256:1"),
        ["Succeed"] = job => job.Succeed(AJob.FirstClaim, [], AJob.Now),
        ["Fail"] = job => job.Fail(AJob.FirstClaim, new(JobFailureKind.Timeout, "too long"), AJob.Now),
        ["Postpone"] = job => job.Postpone(AJob.FirstClaim, new(JobFailureKind.ExitCode, "exit code 3"), AJob.LeaseEnd, AJob.Now),
        ["GiveBack"] = job => job.GiveBack(AJob.FirstClaim, AJob.Now),
        ["Dismiss"] = job => job.Dismiss(AJob.Now),
    };

    [TestCase(Accepted, "Start", Running)]
    [TestCase(Accepted, "Dismiss", Dismissed)]
    [TestCase(Running, "Adopt", Running)]
    [TestCase(Running, "Retry", Running)]
    [TestCase(Running, "Requeue", Accepted)]
    [TestCase(Running, "Report", Running)]
    [TestCase(Running, "UseImage", Running)]
    [TestCase(Running, "Succeed", Successful)]
    [TestCase(Running, "Fail", Failed)]
    [TestCase(Running, "Postpone", Accepted)]
    [TestCase(Running, "GiveBack", Accepted)]
    [TestCase(Running, "Dismiss", Dismissed)]
    [TestCase(Successful, "Dismiss", Dismissed)]
    [TestCase(Failed, "Dismiss", Dismissed)]
    public void Move_WhereItIsLegal_LeadsOn(JobStatus from, string move, JobStatus to)
    {
        var job = AJob.In(from);
        var version = job.Version;
        Moves[move](job);
        Assert.Multiple(() =>
        {
            Assert.That(job.Status, Is.EqualTo(to));
            Assert.That(job.Version, Is.EqualTo(version + 1), "two writers must not overwrite each other");
        });
    }

    [TestCase(Accepted, "Adopt")]
    [TestCase(Accepted, "Retry")]
    [TestCase(Accepted, "Requeue")]
    [TestCase(Running, "Start")]
    [TestCase(Successful, "Start")]
    [TestCase(Successful, "Adopt")]
    [TestCase(Successful, "Retry")]
    [TestCase(Successful, "Requeue")]
    [TestCase(Failed, "Start")]
    [TestCase(Failed, "Adopt")]
    [TestCase(Failed, "Retry")]
    [TestCase(Failed, "Requeue")]
    [TestCase(Dismissed, "Start")]
    [TestCase(Dismissed, "Adopt")]
    [TestCase(Dismissed, "Retry")]
    [TestCase(Dismissed, "Requeue")]
    [TestCase(Dismissed, "Dismiss")]
    public void Move_WhereTheStatusForbidsIt_IsRefused(JobStatus from, string move)
    {
        var job = AJob.In(from);
        var version = job.Version;
        var refusal = Assert.Throws<IllegalTransitionException>(() => Moves[move](job));
        Assert.Multiple(() =>
        {
            Assert.That(refusal!.From, Is.EqualTo(from));
            Assert.That(refusal.Message, Does.Contain(job.Id.ToString()));
            Assert.That((job.Status, job.Version), Is.EqualTo((from, version)));
        });
    }

    [Test]
    public void Move_OfANode_WhereNobodyHoldsTheJob_IsRefused(
        [Values(Accepted, Successful, Failed, Dismissed)] JobStatus from, [Values("Report", "UseImage", "Succeed", "Fail", "Postpone", "GiveBack")] string move)
    {
        var job = AJob.In(from);
        var version = job.Version;
        Assert.Throws<ClaimLostException>(() => Moves[move](job));
        Assert.That((job.Status, job.Version), Is.EqualTo((from, version)));
    }

    [Test]
    public void Table_KnowsEveryStatusAndEveryMove()
    {
        var tried = typeof(JobTransitionTests).GetMethods()
            .SelectMany(method => method.GetCustomAttributes(typeof(TestCaseAttribute), false).Cast<TestCaseAttribute>())
            .Select(test => (test.Arguments[0], test.Arguments[1])).ToList();
        Assert.That(tried, Is.Unique);
        Assert.That(tried, Has.Count.EqualTo((5 * Moves.Count) - (4 * 6)), "the combinatorial test has the other 24");
    }
}
