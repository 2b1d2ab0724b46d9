using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Infrastructure.Docker;
using OgcProcesses.Infrastructure.IntegrationTests.Storage;

namespace OgcProcesses.Infrastructure.IntegrationTests.Docker;

/// <summary>Looking at what programs use: by control groups of both versions, and by the engine.</summary>
[CancelAfter(60_000)]
internal sealed class UsageSamplerTests
{
    /// <summary>Takes 40 MB and works on them, says so, and stays.</summary>
    private const string Busy = "dd if=/dev/zero of=/dev/null bs=40M count=20 2>/dev/null; echo worked; sleep 600";

    [Test]
    public void Read_OfVersion1_TellsNanosecondsAndTheHighMark()
    {
        using var data = new TempData();
        data.File("cpuacct/docker/abc/cpuacct.usage", "1500000000\n");
        data.File("memory/docker/abc/memory.max_usage_in_bytes", "4096\n");
        Assert.That(new Cgroups(data.Folder).Find("abc")!.Read(), Is.EqualTo(new ContainerUsage(TimeSpan.FromSeconds(1.5), 4_096)));
    }

    [TestCase("memory.peak")]
    [TestCase("memory.current")]
    public void Read_OfVersion2_TellsMicrosecondsAndThePeakOrThePresent(string file)
    {
        using var data = new TempData();
        data.File("cgroup.controllers", "cpu memory");
        data.File("system.slice/docker-abc.scope/cpu.stat", "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n");
        data.File($"system.slice/docker-abc.scope/{file}", "4096\n");
        Assert.That(new Cgroups(data.Folder).Find("abc")!.Read(), Is.EqualTo(new ContainerUsage(TimeSpan.FromSeconds(1.5), 4_096)));
    }

    [Test]
    public void Read_OfAGroupThatHasGone_IsNothing()
    {
        using var data = new TempData();
        data.File("cpuacct/docker/abc/cpuacct.usage", "1\n");
        var memory = data.File("memory/docker/abc/memory.max_usage_in_bytes", "4096\n");
        var group = new Cgroups(data.Folder).Find("abc")!;
        File.Delete(memory);
        Assert.That(group.Read(), Is.Null);
    }

    [Test]
    public void Find_OfAContainerElsewhere_IsNothing()
    {
        using var data = new TempData();
        Assert.That(new Cgroups(data.Folder).Find("abc"), Is.Null);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Follow_OfAProgramThatWorks_TellsWhatItUses(bool byControlGroup)
    {
        await using var rig = new Rig();
        using var data = new TempData();
        using var engine = new EngineConnection(rig.Docker);
        var sampler = new UsageSampler(engine, byControlGroup ? new Cgroups() : new Cgroups(data.Folder), TimeProvider.System);
        var container = await rig.StartAsync(Busy);
        await rig.SeenAsync(container, "worked");
        var seen = await sampler.FollowAsync(container.Id, Rig.Cancelled).FirstAsync(Rig.Cancelled);
        Assert.That(seen.CpuTime, Is.InRange(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(60)));
        Assert.That(seen.PeakMemory, Is.InRange(byControlGroup ? 40_000_000 : 100_000, 64L << 20));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Follow_OfAProgramThatEnds_Ends(bool byControlGroup)
    {
        await using var rig = new Rig();
        using var data = new TempData();
        using var engine = new EngineConnection(rig.Docker);
        var sampler = new UsageSampler(engine, byControlGroup ? new Cgroups() : new Cgroups(data.Folder), TimeProvider.System);
        var container = await rig.StartAsync("sleep 2");
        var looks = await sampler.FollowAsync(container.Id, Rig.Cancelled).CountAsync(Rig.Cancelled);
        Assert.That(looks, Is.GreaterThan(byControlGroup ? 10 : 0));
    }
}
