using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Domain.UnitTests.Processes;

internal sealed class JobControlOptionsTests
{
    [TestCase(true, true, ExecutionMode.Sync)]
    [TestCase(true, false, ExecutionMode.Sync)]
    [TestCase(false, true, ExecutionMode.Async)]
    [Requirement("/req/core/process-execute-default-execution-mode")]
    public void Choose_WithoutPreference_TakesSyncWhereItIsOffered(bool sync, bool async, ExecutionMode mode) =>
        Assert.That(new JobControlOptions(sync, async).Choose(prefersAsync: false), Is.EqualTo(mode));

    [TestCase(true, true, ExecutionMode.Async)]
    [TestCase(true, false, ExecutionMode.Sync)]
    [TestCase(false, true, ExecutionMode.Async)]
    [Requirement("/req/core/process-execute-auto-execution-mode")]
    public void Choose_PreferringAsync_TakesItWhereItIsOffered(bool sync, bool async, ExecutionMode mode) =>
        Assert.That(new JobControlOptions(sync, async).Choose(prefersAsync: true), Is.EqualTo(mode));
}
