using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Domain.UnitTests.Jobs;

/// <summary>A node that slept through its lease can't undo what another has done meanwhile.</summary>
internal sealed class JobFencingTests
{
    private const string Other = "node-2";
    private static readonly DateTimeOffset AfterTheLease = AJob.LeaseEnd.AddSeconds(1);

    private static readonly Dictionary<string, Action<Job>> Changes = new()
    {
        ["Report"] = job => job.Report(AJob.FirstClaim, "late", 99, AfterTheLease),
        ["UseImage"] = job => job.UseImage(AJob.FirstClaim, "sha256:late"),
        ["Succeed"] = job => job.Succeed(AJob.FirstClaim, [], AfterTheLease),
        ["Fail"] = job => job.Fail(AJob.FirstClaim, new(JobFailureKind.Timeout, "late"), AfterTheLease),
    };

    private static readonly string[] Names = [.. Changes.Keys];

    [TestCaseSource(nameof(Names))]
    public void Change_AfterAnotherNodesRetry_IsRefused(string change)
    {
        var job = AJob.Running().Build();
        job.Retry(Other, AJob.Lost, AfterTheLease.AddSeconds(30), AfterTheLease);
        Assert.Throws<ClaimLostException>(() => Changes[change](job));
        Assert.That((job.Status, job.Message, job.Progress), Is.EqualTo((JobStatus.Running, "Attempt 2: its node was lost", 0)));
    }

    [TestCaseSource(nameof(Names))]
    public void Change_AfterAnotherNodesAdoption_IsRefused(string change)
    {
        var job = AJob.Running().Build();
        job.Adopt(Other, AfterTheLease.AddSeconds(30), AfterTheLease);
        Assert.Throws<ClaimLostException>(() => Changes[change](job));
    }

    [TestCaseSource(nameof(Names))]
    public void Change_OfTheAttemptBeforeThisNodesOwnRetry_IsRefused(string change)
    {
        var job = AJob.Running().Build();
        job.Retry(AJob.Node, AJob.Lost, AJob.LeaseEnd, AJob.Now);
        Assert.Throws<ClaimLostException>(() => Changes[change](job));
    }

    [Test]
    public void Adopt_WhileAnothersLeaseRuns_IsRefused()
    {
        var job = AJob.Running().Build();
        Assert.Throws<ClaimLostException>(() => job.Adopt(Other, AfterTheLease, AJob.LeaseEnd.AddTicks(-1)));
        Assert.That((job.Node, job.LeaseUntil), Is.EqualTo((AJob.Node, (DateTimeOffset?)AJob.LeaseEnd)));
    }

    [Test]
    public void Retry_WhileAnothersLeaseRuns_IsRefused()
    {
        var job = AJob.Running().Build();
        Assert.Throws<ClaimLostException>(() => job.Retry(Other, AJob.Lost, AfterTheLease, AJob.LeaseEnd.AddTicks(-1)));
        Assert.That((job.Node, job.Attempt), Is.EqualTo((AJob.Node, 1)));
    }

    [Test]
    public void Adopt_OnceTheLeaseRanOut_TakesTheSameAttemptOver()
    {
        var job = AJob.Running().Build();
        var claim = job.Adopt(Other, AfterTheLease, AJob.LeaseEnd);
        Assert.Multiple(() =>
        {
            Assert.That(claim, Is.EqualTo(new Claim(Other, 1)));
            Assert.That((job.Node, job.LeaseUntil, job.Attempt), Is.EqualTo((Other, (DateTimeOffset?)AfterTheLease, 1)));
        });
    }

    [Test]
    public void Adopt_OfTheNodesOwnJob_NeedsNoLeaseToRunOut() =>
        Assert.That(AJob.Running().Build().Adopt(AJob.Node, AfterTheLease, AJob.Now), Is.EqualTo(AJob.FirstClaim));

    [Test]
    public void Retry_OnceTheLeaseRanOut_BeginsTheNextAttempt()
    {
        var job = AJob.Running().Build();
        job.Report(AJob.FirstClaim, "Half done", 50, AJob.Now);
        var claim = job.Retry(Other, AJob.Lost, AfterTheLease, AJob.LeaseEnd);
        Assert.Multiple(() =>
        {
            Assert.That(claim, Is.EqualTo(new Claim(Other, 2)));
            Assert.That((job.Progress, job.Message), Is.EqualTo((0, "Attempt 2: its node was lost")));
            Assert.That(job.Started, Is.EqualTo(AJob.Now), "the first start stays");
        });
    }

    [Test]
    public void Succeed_ByTheNodeThatTookOver_EndsTheJob()
    {
        var job = AJob.Running().Build();
        var claim = job.Adopt(Other, AfterTheLease, AJob.LeaseEnd);
        job.Succeed(claim, [], AfterTheLease);
        Assert.That(job.Status, Is.EqualTo(JobStatus.Successful));
    }
}
