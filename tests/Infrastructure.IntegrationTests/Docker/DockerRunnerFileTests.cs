using System.Runtime.Versioning;
using OgcProcesses.Infrastructure.Docker;
using static OgcProcesses.Infrastructure.IntegrationTests.Docker.Rig;

namespace OgcProcesses.Infrastructure.IntegrationTests.Docker;

/// <summary>Files in and out, alike by bind mount and by archive.</summary>
[CancelAfter(180_000)]
[UnsupportedOSPlatform("windows")]
[TestFixture(FileExchange.BindMount, false)]
[TestFixture(FileExchange.Archive, false)]
[TestFixture(FileExchange.Auto, true)]
internal sealed class DockerRunnerFileTests(FileExchange files, bool remote)
{
    private TcpEngine? _remote;

    [OneTimeSetUp]
    public void Forward() => _remote = remote ? new TcpEngine() : null;

    [OneTimeTearDown]
    public async Task EndForwarding()
    {
        if (_remote is not null) await _remote.DisposeAsync();
    }

    [Test]
    public async Task Files_OfAJob_GoInAndOut()
    {
        await using var rig = New();
        var spec = rig.Sh("cat /job/inputs.json /job/inputs/a/data.txt > copy.txt; mkdir -p sub/deeper; echo deep > sub/deeper/file; cat copy.txt");
        Write(rig, "inputs.json", "{}");
        Write(rig, "inputs/a/data.txt", "data ä");

        var (container, exit, log) = await rig.RunAsync(spec);
        await rig.Runner.CollectAsync(container, rig.WorkFolder, Cancelled);

        Assert.That(exit.ExitCode, Is.Zero, string.Join('\n', log.Select(l => l.Text)));
        Assert.That(Read(rig, "outputs/copy.txt"), Is.EqualTo("{}data ä"));
        Assert.That(Read(rig, "outputs/sub/deeper/file"), Is.EqualTo("deep\n"));
    }

    [Test]
    public async Task Inputs_ReadableByTheServerAlone_AreReadableInside()
    {
        await using var rig = New();
        var spec = rig.Sh("cat /job/inputs/a/data.txt");
        Write(rig, "inputs/a/data.txt", "data");
        File.SetUnixFileMode(Path.Combine(rig.WorkFolder, "inputs/a/data.txt"), UnixFileMode.UserRead);
        File.SetUnixFileMode(Path.Combine(rig.WorkFolder, "inputs/a"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var (_, _, log) = await rig.RunAsync(spec);

        Assert.That(log.Select(l => l.Text), Is.EqualTo(new[] { "data" }));
    }

    [TestCase("echo x > /job/inputs/a/data.txt")]
    [TestCase("echo x > /job/inputs.json")]
    [TestCase("rm -r /job/outputs || ln -s / /job/other")]
    public async Task Program_BeyondItsOutputs_CanWriteNothing(string script)
    {
        await using var rig = New();
        var spec = rig.Sh($"({script}) 2>/dev/null || exit 9");
        Write(rig, "inputs.json", "{}");
        Write(rig, "inputs/a/data.txt", "data");
        var (_, exit, _) = await rig.RunAsync(spec);
        Assert.That(exit.ExitCode, Is.EqualTo(9));
    }

    [Test]
    public async Task Collect_LinksAndSpecialFiles_StayRecognisableAndAreNotFollowed()
    {
        await using var rig = New();
        var (container, exit, _) = await rig.RunAsync("ln -s /etc/passwd link; ln -s / root; mkfifo pipe; echo 1 > file; ln file hard");
        await rig.Runner.CollectAsync(container, rig.WorkFolder, Cancelled);

        var outputs = new DirectoryInfo(Path.Combine(rig.WorkFolder, "outputs"));
        var refused = outputs.EnumerateFileSystemInfos().Where(e => e.LinkTarget is not null || e.Name == "pipe");
        Assert.That(exit.ExitCode, Is.Zero);
        Assert.That(refused.Select(e => e.Name), Is.EquivalentTo(new[] { "link", "root", "pipe" }));
        Assert.That(Read(rig, "outputs/hard"), Is.EqualTo("1\n"));
    }

    [Test]
    public async Task Collect_Twice_ChangesNothing()
    {
        await using var rig = New();
        var (container, _, _) = await rig.RunAsync("mkdir d; echo 1 > d/file; ln -s /etc link");
        await rig.Runner.CollectAsync(container, rig.WorkFolder, Cancelled);
        await rig.Runner.CollectAsync(container, rig.WorkFolder, Cancelled);
        Assert.That(Read(rig, "outputs/d/file"), Is.EqualTo("1\n"));
    }

    [Test]
    public async Task Remove_AnyExchange_LeavesNoVolume()
    {
        await using var rig = New();
        var (container, _, _) = await rig.RunAsync("echo 1 > file");
        var volumes = (await InspectAsync(container)).Mounts.Where(m => m.Type == "volume").Select(m => m.Name).ToList();
        await rig.Runner.RemoveAsync(container, Cancelled);

        var left = (await EngineFixture.Client.Volumes.ListAsync(Cancelled)).Volumes ?? [];
        Assert.That(volumes, Has.Count.EqualTo(files == FileExchange.BindMount ? 0 : 1));
        Assert.That(left.Select(v => v.Name).Intersect(volumes), Is.Empty);
    }

    [Test]
    public async Task Outputs_LargerThanABuffer_ComeWhole()
    {
        await using var rig = New();
        var (container, _, _) = await rig.RunAsync("head -c 20000000 /dev/zero > big");
        await rig.Runner.CollectAsync(container, rig.WorkFolder, Cancelled);
        Assert.That(new FileInfo(Path.Combine(rig.WorkFolder, "outputs/big")).Length, Is.EqualTo(20_000_000));
    }

    private static void Write(Rig rig, string path, string text)
    {
        var file = Path.Combine(rig.WorkFolder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static string Read(Rig rig, string path) => File.ReadAllText(Path.Combine(rig.WorkFolder, path));

    private Rig New() => new(files: files, endpoint: _remote?.Endpoint);
}
