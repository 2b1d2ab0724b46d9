using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>An image registry with one image of one layer, which it gives slowly, and only when told; of all others it knows nothing.</summary>
/// <remarks>https://distribution.github.io/distribution/spec/api/ as far as pulling goes.</remarks>
internal sealed class Registry : IAsyncDisposable
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";
    private const int Parts = 10;

    private static readonly TimeSpan BetweenParts = TimeSpan.FromMilliseconds(300);

    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication _app;
    private readonly byte[] _layer;
    private readonly byte[] _config;
    private readonly byte[] _manifest;

    private Registry(WebApplication app)
    {
        _app = app;
        var content = Tar();
        _layer = Zipped(content);
        _config = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64",
            os = "linux",
            config = new { Cmd = new[] { "/none" } },
            rootfs = new { type = "layers", diff_ids = new[] { Digest(content) } },
        });
        _manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = ManifestType,
            config = new { mediaType = "application/vnd.docker.container.image.v1+json", size = _config.Length, digest = Digest(_config) },
            layers = new[] { new { mediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip", size = _layer.Length, digest = Digest(_layer) } },
        });
    }

    /// <summary>The image as a package names it. Engines trust registries on the loopback without TLS.</summary>
    public string Image => $"{Host}/slow:1";

    public string Host => new Uri(_app.Urls.First()).Authority;

    /// <summary>Gives the layer to who waits for it.</summary>
    public void Go() => _go.TrySetResult();

    public static async Task<Registry> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var registry = new Registry(builder.Build());
        registry._app.Run(registry.AnswerAsync);
        await registry._app.StartAsync();
        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        Go();
        await Engine.RemoveImageAsync(Image);
        await _app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/v2/" => context.Response.WriteAsync("{}"),
        "/v2/slow/manifests/1" => SendAsync(context, _manifest, ManifestType),
        { } path when path == $"/v2/slow/manifests/{Digest(_manifest)}" => SendAsync(context, _manifest, ManifestType),
        { } path when path == $"/v2/slow/blobs/{Digest(_config)}" => SendAsync(context, _config, "application/octet-stream"),
        { } path when path == $"/v2/slow/blobs/{Digest(_layer)}" => SendAsync(context, _layer, "application/octet-stream", isSlow: true),
        _ => RefuseAsync(context),
    };

    private async Task SendAsync(HttpContext context, byte[] content, string mediaType, bool isSlow = false)
    {
        context.Response.ContentType = mediaType;
        context.Response.ContentLength = content.Length;
        context.Response.Headers["Docker-Content-Digest"] = Digest(content);
        if (HttpMethods.IsHead(context.Request.Method)) return;
        if (isSlow) await _go.Task.WaitAsync(context.RequestAborted);
        foreach (var part in content.Chunk(isSlow ? content.Length / Parts : content.Length))
        {
            await context.Response.Body.WriteAsync(part, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (isSlow) await Task.Delay(BetweenParts, context.RequestAborted);
        }
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return context.Response.WriteAsync("""{"errors":[{"code":"MANIFEST_UNKNOWN","message":"nobody has pushed such an image","detail":{}}]}""");
    }

    /// <summary>Of random bytes, which no other layer has and which don't compress.</summary>
    private static byte[] Tar()
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "data") { DataStream = new MemoryStream(RandomNumberGenerator.GetBytes(4_000_000)) });
        return tar.ToArray();
    }

    private static byte[] Zipped(byte[] content)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(content);
        return zipped.ToArray();
    }

    private static string Digest(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";
}
