using System.Security.Cryptography;
using System.Text;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.IntegrationTests.Storage;

/// <summary>What every store of outputs promises.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal abstract class OutputStoreContract : IDisposable
{
    protected static readonly CancellationToken None = CancellationToken.None;

    protected TempData Data { get; } = new();

    protected abstract IOutputStore Store { get; }

    /// <summary>The keys of all that the store keeps.</summary>
    protected abstract Task<IReadOnlyList<string>> KeysAsync();

    public virtual void Dispose() => Data.Dispose();

    [Test]
    public async Task TakeAsync_AFile_IsReadBackByItsKey()
    {
        var job = JobId.New();

        var file = await Store.TakeAsync(job, "ndvi", Data.File("ndvi.tif", "pixels"), None);

        Assert.That(file, Is.EqualTo(new StoredFile($"{job.ToString()[..2]}/{job}/ndvi/ndvi.tif", "ndvi.tif", 6, Convert.ToHexStringLower(SHA256.HashData("pixels"u8)))));
        Assert.That(await ReadAsync(file), Is.EqualTo("pixels"));
    }

    [Test]
    public async Task CopyAsync_AFile_IsTheOtherJobsOwn()
    {
        var (from, to) = (JobId.New(), JobId.New());
        var file = await Store.TakeAsync(from, "ndvi", Data.File("ndvi.tif", "pixels"), None);

        var copy = (await Store.CopyAsync(file, to, None))!;
        await Store.DeleteAsync(from, None);

        Assert.That(copy, Is.EqualTo(file with { Key = $"{to.ToString()[..2]}/{to}/ndvi/ndvi.tif" }));
        Assert.That(await ReadAsync(copy), Is.EqualTo("pixels"));
    }

    [Test]
    public async Task TakeAsync_AgainAfterACrash_FindsTheFileAgainAndChangesNothing()
    {
        var job = JobId.New();
        var path = Data.File("data/work/x.1/outputs/ndvi.tif", "pixels");

        var first = await Store.TakeAsync(job, "ndvi", path, None);
        var second = await Store.TakeAsync(job, "ndvi", path, None);

        Assert.That(second, Is.EqualTo(first));
        Assert.That(await KeysAsync(), Is.EqualTo(new[] { first.Key }));
    }

    [Test]
    public async Task CopyAsync_AgainAfterACrash_ChangesNothing()
    {
        var to = JobId.New();
        var file = await Store.TakeAsync(JobId.New(), "ndvi", Data.File("ndvi.tif", "pixels"), None);
        var first = await Store.CopyAsync(file, to, None);
        Assert.That(await Store.CopyAsync(file, to, None), Is.EqualTo(first));
        Assert.That(await ReadAsync(first!), Is.EqualTo("pixels"));
    }

    [Test]
    public async Task CopyAsync_AFileThatIsGone_IsNothing()
    {
        var from = JobId.New();
        var file = await Store.TakeAsync(from, "ndvi", Data.File("ndvi.tif", "pixels"), None);
        await Store.DeleteAsync(from, None);
        Assert.That(await Store.CopyAsync(file, JobId.New(), None), Is.Null);
    }

    [Test]
    public async Task TakeAsync_TheSameOutputOfALaterAttempt_ReplacesIt()
    {
        var job = JobId.New();

        var first = await Store.TakeAsync(job, "o", Data.File("data/work/x.1/outputs/sub/o.txt", "first"), None);
        var second = await Store.TakeAsync(job, "o", Data.File("data/work/x.2/outputs/sub/o.txt", "second"), None);

        Assert.That(second.Key, Is.EqualTo(first.Key));
        Assert.That(await ReadAsync(second), Is.EqualTo("second"));
    }

    [Test]
    public async Task TakeAsync_FilesOfOneNameFromSeveralFolders_KeepsAll()
    {
        var job = JobId.New();

        var one = await Store.TakeAsync(job, "o", Data.File("data/work/x.1/outputs/1/o.txt", "1"), None);
        var two = await Store.TakeAsync(job, "o", Data.File("data/work/x.1/outputs/2/o.txt", "2"), None);

        Assert.That((await ReadAsync(one), await ReadAsync(two), one.Name, two.Name), Is.EqualTo(("1", "2", "o.txt", "o.txt")));
    }

    [Test]
    public async Task TakeAsync_AnOutputWhoseIdentifierIsAPath_StaysBelowItsJob()
    {
        var job = JobId.New();

        var file = await Store.TakeAsync(job, "../../../x", Data.File("o.txt"), None);

        Assert.That(file.Key, Does.StartWith($"{job.ToString()[..2]}/{job}/_").And.Not.Contain("/.."));
        Assert.That(await ReadAsync(file), Is.EqualTo("content"));
    }

    [TestCase("symbolic link")]
    [TestCase("named pipe")]
    [TestCase("socket")]
    [Platform("Linux")]
    public void TakeAsync_WhatIsNoRegularFile_IsRefusedByItsKind(string kind)
    {
        var path = Path.Combine(Data.Folder, "o");
        SpecialFile.Make(kind, path);

        var refusal = Assert.ThrowsAsync<OutputRefusedException>(() => Store.TakeAsync(JobId.New(), "o", path, None));

        Assert.That(refusal!.Message, Does.Contain(kind));
    }

    [Test]
    public async Task OpenAsync_AFileOfADeletedJob_GivesNull()
    {
        var job = JobId.New();
        var file = await Store.TakeAsync(job, "o", Data.File("o.txt"), None);

        await Store.DeleteAsync(job, None);
        await Store.DeleteAsync(job, None);

        Assert.That(await Store.OpenAsync(file, None), Is.Null);
    }

    [TestCase("../../secret")]
    [TestCase("/etc/passwd")]
    public async Task OpenAsync_AKeyThatLeadsOutOfTheStore_GivesNull(string key)
    {
        Data.File("secret");

        Assert.That(await Store.OpenAsync(new(key, "x", 1, ""), None), Is.Null);
    }

    [Test]
    public async Task TakeAsync_AnEmptyFile_IsKeptAsSuch()
    {
        var file = await Store.TakeAsync(JobId.New(), "o", Data.File("o.txt", ""), None);

        Assert.That((file.Length, await ReadAsync(file)), Is.EqualTo((0L, "")));
    }

    [TestCase("a b ä+%.tif")]
    [TestCase("100%25 &=?#.tif")]
    public async Task TakeAsync_ANameThatUrlsWouldChange_IsReadBack(string name)
    {
        var file = await Store.TakeAsync(JobId.New(), "o", Data.File(name, "pixels"), None);

        Assert.That((await ReadAsync(file), await ReadAsync((await Store.CopyAsync(file, JobId.New(), None))!)), Is.EqualTo(("pixels", "pixels")));
    }

    [Test]
    public async Task OpenAsync_AFile_IsReadFromAnyPlace()
    {
        var file = await Store.TakeAsync(JobId.New(), "o", Data.File("o.txt", "0123456789"), None);
        await using var stream = (await Store.OpenAsync(file, None))!;
        var buffer = new byte[3];

        stream.Seek(-3, SeekOrigin.End);
        await stream.ReadExactlyAsync(buffer);
        var last = Encoding.ASCII.GetString(buffer);
        stream.Position = 2;
        await stream.ReadExactlyAsync(buffer);

        Assert.That((stream.Length, last, Encoding.ASCII.GetString(buffer), stream.Position), Is.EqualTo((10L, "789", "234", 5L)));
    }

    [Test]
    public async Task DeleteAsync_AJob_LeavesThoseOfOthers()
    {
        var (gone, kept) = (JobId.New(), JobId.New());
        await Store.TakeAsync(gone, "o", Data.File("a.txt"), None);
        await Store.TakeAsync(gone, "o", Data.File("b.txt"), None);
        var file = await Store.TakeAsync(kept, "o", Data.File("a.txt"), None);

        await Store.DeleteAsync(gone, None);

        Assert.That(await KeysAsync(), Is.EqualTo(new[] { file.Key }));
    }

    [Test]
    public async Task ListJobsAsync_JobsWithFiles_AreNamedOnceEach()
    {
        JobId[] jobs = [JobId.New(), JobId.New(), JobId.New()];
        foreach (var job in jobs)
        {
            await Store.TakeAsync(job, "o", Data.File("a.txt"), None);
            await Store.TakeAsync(job, "p", Data.File("b.txt"), None);
        }

        Assert.That(await Store.ListJobsAsync(None).ToListAsync(), Is.EquivalentTo(jobs));
    }

    protected async Task<string> ReadAsync(StoredFile file)
    {
        await using var stream = (await Store.OpenAsync(file, None))!;
        Assert.That(stream.CanSeek);
        return await new StreamReader(stream).ReadToEndAsync();
    }
}
