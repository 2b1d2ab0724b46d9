using System.Security.Cryptography;
using System.Text;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Infrastructure.IntegrationTests.Storage;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FolderOutputStoreTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TempData _data = new();
    private readonly FolderOutputStore _store;

    public FolderOutputStoreTests() => _store = new FolderOutputStore(_data.Options);

    public void Dispose() => _data.Dispose();

    [Test]
    public async Task TakeAsync_AFile_IsReadBackByItsKey()
    {
        var job = JobId.New();

        var file = await _store.TakeAsync(job, "ndvi", _data.File("ndvi.tif", "pixels"), None);

        Assert.That(file, Is.EqualTo(new StoredFile($"{job.ToString()[..2]}/{job}/ndvi/ndvi.tif", "ndvi.tif", 6, Convert.ToHexStringLower(SHA256.HashData("pixels"u8)))));
        Assert.That(await ReadAsync(file), Is.EqualTo("pixels"));
    }

    [Test]
    public async Task CopyAsync_AFile_IsTheOtherJobsOwn()
    {
        var (from, to) = (JobId.New(), JobId.New());
        var file = await _store.TakeAsync(from, "ndvi", _data.File("ndvi.tif", "pixels"), None);

        var copy = (await _store.CopyAsync(file, to, None))!;
        await _store.DeleteAsync(from, None);

        Assert.That(copy, Is.EqualTo(file with { Key = $"{to.ToString()[..2]}/{to}/ndvi/ndvi.tif" }));
        Assert.That(await ReadAsync(copy), Is.EqualTo("pixels"));
    }

    [Test]
    public async Task CopyAsync_AgainAfterACrash_ChangesNothing()
    {
        var to = JobId.New();
        var file = await _store.TakeAsync(JobId.New(), "ndvi", _data.File("ndvi.tif", "pixels"), None);
        var first = await _store.CopyAsync(file, to, None);
        Assert.That(await _store.CopyAsync(file, to, None), Is.EqualTo(first));
        Assert.That(await ReadAsync(first!), Is.EqualTo("pixels"));
    }

    [Test]
    public async Task CopyAsync_AFileThatIsGone_IsNothing()
    {
        var from = JobId.New();
        var file = await _store.TakeAsync(from, "ndvi", _data.File("ndvi.tif", "pixels"), None);
        await _store.DeleteAsync(from, None);
        Assert.That(await _store.CopyAsync(file, JobId.New(), None), Is.Null);
    }

    [Test]
    public async Task TakeAsync_AgainAfterACrash_FindsTheFileAgainAndChangesNothing()
    {
        var job = JobId.New();
        var path = _data.File("data/work/x.1/outputs/ndvi.tif", "pixels");

        var first = await _store.TakeAsync(job, "ndvi", path, None);
        var second = await _store.TakeAsync(job, "ndvi", path, None);

        Assert.That(second, Is.EqualTo(first));
        Assert.That(Directory.GetFiles(Path.Combine(_data.Folder, "data", "outputs"), "*", SearchOption.AllDirectories), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task TakeAsync_TheSameOutputOfALaterAttempt_ReplacesIt()
    {
        var job = JobId.New();

        var first = await _store.TakeAsync(job, "o", _data.File("data/work/x.1/outputs/sub/o.txt", "first"), None);
        var second = await _store.TakeAsync(job, "o", _data.File("data/work/x.2/outputs/sub/o.txt", "second"), None);

        Assert.That(second.Key, Is.EqualTo(first.Key));
        Assert.That(await ReadAsync(second), Is.EqualTo("second"));
    }

    [Test]
    public async Task TakeAsync_FilesOfOneNameFromSeveralFolders_KeepsAll()
    {
        var job = JobId.New();

        var one = await _store.TakeAsync(job, "o", _data.File("data/work/x.1/outputs/1/o.txt", "1"), None);
        var two = await _store.TakeAsync(job, "o", _data.File("data/work/x.1/outputs/2/o.txt", "2"), None);

        Assert.That((await ReadAsync(one), await ReadAsync(two), one.Name, two.Name), Is.EqualTo(("1", "2", "o.txt", "o.txt")));
    }

    [TestCase("a b ä.tif", "a b ä.tif")]
    [TestCase("a:b\n\\.tif", "a_b__.tif")]
    [TestCase(".hidden", "_hidden")]
    [TestCase("...", "_")]
    [TestCase("name. ", "name")]
    [TestCase("", "_")]
    public void SafeName_OfAName_IsOneThatEverySystemTakes(string name, string safe) =>
        Assert.That(SafeName.Of(name), Is.EqualTo(safe));

    [Test]
    public void SafeName_OfALongName_KeepsTheExtension() =>
        Assert.That(SafeName.Of(new string('ä', 120) + ".geojson"), Does.EndWith("ä.geojson").And.Matches<string>(name => Encoding.UTF8.GetByteCount(name) <= 180));

    [Test]
    public async Task TakeAsync_AnOutputWhoseIdentifierIsAPath_StaysBelowItsJob()
    {
        var job = JobId.New();

        var file = await _store.TakeAsync(job, "../../../x", _data.File("o.txt"), None);

        Assert.That(file.Key, Does.StartWith($"{job.ToString()[..2]}/{job}/_").And.Not.Contain("/.."));
        Assert.That(await ReadAsync(file), Is.EqualTo("content"));
    }

    [TestCase("symbolic link")]
    [TestCase("named pipe")]
    [TestCase("socket")]
    [Platform("Linux")]
    public void TakeAsync_WhatIsNoRegularFile_IsRefusedByItsKind(string kind)
    {
        var path = Path.Combine(_data.Folder, "o");
        SpecialFile.Make(kind, path);

        var refusal = Assert.ThrowsAsync<OutputRefusedException>(() => _store.TakeAsync(JobId.New(), "o", path, None));

        Assert.That(refusal!.Message, Does.Contain(kind));
    }

    [Test]
    public async Task OpenAsync_AFileOfADeletedJob_GivesNull()
    {
        var job = JobId.New();
        var file = await _store.TakeAsync(job, "o", _data.File("o.txt"), None);

        await _store.DeleteAsync(job, None);
        await _store.DeleteAsync(job, None);

        Assert.That(await _store.OpenAsync(file, None), Is.Null);
    }

    [TestCase("../../secret")]
    [TestCase("/etc/passwd")]
    public async Task OpenAsync_AKeyThatLeadsOutOfTheStore_GivesNull(string key)
    {
        _data.File("secret");

        Assert.That(await _store.OpenAsync(new(key, "x", 1, ""), None), Is.Null);
    }

    [Test]
    public void AvailableBytes_BeforeAnythingIsStored_IsThatOfTheDisk() => Assert.That(_store.AvailableBytes, Is.Positive);

    private async Task<string> ReadAsync(StoredFile file)
    {
        await using var stream = (await _store.OpenAsync(file, None))!;
        Assert.That(stream.CanSeek);
        return await new StreamReader(stream).ReadToEndAsync();
    }
}
