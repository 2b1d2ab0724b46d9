using System.Diagnostics;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Infrastructure.IntegrationTests.Storage;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class WorkFoldersTests : IDisposable
{
    private readonly JobId _job = JobId.New();
    private readonly TempData _data = new();
    private readonly WorkFolders _folders;

    public WorkFoldersTests() => _folders = new WorkFolders(_data.Options, NullLogger<WorkFolders>.Instance);

    public void Dispose() => _data.Dispose();

    [Test]
    [UnsupportedOSPlatform("windows")]
    public void Create_AnAttempt_IsClosedToEverybodyElseHere()
    {
        var folder = _folders.Create(_job, 1);

        Assert.That(folder, Is.EqualTo(_folders.Find(_job, 1)));
        Assert.That(Convert.ToString((int)File.GetUnixFileMode(folder), 8), Is.EqualTo("700"));
        Assert.That(Convert.ToString((int)File.GetUnixFileMode(Path.GetDirectoryName(folder)!), 8), Is.EqualTo("700"));
    }

    /// <summary>Asked for with every status of a waiting job, which no disorder of the folders may hinder.</summary>
    [Test]
    public void AvailableBytes_WithoutTheFolderOrWithAFileInItsPlace_IsThatOfTheDisk()
    {
        Assert.That(_folders.AvailableBytes, Is.Positive);
        Directory.CreateDirectory(_data.Options.Value.Root);
        Assert.That(Directory.Exists(_data.Options.Value.Work), Is.False);
        File.WriteAllText(_data.Options.Value.Work, "in the way");
        Assert.That(_folders.AvailableBytes, Is.Positive);
    }

    [Test]
    public void Create_InThePlaceOfAFolder_IsEmpty()
    {
        File.WriteAllText(Path.Combine(_folders.Create(_job, 1), "old"), "");

        Assert.That(Directory.GetFileSystemEntries(_folders.Create(_job, 1)), Is.Empty);
    }

    [Test]
    public void Delete_AJobOfSeveralAttempts_LeavesTheFoldersOfOthers()
    {
        var other = JobId.New();
        _folders.Create(_job, 1);
        _folders.Create(_job, 2);
        _folders.Create(other, 1);

        _folders.Delete(_job);
        _folders.Delete(_job);

        Assert.That(_folders.List(), Is.EqualTo(new[] { other }));
    }

    /// <remarks>Made by a program, as a hostile one would: .NET can name neither.</remarks>
    [TestCase(@"touch ""$(printf 'bad\377name')""")]
    [TestCase(@"i=0; while [ $i -lt 30 ]; do n=$(printf '%0200d' 0); mkdir $n; cd $n || break; i=$((i+1)); done; touch x")]
    [UnsupportedOSPlatform("windows")]
    public void Delete_NamesThatCanNotBeNamedHere_DeletesThemAll(string script)
    {
        var folder = _folders.Create(_job, 1);
        using (var program = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = folder })!) program.WaitForExit();
        Assert.That(Directory.GetFileSystemEntries(folder), Is.Not.Empty);

        _folders.Delete(_job);

        Assert.That(Directory.Exists(folder), Is.False);
    }

    [Test]
    public void List_SeveralAttempts_NamesTheJobOnce()
    {
        _folders.Create(_job, 1);
        _folders.Create(_job, 2);

        Assert.That(_folders.List(), Is.EqualTo(new[] { _job }));
    }

    [Test]
    public void List_BeforeTheFirstJob_IsEmpty() => Assert.That(_folders.List(), Is.Empty);

    [Test]
    [Platform("Linux")]
    public void Delete_AFolderWithLinks_LeavesWhatTheyLeadTo()
    {
        var precious = _data.File("precious/file");
        var folder = _folders.Create(_job, 1);
        Directory.CreateSymbolicLink(Path.Combine(folder, "folder"), Path.GetDirectoryName(precious)!);
        File.CreateSymbolicLink(Path.Combine(folder, "file"), precious);
        File.CreateSymbolicLink(Path.Combine(folder, "dangling"), "/nowhere");
        SpecialFile.Make("named pipe", Path.Combine(folder, "pipe"));

        _folders.Delete(_job);

        Assert.That(_folders.List(), Is.Empty);
        Assert.That(File.ReadAllText(precious), Is.EqualTo("content"));
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    public void Delete_AFolderThatNobodyMayWrite_DeletesIt()
    {
        var locked = Directory.CreateDirectory(Path.Combine(_folders.Create(_job, 1), "a", "b")).FullName;
        File.WriteAllText(Path.Combine(locked, "file"), "");
        File.SetUnixFileMode(locked, UnixFileMode.None);
        File.SetUnixFileMode(Path.GetDirectoryName(locked)!, UnixFileMode.UserRead);

        _folders.Delete(_job);

        Assert.That(_folders.List(), Is.Empty);
    }

    [Test]
    [Platform("Linux")]
    public void Delete_FoldersDeeperThanAPathCanName_DeletesThem()
    {
        var top = _folders.Create(_job, 1);
        // From the inside out, as a program does that changes into each folder it makes.
        for (var i = 0; i < 100; i++)
        {
            var outer = Directory.CreateDirectory(Path.Combine(top, "next")).FullName;
            if (Directory.Exists(Path.Combine(top, "deep"))) Directory.Move(Path.Combine(top, "deep"), Path.Combine(outer, new string('d', 100)));
            Directory.Move(outer, Path.Combine(top, "deep"));
        }

        _folders.Delete(_job);

        Assert.That(_folders.List(), Is.Empty);
    }
}
