using System.Text.Json.Nodes;
using BitMiracle.LibTiff.Classic;
using Microsoft.AspNetCore.Builder;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>The demonstration on the Landsat scene, checked against an own computation from the scene's pixels.</summary>
internal sealed class NdviTests : ServerTests
{
    private static readonly string? Scene = Environment.GetEnvironmentVariable("OGC_TEST_SCENE");

    [Test]
    public async Task Ndvi_OfTheLandsatScene_IsWhatItsPixelsSay()
    {
        Assert.That(Scene, Is.Not.Null, "OGC_TEST_SCENE names the scene; build/test.sh sets it.");
        var statistics = (await RunAsync())["statistics"]!["value"]!;
        var expected = Statistics(Red(Scene!), NearInfrared(Scene!));
        Assert.That(statistics["validPixels"]!.GetValue<int>(), Is.EqualTo(expected.Count));
        Assert.That(statistics["min"]!.GetValue<double>(), Is.EqualTo(expected.Min).Within(1e-6));
        Assert.That(statistics["max"]!.GetValue<double>(), Is.EqualTo(expected.Max).Within(1e-6));
        Assert.That(statistics["mean"]!.GetValue<double>(), Is.EqualTo(expected.Mean).Within(1e-6));
        Assert.That(statistics["standardDeviation"]!.GetValue<double>(), Is.EqualTo(expected.StandardDeviation).Within(1e-6));
        Assert.That(statistics["histogram"]!["counts"]!.AsArray().Sum(count => count!.GetValue<int>()), Is.EqualTo(expected.Count));
    }

    [Test]
    public async Task Ndvi_QuickLookAndRaster_AreFilesOfTheirKind()
    {
        Assert.That(Scene, Is.Not.Null, "OGC_TEST_SCENE names the scene; build/test.sh sets it.");
        var results = await RunAsync();
        var picture = await Server.Http.GetByteArrayAsync(results["quicklook"]!["href"]!.GetValue<string>());
        var raster = await Server.Http.GetByteArrayAsync(results["ndvi"]!["href"]!.GetValue<string>());
        Assert.That(picture.Take(4), Is.EqualTo(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' }));
        using var tiff = Tiff.ClientOpen("ndvi", "r", new MemoryStream(raster), new TiffStream());
        Assert.That(tiff.GetField(TiffTag.IMAGEWIDTH)[0].ToInt(), Is.EqualTo(349));
        Assert.That(tiff.GetField(TiffTag.SAMPLEFORMAT)[0].ToInt(), Is.EqualTo((int)SampleFormat.IEEEFP));
    }

    [Test]
    public async Task Ndvi_BandThatIsNotThere_FailsWithTheProgramsOwnWords()
    {
        Assert.That(Scene, Is.Not.Null, "OGC_TEST_SCENE names the scene; build/test.sh sets it.");
        var failed = await ExecuteAsync(nirBand: 9);
        Assert.That(failed["status"]!.GetValue<string>(), Is.EqualTo("failed"));
        Assert.That(failed["message"]!.GetValue<string>(), Does.Contain("9"));
    }

    private static async Task<JsonNode> RunAsync()
    {
        var ended = await ExecuteAsync(nirBand: 4);
        Assert.That(ended["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.ToJsonString());
        return (await Server.GetAsync($"/jobs/{ended["jobID"]}/results")).Json;
    }

    private static async Task<JsonNode> ExecuteAsync(int nirBand)
    {
        await using var files = WebApplication.CreateSlimBuilder().Build();
        files.Urls.Add("http://127.0.0.1:0");
        files.MapGet("/scene.tif", () => Microsoft.AspNetCore.Http.Results.File(Scene!, "image/tiff"));
        await files.StartAsync();
        await Server.PostAsync("/processes", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "ndvi-package.json")));
        var request = $$"""{"inputs":{"image":{"href":"{{files.Urls.First()}}/scene.tif"},"nirBand":{{nirBand}} } }""";
        return (await Server.RunAsync("ndvi", request)).Json;
    }

    private static byte[] Red(string scene) => Band(scene, 3);

    private static byte[] NearInfrared(string scene) => Band(scene, 4);

    /// <summary>One band, counted from 1, of a byte image in either planar configuration.</summary>
    private static byte[] Band(string scene, int band)
    {
        using var tiff = Tiff.Open(scene, "r");
        var (width, height) = (tiff.GetField(TiffTag.IMAGEWIDTH)[0].ToInt(), tiff.GetField(TiffTag.IMAGELENGTH)[0].ToInt());
        var bands = tiff.GetField(TiffTag.SAMPLESPERPIXEL)[0].ToInt();
        var separate = tiff.GetField(TiffTag.PLANARCONFIG)[0].ToInt() == (int)PlanarConfig.SEPARATE;
        var pixels = new byte[width * height];
        var line = new byte[tiff.ScanlineSize()];
        for (var row = 0; row < height; row++)
        {
            tiff.ReadScanline(line, row, (short)(separate ? band - 1 : 0));
            for (var column = 0; column < width; column++)
                pixels[(row * width) + column] = separate ? line[column] : line[(column * bands) + band - 1];
        }

        return pixels;
    }

    private static (int Count, double Min, double Max, double Mean, double StandardDeviation) Statistics(byte[] red, byte[] nearInfrared)
    {
        var index = red.Zip(nearInfrared).Where(pixel => pixel.First + pixel.Second != 0)
            .Select(pixel => (pixel.Second - pixel.First) / (double)(pixel.Second + pixel.First)).ToList();
        var mean = index.Average();
        return (index.Count, index.Min(), index.Max(), mean, Math.Sqrt(index.Average(value => (value - mean) * (value - mean))));
    }
}
