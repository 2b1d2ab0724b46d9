using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Jobs;

internal sealed class RemedyTests
{
    [Test]
    public void Of_EveryKind_IsItsOwn() =>
        Assert.That(Enum.GetValues<JobFailureKind>().Select(kind => Remedy.Of(new(kind, ""))), Is.Unique.And.All.EndsWith("."));

    [TestCase(JobFailureKind.OutOfMemory, "config.memoryMax")]
    [TestCase(JobFailureKind.Timeout, "config.jobTimeout")]
    [TestCase(JobFailureKind.InputUnavailable, "Fetch:AllowedHosts")]
    [TestCase(JobFailureKind.OutputMissing, "bindings.outputBindings")]
    public void Of_AKindWithAMemberOrSetting_NamesIt(JobFailureKind kind, string named) =>
        Assert.That(Remedy.Of(new(kind, "")), Does.Contain(named));

    [TestCase(1, "stderr")]
    [TestCase(126, "chmod +x")]
    [TestCase(127, "not found")]
    [TestCase(137, "SIGKILL")]
    [TestCase(139, "SIGSEGV")]
    [TestCase(143, "SIGTERM")]
    [TestCase(159, "signal 31")]
    [TestCase(255, "stderr")]
    public void Of_AnExitCode_SaysWhatItMeans(long code, string meaning) =>
        Assert.That(Remedy.Of(new(JobFailureKind.ExitCode, "", code)), Does.Contain(meaning));
}
