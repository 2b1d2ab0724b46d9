using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using static OgcProcesses.Infrastructure.IntegrationTests.Docker.Rig;

namespace OgcProcesses.Infrastructure.IntegrationTests.Docker;

/// <summary>What programs write.</summary>
[CancelAfter(180_000)]
internal sealed class DockerRunnerLogTests
{
    [Test]
    public async Task FollowLogs_BothStreams_AreToldApartAndInOrder()
    {
        await using var rig = new Rig();
        var before = DateTimeOffset.UtcNow;
        // The engine reads the streams side by side; only a pause makes their order certain.
        var (_, _, log) = await rig.RunAsync("echo one; sleep 0.5; echo two >&2; sleep 0.5; echo; echo three");

        Assert.That(
            log.Select(l => (l.Source, l.Text)),
            Is.EqualTo(new[] { (LogSource.Stdout, "one"), (LogSource.Stderr, "two"), (LogSource.Stdout, ""), (LogSource.Stdout, "three") }));
        Assert.That(log.Select(l => l.At), Is.Ordered);
        Assert.That(log[0].At, Is.InRange(before, DateTimeOffset.UtcNow));
        Assert.That(log[1].At - log[0].At, Is.GreaterThan(TimeSpan.FromMilliseconds(100)));
    }

    [Test]
    public async Task FollowLogs_WhileTheProgramRuns_GivesLinesAtOnceAndEndsWithIt()
    {
        await using var rig = new Rig();
        var container = await rig.StartAsync("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.1; done");
        var seen = new List<string>();
        await foreach (var line in rig.Runner.FollowLogsAsync(container, Cancelled))
        {
            seen.Add(line.Text);
            if (line.Text == "ready") await rig.Runner.StopAsync(container, TimeSpan.FromSeconds(10), Cancelled);
        }

        Assert.That(seen, Is.EqualTo(new[] { "ready", "bye" }));
    }

    [Test]
    public async Task FollowLogs_LineLongerThanTheEnginesMessages_IsOneLine()
    {
        await using var rig = new Rig();
        var (_, _, log) = await rig.RunAsync("head -c 40000 /dev/zero | tr '\\0' x; echo; echo end");
        Assert.That(log.Select(l => l.Text), Is.EqualTo(new[] { new string('x', 40000), "end" }));
    }

    [Test]
    public async Task FollowLogs_LineWithoutEnd_IsGiven()
    {
        await using var rig = new Rig();
        var (_, _, log) = await rig.RunAsync("printf 'no end'");
        Assert.That(log.Select(l => l.Text), Is.EqualTo(new[] { "no end" }));
    }

    [Test]
    public async Task FollowLogs_NotUtf8_IsReplaced()
    {
        await using var rig = new Rig();
        var (_, _, log) = await rig.RunAsync("printf 'a\\377b \\303\\244\\r\\n'");
        Assert.That(log.Select(l => l.Text), Is.EqualTo(new[] { "a\uFFFDb ä" }));
    }

    [Test]
    public async Task FollowLogs_ManyLinesFast_LosesNone()
    {
        await using var rig = new Rig();
        var container = await rig.StartAsync("seq 1 20000");
        var log = await rig.LogOfAsync(container);
        Assert.That(log.Select(l => l.Text), Is.EqualTo(Enumerable.Range(1, 20000).Select(i => $"{i}")));
    }

    [Test]
    public async Task FollowLogs_EngineThrowsOldLogAway_EndsWithTheLastLine()
    {
        await using var rig = new Rig(new() { LogSize = 64 * 1024 });
        var container = await rig.StartAsync("seq 1 30000; sleep 1; echo last");
        Assert.That((await rig.LogOfAsync(container))[^1].Text, Is.EqualTo("last"));
    }

    [Test]
    public async Task FollowLogs_ContainerIsRemovedMeanwhile_EndsQuietly()
    {
        await using var rig = new Rig();
        var container = await rig.StartAsync("echo ready; sleep 600");
        var seen = new List<string>();
        await foreach (var line in rig.Runner.FollowLogsAsync(container, Cancelled))
        {
            seen.Add(line.Text);
            await rig.Runner.RemoveAsync(container, Cancelled);
        }

        Assert.That(seen, Is.EqualTo(new[] { "ready" }));
        Assert.That(await rig.LogOfAsync(container), Is.Empty);
    }

    [Test]
    public async Task FollowLogs_TokenFires_StopsOnlyTheReading()
    {
        await using var rig = new Rig();
        var container = await rig.StartAsync("echo ready; sleep 600");
        using var enough = new CancellationTokenSource();
        Assert.That(
            async () =>
            {
                await foreach (var _ in rig.Runner.FollowLogsAsync(container, enough.Token)) await enough.CancelAsync();
            },
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That((await InspectAsync(container)).State.Running, Is.True);
    }

    [TestCase("printf 'no end'", new byte[] { 110, 111, 32, 101, 110, 100 })]
    [TestCase("printf 'a\\377\\000\\nb\\r\\n'; echo other >&2", new byte[] { 97, 255, 0, 10, 98, 13, 10 })]
    public async Task CopyStandardOutput_AnyBytes_AreKeptExactly(string script, byte[] expected)
    {
        await using var rig = new Rig();
        var (container, _, _) = await rig.RunAsync(script);
        Assert.That(await StdoutAsync(rig, container), Is.EqualTo(expected));
    }

    [Test]
    public async Task CopyStandardOutput_OneLongLine_IsKeptExactly()
    {
        await using var rig = new Rig();
        var (container, _, _) = await rig.RunAsync("head -c 300000 /dev/zero");
        Assert.That(await StdoutAsync(rig, container), Is.EqualTo(new byte[300000]));
    }

    [Test]
    public async Task CopyStandardOutput_LongLines_KeepTheEndsBetweenThem()
    {
        await using var rig = new Rig();
        var (container, _, _) = await rig.RunAsync("for i in 1 2 3; do head -c 40000 /dev/zero; echo; done; printf end");
        var line = new byte[40000].Append((byte)'\n').ToArray();
        Assert.That(await StdoutAsync(rig, container), Is.EqualTo(line.Concat(line).Concat(line).Concat("end"u8.ToArray())));
    }

    [Test]
    public async Task CopyStandardOutput_MoreThanAllowed_IsRefused()
    {
        await using var rig = new Rig(new() { MaxStdoutBytes = 10 });
        var (container, _, _) = await rig.RunAsync("echo 0123456789");
        Assert.That(async () => await StdoutAsync(rig, container), Throws.InstanceOf<OutputRefusedException>().With.Message.Contains("10 bytes"));
    }

    [Test]
    public async Task CopyStandardOutput_LogMayHaveLostItsBeginning_IsRefused()
    {
        await using var rig = new Rig(new() { LogSize = 64 * 1024 });
        var (container, _, _) = await rig.RunAsync("echo begin; seq 1 20000 >&2");
        Assert.That(async () => await StdoutAsync(rig, container), Throws.InstanceOf<OutputRefusedException>().With.Message.Contains("log"));
    }

    private static async Task<byte[]> StdoutAsync(Rig rig, JobContainer container)
    {
        using var copy = new MemoryStream();
        await rig.Runner.CopyStandardOutputAsync(container, copy, Cancelled);
        return copy.ToArray();
    }
}
