using OgcProcesses.Application.Jobs;
using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Infrastructure.IntegrationTests.Storage;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class OutputFolderTests : IDisposable
{
    private readonly OutputFolder _outputs = new();
    private readonly TempData _data = new();
    private readonly string _folder;

    public OutputFolderTests() => _folder = Directory.CreateDirectory(Path.Combine(_data.Folder, "outputs")).FullName;

    public void Dispose() => _data.Dispose();

    [Test]
    public void List_FilesInSubfolders_SortsThemByPath()
    {
        _data.File("outputs/b/2.txt", "four");
        _data.File("outputs/a.txt", "1");
        _data.File("outputs/.hidden", "");
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));

        var files = _outputs.List(_folder, 100, 10);

        Assert.That(files.Select(file => (file.Path, file.Length)), Is.EqualTo(new[] { (".hidden", 0L), ("a.txt", 1), ("b/2.txt", 4) }));
        Assert.That(files.Select(file => file.FullPath), Is.All.Exist);
    }

    [TestCase("symbolic link")]
    [TestCase("named pipe")]
    [TestCase("socket")]
    [Platform("Linux")]
    public void List_WhatIsNoRegularFile_IsRefusedByItsNameAndKind(string kind)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
        SpecialFile.Make(kind, Path.Combine(_folder, "sub", "odd"));

        Assert.That(Refusal(100, 10), Does.Contain("'sub/odd'").And.Contain($"a {kind}"));
    }

    [Test]
    [Platform("Linux")]
    public void List_ALinkToAFolder_IsRefusedAndNotFollowed()
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder, "link"), "/etc");

        Assert.That(Refusal(long.MaxValue, 100_000), Does.Contain("'link' is a symbolic link"));
    }

    [Test]
    [Platform("Linux")]
    public void List_AFolderThatIsALinkItself_IsRefused()
    {
        Directory.Delete(_folder);
        Directory.CreateSymbolicLink(_folder, "/etc");

        Assert.That(Refusal(long.MaxValue, 100_000), Does.Contain("symbolic link"));
    }

    [Test]
    public void List_AFolderThatIsGone_IsRefused()
    {
        Directory.Delete(_folder);

        Assert.That(Refusal(100, 10), Does.Contain("gone"));
    }

    [Test]
    public void List_MoreFilesThanAllowed_SaysTheLimit()
    {
        for (var i = 0; i < 4; i++) _data.File($"outputs/{i}");

        Assert.That(_outputs.List(_folder, 100, 4), Has.Count.EqualTo(4));
        Assert.That(Refusal(100, 3), Does.Contain("more than 3 files"));
    }

    [Test]
    public void List_MoreEmptyFoldersThanAllowed_IsRefused()
    {
        for (var i = 0; i < 7; i++) Directory.CreateDirectory(Path.Combine(_folder, $"{i}"));

        Assert.That(Refusal(100, 3), Does.Contain("more than 3 files"));
    }

    [Test]
    public void List_MoreBytesThanAllowed_SaysTheLimit()
    {
        _data.File("outputs/a", "12345");
        _data.File("outputs/b", "12345");

        Assert.That(_outputs.List(_folder, 10, 10), Has.Count.EqualTo(2));
        Assert.That(Refusal(9, 10), Does.Contain("more than 9 bytes"));
    }

    [Test]
    public void List_APathTooLong_IsRefused()
    {
        var path = Path.Combine([_folder, .. Enumerable.Repeat(new string('d', 200), 6)]);
        Directory.CreateDirectory(path);

        Assert.That(Refusal(100, 10), Does.Contain("more than 1000 characters"));
    }

    [Test]
    [Platform("Linux")]
    public void Measure_WhatIsStillWritten_CountsFilesAndFollowsNothing()
    {
        _data.File("outputs/a", "12345");
        _data.File("outputs/sub/b", "123");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "root"), "/");
        SpecialFile.Make("named pipe", Path.Combine(_folder, "pipe"));

        Assert.That(_outputs.Measure(_folder, 8, 4), Is.EqualTo(8));
        Assert.That(_outputs.Measure(Path.Combine(_folder, "gone"), 8, 4), Is.Zero);
        Assert.That(_outputs.Measure(Path.Combine(_folder, "root"), 8, 4), Is.Zero);
    }

    [Test]
    public void Measure_MoreThanAllowed_IsRefused()
    {
        for (var i = 0; i < 4; i++) _data.File($"outputs/{i}/file", "12345");

        Assert.That(() => _outputs.Measure(_folder, 19, 100), Throws.TypeOf<OutputRefusedException>().With.Message.Contains("19 bytes"));
        Assert.That(() => _outputs.Measure(_folder, 20, 3), Throws.TypeOf<OutputRefusedException>().With.Message.Contains("3 files"));
    }

    [Test]
    public void Measure_FoldersTooDeepToGoInto_AreRefused()
    {
        Directory.CreateDirectory(Path.Combine([_folder, .. Enumerable.Repeat(new string('d', 200), 6)]));

        Assert.That(() => _outputs.Measure(_folder, 100, 100), Throws.TypeOf<OutputRefusedException>().With.Message.Contains("too deep"));
    }

    [Test]
    [Platform("Linux")]
    public void Measure_WhileEverythingVanishes_GoesOn()
    {
        using var enough = new CancellationTokenSource();
        var churn = Task.Run(() =>
        {
            while (!enough.IsCancellationRequested)
            {
                for (var i = 0; i < 20; i++) _data.File($"outputs/{i}/file", "12345");
                for (var i = 0; i < 20; i++) Directory.Delete(Path.Combine(_folder, $"{i}"), recursive: true);
            }
        });

        for (var i = 0; i < 500; i++) Assert.That(_outputs.Measure(_folder, 1000, 100), Is.InRange(0, 100));
        enough.Cancel();
        Assert.That(async () => await churn, Throws.Nothing);
    }

    private string Refusal(long mostBytes, int mostFiles) =>
        Assert.Throws<OutputRefusedException>(() => _outputs.List(_folder, mostBytes, mostFiles))!.Message;
}
