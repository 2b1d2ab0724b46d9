using OgcProcesses.Application.Common;

namespace OgcProcesses.Application.UnitTests.Common;

internal sealed class MediaTypesTests
{
    [TestCase("scene.tif", "image/tiff")]
    [TestCase("scene.TIF", "image/tiff")]
    [TestCase("map.geojson", "application/geo+json")]
    [TestCase("cube.nc", "application/x-netcdf")]
    [TestCase("blob", "application/octet-stream")]
    [TestCase("a.unknown", "application/octet-stream")]
    public void OfFile_GoesByTheExtension(string name, string mediaType) => Assert.That(MediaTypes.OfFile(name), Is.EqualTo(mediaType));

    [TestCase("image/tiff; application=geotiff", ".tif")]
    [TestCase("IMAGE/PNG", ".png")]
    [TestCase("application/x-whatever", "")]
    [TestCase(null, "")]
    public void ExtensionOf_IsTheUsualOne(string? mediaType, string extension) => Assert.That(MediaTypes.ExtensionOf(mediaType), Is.EqualTo(extension));

    [TestCase("image/tiff; application=geotiff", "image/TIFF", true)]
    [TestCase("image/tiff", "image/png", false)]
    [TestCase(null, null, false)]
    public void AreSame_LeavesParametersAside(string? one, string? other, bool same) => Assert.That(MediaTypes.AreSame(one, other), Is.EqualTo(same));
}
