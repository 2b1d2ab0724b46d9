using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Docker;
using static OgcProcesses.Infrastructure.IntegrationTests.Docker.Rig;
using ContainerState = OgcProcesses.Application.Jobs.Run.ContainerState;

namespace OgcProcesses.Infrastructure.IntegrationTests.Docker;

/// <summary>Starting, waiting, stopping, finding, removing.</summary>
[CancelAfter(180_000)]
internal sealed class DockerRunnerLifeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [TestCase(0)]
    [TestCase(42)]
    public async Task Wait_ProgramEnds_TellsItsExitCode(int code)
    {
        await using var rig = new Rig();
        var (_, exit, _) = await rig.RunAsync($"exit {code}");
        Assert.That(exit, Is.EqualTo(new ContainerExit(code, OutOfMemory: false)));
    }

    [TestCase("tail /dev/zero")]
    [TestCase("dd if=/dev/zero of=/dev/null bs=512M")]
    [TestCase("tail /dev/zero; exit 3")]
    public async Task Wait_ProgramTakesTooMuchMemory_IsToldApart(string script)
    {
        await using var rig = new Rig();
        var (_, exit, _) = await rig.RunAsync(script);
        Assert.That(exit.OutOfMemory, Is.True, $"Exit code {exit.ExitCode}");
    }

    [Test]
    public async Task Wait_ManyTakeTooMuchMemoryAtOnce_AreAllToldApart()
    {
        await using var rig = new Rig();
        var exits = new List<ContainerExit>();
        for (var round = 0; round < 5; round++)
        {
            var bombs = Enumerable.Range(0, 4).Select(_ => rig.RunAsync("tail /dev/zero")).ToList();
            foreach (var bomb in bombs) exits.Add((await bomb).Exit);
        }

        Assert.That(exits, Is.All.EqualTo(new ContainerExit(137, OutOfMemory: true)));
    }

    [Test]
    public async Task Wait_ProgramIsKilledForAnotherReason_IsNotOutOfMemory()
    {
        await using var rig = new Rig();
        var (_, exit, _) = await rig.RunAsync("kill -9 $$");
        Assert.That(exit, Is.EqualTo(new ContainerExit(137, OutOfMemory: false)));
    }

    [Test]
    public async Task Wait_TokenFires_LeavesTheProgramRunning()
    {
        await using var rig = new Rig();
        var container = await rig.StartAsync("sleep 600");
        using var impatience = new CancellationTokenSource();
        var waiting = rig.Runner.WaitAsync(container, impatience.Token);
        await impatience.CancelAsync();

        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
        Assert.That((await InspectAsync(container)).State.Running, Is.True);
    }

    [Test]
    public async Task Wait_ContainerVanished_SaysSo()
    {
        await using var rig = new Rig();
        var container = await rig.StartAsync("sleep 600");
        await rig.Runner.RemoveAsync(container, Cancelled);
        Assert.That(async () => await rig.Runner.WaitAsync(container, Cancelled), Throws.InstanceOf<EngineException>().With.Message.Contains("vanished"));
    }

    [Test]
    public async Task Wait_ContainerNeverStarted_IsRefused()
    {
        await using var rig = new Rig();
        var never = new JobContainer("none", JobId.New(), 1, ContainerState.Created);
        Assert.That(async () => await rig.Runner.WaitAsync(never, Cancelled), Throws.InstanceOf<EngineException>());
    }

    [Test]
    public async Task Stop_ProgramIgnoresSigterm_IsKilledAfterTheGrace()
    {
        await using var rig = new Rig();
        var container = await rig.StartAsync("trap '' TERM; echo ready; while :; do sleep 1; done");
        await rig.SeenAsync(container, "ready");

        await rig.Runner.StopAsync(container, Second, Cancelled);

        Assert.That((await rig.Runner.WaitAsync(container, Cancelled)).ExitCode, Is.EqualTo(137));
    }

    [Test]
    public async Task Stop_ProgramWithoutHandler_EndsAtOnce()
    {
        await using var rig = new Rig();
        var container = await rig.StartAsync("echo ready; sleep 600");
        await rig.SeenAsync(container, "ready");

        await rig.Runner.StopAsync(container, 10 * Second, Cancelled);

        // 137 would be the kill after ten seconds.
        Assert.That((await rig.Runner.WaitAsync(container, Cancelled)).ExitCode, Is.EqualTo(143));
    }

    [Test]
    public async Task Stop_WithoutGrace_KillsAtOnce()
    {
        await using var rig = new Rig();
        var container = await rig.StartAsync("trap 'exit 5' TERM; echo ready; while :; do sleep 1; done");
        await rig.SeenAsync(container, "ready");

        await rig.Runner.StopAsync(container, TimeSpan.Zero, Cancelled);

        Assert.That((await rig.Runner.WaitAsync(container, Cancelled)).ExitCode, Is.EqualTo(137));
    }

    [TestCase(0)]
    [TestCase(1)]
    public async Task Stop_ProgramHasEnded_DoesNothing(int seconds)
    {
        await using var rig = new Rig();
        var (container, _, _) = await rig.RunAsync("exit 7");
        await rig.Runner.StopAsync(container, seconds * Second, Cancelled);
        Assert.That((await rig.Runner.WaitAsync(container, Cancelled)).ExitCode, Is.EqualTo(7));
    }

    [Test]
    public async Task Stop_ContainerIsGone_DoesNothing()
    {
        await using var rig = new Rig();
        var (container, _, _) = await rig.RunAsync("exit 0");
        await rig.Runner.RemoveAsync(container, Cancelled);
        await rig.Runner.StopAsync(container, Second, Cancelled);
    }

    [Test]
    public async Task Start_ProgramIsAbsentWithoutInit_SaysWhichAndLeavesNothing()
    {
        await using var rig = new Rig(new() { Init = false });
        var spec = rig.Sh("") with { Entrypoint = ["no-such-program"] };
        Assert.That(
            async () => await rig.StartAsync(spec),
            Throws.TypeOf<ContainerRefusedException>().With.Message.Contains("no-such-program").And.Message.Contains("could not be started"));
        Assert.That(await rig.LeftAsync(), Is.Empty);
    }

    [TestCase("/bin")]
    [TestCase("/etc/hosts")]
    public async Task Start_ProgramIsNoProgramWithoutInit_IsRefusedForGood(string program)
    {
        await using var rig = new Rig(new() { Init = false });
        var spec = rig.Sh("") with { Entrypoint = [program] };
        Assert.That(async () => await rig.StartAsync(spec), Throws.TypeOf<ContainerRefusedException>().With.Message.Contains(program));
    }

    [Test]
    public async Task Start_MoreCoresThanTheEngineHas_IsRefusedForGood()
    {
        await using var rig = new Rig();
        var spec = rig.Sh("exit 0") with { Cpu = 100_000 };
        Assert.That(async () => await rig.StartAsync(spec), Throws.TypeOf<ContainerRefusedException>().With.Message.Contains("CPUs"));
    }

    [Test]
    public async Task Start_ProgramIsAbsentWithInit_EndsWith127AndTheLogSaysWhich()
    {
        await using var rig = new Rig();
        var (_, exit, log) = await rig.RunAsync(rig.Sh("") with { Entrypoint = ["no-such-program"] });
        Assert.That(exit.ExitCode, Is.EqualTo(127));
        Assert.That(log, Has.One.With.Property(nameof(LogLine.Text)).Contains("no-such-program"));
    }

    [Test]
    public async Task Start_ImageIsAbsent_SaysSo()
    {
        await using var rig = new Rig();
        var spec = rig.Sh("") with { ImageId = "sha256:" + new string('0', 64) };
        Assert.That(async () => await rig.StartAsync(spec), Throws.InstanceOf<EngineException>().With.Message.Contains("No such image"));
    }

    [Test]
    public async Task Start_Twice_GivesTheSameContainer()
    {
        await using var rig = new Rig();
        var spec = rig.Sh("sleep 600");
        var first = await rig.StartAsync(spec);
        var second = await rig.Start().StartAsync(spec, Cancelled);
        Assert.That(second.Id, Is.EqualTo(first.Id));
    }

    [Test]
    public async Task Start_AfterTheProgramEnded_DoesNotRunItAgain()
    {
        await using var rig = new Rig();
        var spec = rig.Sh("echo once");
        var (container, _, _) = await rig.RunAsync(spec);

        var again = await rig.Runner.StartAsync(spec, Cancelled);

        Assert.That(again.State, Is.EqualTo(ContainerState.Exited));
        Assert.That(await rig.LogOfAsync(container), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Start_ContainerWasOnlyCreated_StartsIt()
    {
        await using var rig = new Rig();
        var spec = rig.Sh("echo once");
        Infrastructure.Docker.WorkFolder.Open(spec.WorkFolder);
        var created = await EngineFixture.Client.Containers.CreateContainerAsync(new ContainerRecipe(rig.Docker, new(), new("node-1")).For(spec, null, null, []));
        Assert.That(await rig.Runner.FindAsync(spec.JobId, 1, Cancelled), Has.Property(nameof(JobContainer.State)).EqualTo(ContainerState.Created));

        var (container, exit, _) = await rig.RunAsync(spec);

        Assert.That((container.Id, exit.ExitCode), Is.EqualTo((created.ID, 0)));
    }

    [Test]
    public async Task Start_NameIsTakenByAnotherInstallation_IsRefused()
    {
        await using var rig = new Rig();
        await using var other = new Rig();
        var spec = other.Sh("sleep 600");
        await other.StartAsync(spec);

        Assert.That(async () => await rig.StartAsync(spec), Throws.TypeOf<ContainerRefusedException>().With.Message.Contains("not ours"));
        Assert.That(await rig.Runner.FindAsync(spec.JobId, 1, Cancelled), Is.Null);
    }

    [Test]
    public async Task Start_WithoutArguments_KeepsTheImagesOwn()
    {
        await using var rig = new Rig();
        var (_, _, kept) = await rig.RunAsync(rig.Sh("") with { Entrypoint = null, Arguments = null });
        var (_, _, replaced) = await rig.RunAsync(rig.Sh("") with { Entrypoint = ["/bin/echo", "with"], Arguments = null });
        Assert.That((kept[0].Text, replaced[0].Text), Is.EqualTo(("by default", "with echo by default")));
    }

    [Test]
    public async Task Start_WithNoArgumentsAtAll_DropsTheImagesOwn()
    {
        await using var rig = new Rig();
        // "sh -c" without a script complains; with the image's own arguments it would not.
        var (_, exit, log) = await rig.RunAsync(rig.Sh("") with { Entrypoint = null, Arguments = [] });
        Assert.That((exit.ExitCode, log[0].Source), Is.EqualTo((2, LogSource.Stderr)));
    }

    [Test]
    public async Task Find_AfterARestart_TellsWhereItStands()
    {
        await using var rig = new Rig();
        var spec = rig.Sh("echo ready; sleep 600");
        var container = await rig.StartAsync(spec);
        await rig.Runner.DisposeAsync();
        var restarted = rig.Start();

        var running = await restarted.FindAsync(spec.JobId, 1, Cancelled);
        await restarted.StopAsync(container, TimeSpan.Zero, Cancelled);
        await restarted.WaitAsync(running!, Cancelled);
        var exited = await restarted.FindAsync(spec.JobId, 1, Cancelled);
        await restarted.RemoveAsync(exited!, Cancelled);
        var gone = await restarted.FindAsync(spec.JobId, 1, Cancelled);

        Assert.That(running, Is.EqualTo(container with { Started = running!.Started }));
        Assert.That(running.Started, Is.Not.Null);
        Assert.That(exited, Is.EqualTo(running with { State = ContainerState.Exited }));
        Assert.That(gone, Is.Null);
    }

    [Test]
    public async Task List_SeveralInstallations_GivesOnlyOurs()
    {
        await using var rig = new Rig();
        await using var other = new Rig();
        var (ended, _, _) = await rig.RunAsync("exit 0");
        var running = await rig.StartAsync(rig.Sh("sleep 600") with { Attempt = 2 });
        await other.StartAsync("sleep 600");

        Assert.That(await rig.Runner.ListAsync(Cancelled), Is.EquivalentTo(new[] { ended with { State = ContainerState.Exited }, running }));
    }

    [Test]
    public async Task Remove_Twice_DoesNothing()
    {
        await using var rig = new Rig();
        var container = await rig.StartAsync("sleep 600");
        await rig.Runner.RemoveAsync(container, Cancelled);
        await rig.Runner.RemoveAsync(container, Cancelled);
        Assert.That(await rig.LeftAsync(), Is.Empty);
    }

    [Test]
    public async Task Remove_TwiceAtOnce_DoesNothing()
    {
        await using var rig = new Rig();
        var container = await rig.StartAsync("sleep 600");
        await Task.WhenAll(rig.Runner.RemoveAsync(container, Cancelled), rig.Start().RemoveAsync(container, Cancelled));
    }
}
