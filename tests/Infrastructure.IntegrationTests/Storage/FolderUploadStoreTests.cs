using Microsoft.Extensions.Options;
using OgcProcesses.Application.Uploads;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Uploads;
using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Infrastructure.IntegrationTests.Storage;

/// <summary>Uploads as files of the data folder.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FolderUploadStoreTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly TempData _data = new();
    private readonly FolderUploadStore _store;

    public FolderUploadStoreTests() => _store = NewStore();

    public void Dispose() => _data.Dispose();

    [Test]
    public void Find_InAnotherProcess_IsWhatWasKept_WithTheBytesThatLieThere()
    {
        var upload = Begin("anna") with { Length = 3, Announced = [new(Digest.Sha512, "ab")], Sha256 = "5ha" };
        _store.Save(upload);
        Write(upload, "abc");
        var found = NewStore().Find("anna", upload.Id)!;
        Assert.That(found with { Announced = [] }, Is.EqualTo(upload with { Announced = [], Received = 3 }));
        Assert.That(found.Announced, Is.EqualTo(upload.Announced));
        Assert.That(NewStore().List("anna"), Has.Count.EqualTo(1));
    }

    [Test]
    public void Find_OfWhatIsAnothers_OrNoName_FindsNothing()
    {
        var upload = Begin("anna");
        var owner = new DirectoryInfo(Folder(upload)).Parent!.Name;
        foreach (var (caller, id) in ((string, string)[])[("berta", upload.Id), ("", upload.Id), ("anna", ""), ("anna", "."), ("anna", $"../{owner}/{upload.Id}"), ("berta", $"../{owner}/{upload.Id}"), ("anna", upload.Id.ToUpperInvariant())])
            Assert.That(_store.Find(caller, id), Is.Null, $"{caller} {id}");
        Assert.That(_store.List("berta"), Is.Empty);
    }

    [Test]
    public void Open_WhileAnotherWrites_GivesNothing_AndAgainOnceTheyHaveEnded()
    {
        var upload = Begin("anna");
        using (_store.Open(upload)) Assert.That(NewStore().Open(upload), Is.Null);
        using var now = NewStore().Open(upload);
        Assert.That(now, Is.Not.Null);
    }

    [Test]
    public void Save_OfWhatWasDeletedMeanwhile_DoesNotBringItBack()
    {
        var upload = Begin("anna");
        _store.Delete(upload);
        Assert.Throws<DirectoryNotFoundException>(() => _store.Save(upload with { Sha256 = "5ha" }));
        Assert.Throws<DirectoryNotFoundException>(() => _store.Open(upload));
        Assert.That(_store.Find("anna", upload.Id), Is.Null);
    }

    [TestCase("../../etc/ä scene.tif", "image/tiff", ExpectedResult = "__scene.tif")]
    [TestCase(null, "image/tiff", ExpectedResult = "input.tif")]
    [TestCase(null, null, ExpectedResult = "input")]
    public async Task<string> Stage_OfACompleteUpload_IsTheFileUnderASafeName(string? name, string? type)
    {
        var upload = Begin("anna") with { Name = name, Type = type, Sha256 = "5ha" };
        _store.Save(upload);
        Write(upload, "abc");
        var folder = Directory.CreateDirectory(Path.Combine(_data.Folder, "work")).FullName;
        var staged = (await _store.StageAsync("anna", upload.Id, folder, CancellationToken.None))!;
        Assert.That((staged.Length, staged.Sha256, staged.MediaType, File.ReadAllText(staged.Path)), Is.EqualTo((3, "5ha", type, "abc")));
        File.Delete(staged.Path);
        Assert.That(_store.Find("anna", upload.Id)!.Received, Is.EqualTo(3), "the upload outlives the work folder");
        return Path.GetRelativePath(folder, staged.Path);
    }

    [Test]
    public async Task Stage_OfWhatIsNotComplete_OrAnothers_OrGone_GivesNothing()
    {
        var (begun, gone) = (Begin("anna"), Begin("anna") with { Sha256 = "5ha" });
        _store.Save(gone);
        Assert.That(await _store.StageAsync("anna", begun.Id, _data.Folder, CancellationToken.None), Is.Null);
        Assert.That(await _store.StageAsync("berta", gone.Id, _data.Folder, CancellationToken.None), Is.Null);
        Assert.That(await _store.StageAsync("anna", gone.Id, _data.Folder, CancellationToken.None), Is.Null, "it has no bytes");
    }

    [Test]
    public void ListExpired_OfAll_LeavesOutWhatHasNot_AndRemovesWhatNobodyCanHave()
    {
        var (old, young, damaged) = (Begin("anna", Now.AddDays(-1)), Begin("berta", Now.AddDays(1)), Begin("berta", Now.AddDays(1)));
        var remains = Folder(damaged);
        File.WriteAllText(Path.Combine(remains, "upload.json"), "{");
        _store.Hold(old, new(Guid.Empty));
        Assert.That(_store.ListExpired(Now).Select(upload => upload.Id), Is.EqualTo(new[] { old.Id }));
        Assert.That((_store.JobsOf(old), _store.JobsOf(young)), Is.EqualTo((new JobId[] { new(Guid.Empty) }, Array.Empty<JobId>())));
        Assert.That(Directory.Exists(remains), Is.True, "it may be on its way");
        Assert.That(_store.ListExpired(Now.AddHours(23)).Count(), Is.EqualTo(1));
        Assert.That(_store.ListExpired(Now.AddDays(2)).Count(), Is.EqualTo(2));
        Assert.That(Directory.Exists(remains), Is.False);
    }

    private FolderUploadStore NewStore() => new(_data.Options, Options.Create(new UploadOptions { Lifetime = TimeSpan.FromDays(1) }));

    private Upload Begin(string owner, DateTimeOffset? expires = null)
    {
        var upload = new Upload(Upload.NewId(Now), owner, Now, expires ?? Now.AddDays(1));
        _store.Add(upload);
        return upload;
    }

    private void Write(Upload upload, string text)
    {
        using var content = _store.Open(upload)!;
        content.Write(System.Text.Encoding.ASCII.GetBytes(text));
        _store.Flush(content);
    }

    private string Folder(Upload upload) => Directory.GetDirectories(Path.Combine(_data.Folder, "data", "uploads"), upload.Id, SearchOption.AllDirectories).Single();
}
