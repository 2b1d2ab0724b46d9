using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;

namespace OgcProcesses.S3Server;

/// <summary>An S3 server of its own with one bucket: OpenStack Swift with its s3api, on a free port and in a temporary folder.</summary>
public sealed class BucketServer : IAsyncDisposable
{
    /// <summary>The access key that it knows.</summary>
    public const string AccessKey = "test:tester";

    /// <summary>The secret of the access key.</summary>
    public const string SecretKey = "testing";

    /// <summary>Its bucket.</summary>
    public const string Bucket = "outputs";

    private const string Python = "/usr/bin/python3";

    private readonly string _folder = Directory.CreateTempSubdirectory("ogc-s3-").FullName;
    private readonly int _port;
    private Process? _process;

    private BucketServer(int port)
    {
        _port = port;
        Client = new AmazonS3Client(
            new BasicAWSCredentials(AccessKey, SecretKey), new AmazonS3Config { ServiceURL = Url, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
    }

    /// <summary>Why there can be no server here; null when there can.</summary>
    public static string? Obstacle { get; } = File.Exists(Python) && File.Exists("/usr/lib/python3/dist-packages/swift/proxy/server.py")
        ? null
        : "Needs OpenStack Swift: install Debian's packages swift-proxy, swift-account, swift-container and swift-object.";

    /// <summary>Where it is reached.</summary>
    public string Url => $"http://127.0.0.1:{_port}";

    /// <summary>Looks into it beside the server that is tested.</summary>
    public IAmazonS3 Client { get; }

    /// <summary>The settings of a server that keeps its outputs here.</summary>
    public IEnumerable<(string Key, string Value)> Settings(string prefix) =>
    [
        ("Outputs:Store", "S3"), ("Outputs:S3:ServiceUrl", Url), ("Outputs:S3:Bucket", Bucket), ("Outputs:S3:Prefix", prefix),
        ("Outputs:S3:AccessKey", AccessKey), ("Outputs:S3:SecretKey", SecretKey),
    ];

    /// <summary>Starts a server and makes its bucket.</summary>
    public static async Task<BucketServer> StartAsync()
    {
        var server = new BucketServer(FreePort());
        try
        {
            await server.StartAgainAsync();
            await server.Client.PutBucketAsync(Bucket);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The keys below a prefix.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync(string prefix) =>
        [.. ((await Client.ListObjectsV2Async(new() { BucketName = Bucket, Prefix = prefix })).S3Objects ?? []).Select(one => one.Key)];

    /// <summary>Ends the server at once; what it keeps stays.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Starts the server once more, at the same port.</summary>
    public async Task StartAgainAsync()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "s3server.py");
        _process = Process.Start(new ProcessStartInfo(Python, [script, _folder, $"{_port}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = _process.StandardError.ReadToEndAsync();
        if (await _process.StandardOutput.ReadLineAsync() != "ready") throw new InvalidOperationException($"The S3 server did not start: {await errors}");
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
