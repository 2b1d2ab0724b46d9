using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Infrastructure.Docker;
using static OgcProcesses.Infrastructure.IntegrationTests.Docker.Rig;

namespace OgcProcesses.Infrastructure.IntegrationTests.Docker;

/// <summary>Network namespaces kept ready.</summary>
[CancelAfter(180_000)]
internal sealed class HolderPoolTests
{
    [Test]
    public async Task Start_WithHolderReady_JoinsItsNamespaceAndGivesItBack()
    {
        await using var rig = await ReadyAsync();
        var holder = await HolderAsync(rig);

        var (first, exit, log) = await rig.RunAsync("ls /sys/class/net; touch /etc/hosts /etc/hostname /etc/resolv.conf 2>/dev/null || echo refused");
        var (second, _, _) = await rig.RunAsync("exit 0");

        Assert.That((await InspectAsync(first)).HostConfig.NetworkMode, Is.EqualTo($"container:{holder}"));
        Assert.That((await InspectAsync(second)).HostConfig.NetworkMode, Is.EqualTo($"container:{holder}"));
        Assert.That(exit.ExitCode, Is.Zero);
        Assert.That(log.Select(l => l.Text), Is.EqualTo(new[] { "lo", "refused" }));
    }

    [Test]
    public async Task Start_HolderIsLeased_NeverSharesIt()
    {
        await using var rig = await ReadyAsync();
        var first = await rig.StartAsync("sleep 600");
        var second = await rig.StartAsync("sleep 600");
        Assert.That((await InspectAsync(first)).HostConfig.NetworkMode, Does.StartWith("container:"));
        Assert.That((await InspectAsync(second)).HostConfig.NetworkMode, Is.EqualTo("none"));
    }

    [Test]
    public async Task Start_SeveralAtOnce_MakesHoldersUpToTheLimit()
    {
        await using var rig = new Rig(holders: 2);
        await UntilMadeAsync(
            rig,
            async () =>
            {
                for (var i = 0; i < 4; i++) await rig.StartAsync("sleep 600");
            },
            count: 2);
        Assert.That(await HoldersAsync(rig), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Start_HolderHasDiedUnseen_FallsBackToItsOwnNamespace()
    {
        await using var rig = await ReadyAsync();
        var holder = rig.Runner.Holders.TryLease()!;
        await RemoveAsync(holder.Id);
        await holder.Ended;
        // As it would be had the pool not yet noticed.
        holder.Gone = false;
        rig.Runner.Holders.Return(holder);

        var (container, exit, _) = await rig.RunAsync("exit 0");

        Assert.That(exit.ExitCode, Is.Zero);
        Assert.That((await InspectAsync(container)).HostConfig.NetworkMode, Is.EqualTo("none"));
    }

    [Test]
    public async Task Holder_Dies_IsReplaced()
    {
        await using var rig = await ReadyAsync();
        var holder = rig.Runner.Holders.TryLease()!;
        rig.Runner.Holders.Return(holder);
        await EngineFixture.Client.Containers.KillContainerAsync(holder.Id, new());
        await holder.Ended;

        await UntilMadeAsync(rig, async () => await rig.RunAsync("exit 0"));

        Assert.That(await HolderAsync(rig), Is.Not.EqualTo(holder.Id));
    }

    [Test]
    public async Task Holder_DiesWhileAJobUsesIt_DoesNotHarmTheJob()
    {
        await using var rig = await ReadyAsync();
        var container = await rig.StartAsync("trap 'ls /sys/class/net; exit 0' TERM; echo ready; while :; do sleep 0.1; done");
        await rig.SeenAsync(container, "ready");
        await RemoveAsync(await HolderAsync(rig));

        await rig.Runner.StopAsync(container, TimeSpan.FromSeconds(10), Cancelled);

        Assert.That((await rig.Runner.WaitAsync(container, Cancelled)).ExitCode, Is.Zero);
        Assert.That((await rig.LogOfAsync(container)).Select(l => l.Text), Is.EqualTo(new[] { "ready", "lo" }));
    }

    [Test]
    public async Task Start_ProgramIsAbsentAndHolderAlive_IsTheProgramsFault()
    {
        await using var rig = await ReadyAsync(new() { Init = false });
        Assert.That(
            async () => await rig.StartAsync(rig.Sh("") with { Entrypoint = ["no-such-program"] }),
            Throws.InstanceOf<EngineException>().With.Message.Contains("no-such-program"));
        Assert.That(rig.Runner.Holders.TryLease(), Is.Not.Null, "The holder was given back");
    }

    [Test]
    public async Task Start_HolderImageIsAbsent_WorksWithout()
    {
        await using var rig = new Rig(holders: 1, holderImage: "ogcprocesses-test/absent:1");
        await rig.RunAsync("exit 0");
        await rig.Runner.Holders.SettleAsync();
        var (container, exit, _) = await rig.RunAsync("exit 0");
        Assert.That(exit.ExitCode, Is.Zero);
        Assert.That((await InspectAsync(container)).HostConfig.NetworkMode, Is.EqualTo("none"));
    }

    [Test]
    public async Task Start_NetworkGranted_JoinsNoHolder()
    {
        await using var rig = await ReadyAsync();
        var (container, _, _) = await rig.RunAsync(rig.Sh("exit 0") with { Network = "bridge" });
        Assert.That((await InspectAsync(container)).HostConfig.NetworkMode, Is.EqualTo("bridge"));
    }

    [Test]
    public async Task List_WithHolders_GivesJobsOnly()
    {
        await using var rig = await ReadyAsync();
        Assert.That(await rig.Runner.ListAsync(Cancelled), Is.Empty);
    }

    [Test]
    public async Task Dispose_WithHolders_RemovesThemAndLeavesJobs()
    {
        await using var rig = await ReadyAsync();
        var container = await rig.StartAsync("sleep 600");
        await rig.Runner.DisposeAsync();
        Assert.That((await rig.LeftAsync()).Select(c => c.ID), Is.EqualTo(new[] { container.Id }));
        Assert.That((await InspectAsync(container)).State.Running, Is.True);
    }

    [Test]
    public async Task Restart_AfterACrash_RemovesTheHoldersOfTheEarlierRun()
    {
        await using var rig = await ReadyAsync();
        var earlier = await HolderAsync(rig);

        // The first runner is not disposed, as after kill -9.
        var restarted = rig.Start();
        await UntilMadeAsync(rig, () => AskForOne(restarted), restarted);

        Assert.That(await HolderAsync(rig), Is.Not.EqualTo(earlier));
    }

    [Test]
    public async Task Start_OfAnotherNodeOnTheEngine_LeavesTheHoldersOfThisOne_UntilTheyAreOld()
    {
        await using var rig = await ReadyAsync();
        var ours = await HolderAsync(rig);
        var second = rig.Start("node-2");
        await UntilMadeAsync(rig, () => AskForOne(second), second, count: 2);
        Assert.That(await HoldersAsync(rig), Has.Member(ours).And.Count.EqualTo(2));

        rig.Clock.Advance(TimeSpan.FromDays(2));
        var third = rig.Start("node-3");
        await AskForOne(third);
        await third.Holders.SettleAsync();
        Assert.That(await HoldersAsync(rig), Has.No.Member(ours).And.Count.EqualTo(1));
    }

    [Test]
    public async Task Holder_Itself_IsConfined()
    {
        await using var rig = await ReadyAsync();
        var holder = await EngineFixture.Client.Containers.InspectContainerAsync(await HolderAsync(rig));
        Assert.That(holder.HostConfig.ReadonlyRootfs, Is.True);
        Assert.That(holder.HostConfig.CapDrop, Is.EqualTo(new[] { "ALL" }));
        Assert.That(holder.HostConfig.Memory, Is.EqualTo(64 * 1024 * 1024));
        Assert.That(holder.Config.User, Is.EqualTo(SandboxOptions.Nobody));
    }

    /// <summary>A runner with one holder that is ready.</summary>
    private static async Task<Rig> ReadyAsync(SandboxOptions? sandbox = null)
    {
        var rig = new Rig(sandbox, holders: 1);
        await UntilMadeAsync(rig, () => AskForOne(rig.Runner));
        return rig;
    }

    private static Task AskForOne(DockerRunner runner)
    {
        if (runner.Holders.TryLease() is { } made) runner.Holders.Return(made);
        return Task.CompletedTask;
    }

    /// <summary>Lets a pool make holders, and again after its rest where a busy engine refused one.</summary>
    private static async Task UntilMadeAsync(Rig rig, Func<Task> cause, DockerRunner? runner = null, int count = 1)
    {
        const int mostHiccups = 3;
        for (var hiccups = 0; ; hiccups++)
        {
            await cause();
            await (runner ?? rig.Runner).Holders.SettleAsync();
            if ((await HoldersAsync(rig)).Count >= count || hiccups == mostHiccups) return;
            rig.Clock.Advance(HolderPool.AfterFailure);
        }
    }

    private static async Task<List<string>> HoldersAsync(Rig rig) => [.. (await rig.LeftAsync(ContainerRecipe.HolderLabel)).Select(c => c.ID)];

    private static async Task<string> HolderAsync(Rig rig) => (await HoldersAsync(rig)).Single();

    private static Task RemoveAsync(string id) => EngineFixture.Client.Containers.RemoveContainerAsync(id, new() { Force = true });
}
