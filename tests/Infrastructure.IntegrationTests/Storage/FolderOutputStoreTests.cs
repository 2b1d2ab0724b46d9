using System.Text;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Infrastructure.IntegrationTests.Storage;

internal sealed class FolderOutputStoreTests : OutputStoreContract
{
    private readonly FolderOutputStore _store;

    public FolderOutputStoreTests() => _store = new FolderOutputStore(Data.Options);

    protected override IOutputStore Store => _store;

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
    public void AvailableBytes_BeforeAnythingIsStored_IsThatOfTheDisk() => Assert.That(Store.AvailableBytes, Is.Positive);

    protected override Task<IReadOnlyList<string>> KeysAsync()
    {
        var root = Path.Combine(Data.Folder, "data", "outputs");
        return Task.FromResult<IReadOnlyList<string>>(
            [.. Directory.GetFiles(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path))]);
    }
}
