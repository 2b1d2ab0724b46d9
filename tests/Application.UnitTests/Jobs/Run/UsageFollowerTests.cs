using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Jobs.Run;

/// <summary>What a job tells of its usage, however it ends.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class UsageFollowerTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ANode _node = new();

    public void Dispose() => _node.Dispose();

    [Test]
    public async Task Run_OfAProgramThatIsSeen_KeepsTheMostOfAll()
    {
        var job = await RunAsync(container =>
        {
            container.Usage.AddRange([new(Second, 500), new(2 * Second, 300)]);
            container.Write("out", "hello").Exit();
        });
        Assert.That(job.Usage, Is.EqualTo(new JobUsage(2 * Second, 500, """{"name":"Ada"}""".Length, "\"hello\"".Length)), job.Message);
    }

    [Test]
    public async Task Run_OfAProgramThatIsOverBeforeAnyLook_TellsNoNumber()
    {
        var job = await RunAsync(container => container.Write("out", "hello").Exit());
        Assert.That((job.Usage.CpuTime, job.Usage.PeakMemory), Is.EqualTo(((TimeSpan?)null, (long?)null)));
    }

    [Test]
    public async Task Run_OfAProgramThatFails_TellsItsUsageToo()
    {
        var job = await RunAsync(container =>
        {
            container.Usage.Add(new(Second, 500));
            container.Exit(3);
        });
        Assert.That((job.Status, job.Usage), Is.EqualTo((JobStatus.Failed, new JobUsage(Second, 500, 14, 0))));
    }

    [Test]
    public async Task Run_OfAProgramKilledForItsMemory_UsedItsLimit()
    {
        var job = await RunAsync(container =>
        {
            container.Usage.Add(new(Second, 500));
            container.Exit(137, outOfMemory: true);
        });
        Assert.That(job.Usage.PeakMemory, Is.EqualTo(_node.Options.DefaultMemoryLimit));
    }

    [Test]
    public async Task Run_WhoseUsageCanNotBeMeasured_SucceedsAllTheSame()
    {
        _node.Runner.Failing = call => { if (call == "FollowUsage") throw new EngineException("stuck"); };
        var job = await RunAsync(container => container.Write("out", "hello").Exit());
        Assert.That((job.Status, job.Usage.CpuTime), Is.EqualTo((JobStatus.Successful, (TimeSpan?)null)), job.Message);
    }

    [Test]
    public void UsageInfo_OfAWaitingJob_IsNone() => Assert.That(UsageInfo.Of(AJob.Accepted().Build()), Is.Null);

    private Task<Job> RunAsync(Action<FakeContainer> program)
    {
        _node.Runner.Program = program;
        var process = AProcess.Taking("""{"name": {"schema": {"type": "string"}}}""").Giving("""{"out": {"schema": {"type": "string"}}}""").Deploy();
        return _node.RunToTheEndAsync(_node.Accept(process, """{"name": "Ada"}"""));
    }
}
