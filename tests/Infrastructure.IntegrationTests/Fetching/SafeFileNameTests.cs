using System.Net.Http.Headers;
using OgcProcesses.Infrastructure.Fetching;

namespace OgcProcesses.Infrastructure.IntegrationTests.Fetching;

public class SafeFileNameTests
{
    [TestCase("http://a/b/scene.tif?sig=x", "scene.tif")]
    [TestCase("http://a/b/", "b")]
    [TestCase("http://a/", "input")]
    [TestCase("http://a", "input")]
    [TestCase("http://a/%2e%2e%2fetc%2fpasswd", "passwd")]
    [TestCase("http://a/..%5c..%5cboot.ini", "boot.ini")]
    [TestCase("http://a/.bashrc", "bashrc")]
    [TestCase("http://a/-rf", "rf")]
    [TestCase("http://a/--...", "input")]
    [TestCase("http://a/%20%20", "input")]
    [TestCase("http://a/my%20file;rm$.tif", "my_file_rm_.tif")]
    [TestCase("http://a/%00null.tif", "_null.tif")]
    [TestCase("http://a/nul", "_nul")]
    [TestCase("http://a/COM1.tif", "_COM1.tif")]
    [TestCase("http://a/console.tif", "console.tif")]
    [TestCase("http://a/%E2%80%AEfit.exe", "_fit.exe")]
    [TestCase("http://a/B%C3%A4ume.geojson", "B_ume.geojson")]
    public void For_ALink_IsItsLastSegmentMadeSafe(string link, string expected) =>
        Assert.That(SafeFileName.For(null, new Uri(link)), Is.EqualTo(expected));

    [TestCase("attachment; filename=\"dem.tif\"", "dem.tif")]
    [TestCase("attachment; filename=\"../../x.tif\"", "x.tif")]
    [TestCase("attachment; filename=\"a.tif\"; filename*=UTF-8''b%2Fc.tif", "c.tif")]
    [TestCase("attachment; filename=\"...\"", "link.tif")]
    [TestCase("attachment", "link.tif")]
    public void For_ANameGivenByTheServer_IsPreferred(string disposition, string expected) =>
        Assert.That(SafeFileName.For(ContentDispositionHeaderValue.Parse(disposition), new Uri("http://a/link.tif")), Is.EqualTo(expected));

    [Test]
    public void For_ALongName_KeepsItsExtension()
    {
        var name = SafeFileName.For(null, new Uri($"http://a/{new string('n', 300)}.tif"));
        Assert.That(name, Has.Length.EqualTo(128).And.EndsWith("n.tif"));
    }
}
