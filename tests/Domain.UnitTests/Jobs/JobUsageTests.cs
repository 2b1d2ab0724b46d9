using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Domain.UnitTests.Jobs;

internal sealed class JobUsageTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Test]
    public void With_WhatWasSeenLess_KeepsTheMore() =>
        Assert.That(new JobUsage(2 * Second, 10, 5).With(new(Second, 20, null, 7)), Is.EqualTo(new JobUsage(2 * Second, 20, 5, 7)));

    [Test]
    public void NoteUsage_TwiceInAnyOrder_IsTheLarger()
    {
        var job = AJob.Running().Build();
        job.NoteUsage(AJob.FirstClaim, new(2 * Second, 10));
        job.NoteUsage(AJob.FirstClaim, new(Second, 20));
        Assert.That(job.Usage, Is.EqualTo(new JobUsage(2 * Second, 20)));
    }

    [Test]
    public void NoteUsage_AfterTheEnd_IsRefused() =>
        Assert.That(() => AJob.Successful().Build().NoteUsage(AJob.FirstClaim, new(Second)), Throws.TypeOf<ClaimLostException>());

    [Test]
    public void Retry_BeginsAnew()
    {
        var job = AJob.Running().Build();
        job.NoteUsage(AJob.FirstClaim, new(Second, 10, 5));
        job.Retry(AJob.Node, new(JobFailureKind.EngineFailed, "its container was lost"), AJob.LeaseEnd, AJob.Now);
        Assert.That(job.Usage, Is.EqualTo(JobUsage.None));
    }

    [Test]
    public void Succeed_CountsTheBytesOfValuesAndFiles()
    {
        var job = AJob.Successful().With(new("a", 0, "text/plain", "\"ä\"", null), new("b", 0, "image/tiff", null, new("k", "b.tif", 1_000, new('0', 64)))).Build();
        Assert.That(job.Usage.BytesOut, Is.EqualTo(1_004));
    }

    [Test]
    public void Fail_WithoutOutputs_GaveNothing() => Assert.That(AJob.Failed().Build().Usage, Is.EqualTo(new JobUsage(BytesOut: 0)));
}
