using System.Formats.Tar;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Infrastructure.Docker;

namespace OgcProcesses.Infrastructure.IntegrationTests.Docker;

/// <summary>Archives no honest engine would send.</summary>
internal sealed class OutputArchiveTests
{
    private DirectoryInfo _folder = null!;

    private string Outputs => Path.Combine(_folder.FullName, "outputs");

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("ogcp-test-");

    [TearDown]
    public void Remove() => _folder.Delete(recursive: true);

    [TestCase("outputs/../escaped")]
    [TestCase("/outputs/escaped")]
    [TestCase("outputs/a/../../escaped")]
    [TestCase("outputs/absent/file")]
    [TestCase("../outputs/file")]
    public void Unpack_PathLeadsOut_IsRefused(string path)
    {
        Assert.That(() => Unpack([File(path)]), Throws.InstanceOf<OutputRefusedException>());
        Assert.That(_folder.EnumerateFileSystemInfos().Select(e => e.Name), Is.SubsetOf(new[] { "outputs" }));
    }

    [Test]
    public void Unpack_FileBelowALink_IsRefused()
    {
        var link = new PaxTarEntry(TarEntryType.SymbolicLink, "outputs/link") { LinkName = _folder.FullName };
        Assert.That(() => Unpack([link, File("outputs/link/escaped")]), Throws.InstanceOf<OutputRefusedException>());
        Assert.That(Path.Exists(Path.Combine(_folder.FullName, "escaped")), Is.False);
    }

    [Test]
    public void Unpack_FileOverALink_DoesNotWriteThroughIt()
    {
        var link = new PaxTarEntry(TarEntryType.SymbolicLink, "outputs/link") { LinkName = Path.Combine(_folder.FullName, "victim") };
        Assert.That(() => Unpack([link, File("outputs/link")]), Throws.InstanceOf<IOException>());
        Assert.That(Path.Exists(Path.Combine(_folder.FullName, "victim")), Is.False);
    }

    [Test]
    public void Unpack_HardLinkToOutside_BecomesALinkToNowhere()
    {
        Unpack([new PaxTarEntry(TarEntryType.HardLink, "outputs/hard") { LinkName = "outputs/../../etc/passwd" }], mayFail: true);
        Unpack([new PaxTarEntry(TarEntryType.HardLink, "outputs/hard") { LinkName = "outputs/absent" }]);
        Assert.That(new FileInfo(Path.Combine(Outputs, "hard")).LinkTarget, Is.EqualTo("/nonexistent/refused"));
    }

    [Test]
    public void Unpack_MoreThanAllowed_IsRefused()
    {
        Assert.That(() => Unpack([File("outputs/a"), File("outputs/b")], maxBytes: 3), Throws.InstanceOf<OutputRefusedException>().With.Message.Contains("bytes"));
        Assert.That(() => Unpack([File("outputs/a"), File("outputs/b")], maxEntries: 1), Throws.InstanceOf<OutputRefusedException>().With.Message.Contains("files"));
    }

    private static PaxTarEntry File(string path) => new(TarEntryType.RegularFile, path) { DataStream = new MemoryStream([1, 2]) };

    private void Unpack(TarEntry[] entries, long maxBytes = 1000, int maxEntries = 10, bool mayFail = false)
    {
        var content = new MemoryStream();
        using (var tar = new TarWriter(content, leaveOpen: true))
            foreach (var entry in entries) tar.WriteEntry(entry);
        content.Position = 0;
        try
        {
            OutputArchive.UnpackAsync(content, Outputs, maxBytes, maxEntries, default).GetAwaiter().GetResult();
        }
        catch (OutputRefusedException) when (mayFail)
        {
        }
    }
}
