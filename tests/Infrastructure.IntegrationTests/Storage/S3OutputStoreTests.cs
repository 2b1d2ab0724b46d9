using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging.Abstractions;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Storage;
using OgcProcesses.S3Server;

namespace OgcProcesses.Infrastructure.IntegrationTests.Storage;

/// <summary>The contract, and what is S3's own, on a real server.</summary>
internal sealed class S3OutputStoreTests : OutputStoreContract
{
    /// <summary>S3's least bytes of a part that is not the last.</summary>
    private const int SmallestPart = 5 << 20;

    private static BucketServer? _server;

    private readonly OutputOptions _options = new() { Store = OutputStoreKind.S3 };
    private readonly S3Client _client;
    private readonly S3OutputStore _store;

    public S3OutputStoreTests()
    {
        _options.S3 = new()
        {
            ServiceUrl = new(_server!.Url), Bucket = BucketServer.Bucket, Prefix = $"{Guid.NewGuid():N}/ogc",
            AccessKey = BucketServer.AccessKey, SecretKey = BucketServer.SecretKey,
        };
        (_client, _store) = Open(_options);
    }

    [OneTimeSetUp]
    public static async Task StartAsync()
    {
        if (BucketServer.Obstacle is { } obstacle) Assert.Ignore(obstacle);
        _server = await BucketServer.StartAsync();
    }

    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    protected override IOutputStore Store => _store;

    public override void Dispose()
    {
        _client.Dispose();
        base.Dispose();
    }

    [TestCase(SmallestPart)]
    [TestCase((2 * SmallestPart) + 1)]
    public async Task TakeAsync_AFileOfSeveralParts_IsReadBack(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);

        var file = await _store.TakeAsync(JobId.New(), "o", Written(content), None);

        Assert.That((file.Length, file.Sha256), Is.EqualTo((content.Length, Convert.ToHexStringLower(SHA256.HashData(content)))));
        await using var stream = (await _store.OpenAsync(file, None))!;
        Assert.That(await SHA256.HashDataAsync(stream), Is.EqualTo(SHA256.HashData(content)));
    }

    [Test]
    public async Task TakeAsync_BrokenOffInTheMiddle_LeavesNeitherFileNorParts()
    {
        using var stop = new CancellationTokenSource();
        _client.AfterResponseEvent += (_, told) =>
        {
            if (told is WebServiceResponseEventArgs { Request: UploadPartRequest }) stop.Cancel();
        };

        Assert.That(
            () => _store.TakeAsync(JobId.New(), "o", Written(new byte[3 * SmallestPart]), stop.Token), Throws.InstanceOf<OperationCanceledException>());

        Assert.That((await KeysAsync(), await UploadsAsync()), Is.EqualTo((Array.Empty<string>(), Array.Empty<string>())));

    }

    [Test]
    public async Task CopyAsync_AFileTooLargeForOneRequest_IsCopiedInParts()
    {
        var content = RandomNumberGenerator.GetBytes((2 * SmallestPart) + 1);
        var file = await _store.TakeAsync(JobId.New(), "o", Written(content), None);

        var copy = (await _store.CopyAsync(file, JobId.New(), None))!;

        await using var stream = (await _store.OpenAsync(copy, None))!;
        Assert.That(await SHA256.HashDataAsync(stream), Is.EqualTo(SHA256.HashData(content)));
    }

    [Test]
    public async Task CopyAsync_ALargeFileThatIsGone_IsNothing_AndLeavesNoParts()
    {
        var file = new StoredFile($"ab/{JobId.New()}/o/o.bin", "o.bin", 2L * SmallestPart, "");

        Assert.That(await _store.CopyAsync(file, JobId.New(), None), Is.Null);
        Assert.That(await UploadsAsync(), Is.Empty);
    }

    [Test]
    public async Task FindLinkAsync_WhenClientsAreRedirected_GivesTheFileToWhoeverHasTheLink()
    {
        _options.S3.Downloads = S3Downloads.Redirect;
        var file = await _store.TakeAsync(JobId.New(), "o", Data.File("a b ä.html", "<p>"), None);
        const string disposition = "attachment; filename=\"a b _.html\"; filename*=UTF-8''a%20b%20%C3%A4.html";

        var link = await _store.FindLinkAsync(file, "text/html", disposition, None);

        using var anybody = new HttpClient();
        using var answer = await anybody.GetAsync(link);
        var headers = answer.Content.Headers;
        Assert.That(
            (await answer.Content.ReadAsStringAsync(), headers.ContentType!.MediaType, headers.GetValues("Content-Disposition").Single()),
            Is.EqualTo(("<p>", "text/html", disposition)));
        Assert.That(link!.Query, Does.Contain("X-Amz-Expires=300").Or.Contain("X-Amz-Expires=299"));
        using var other = await anybody.GetAsync(link.AbsoluteUri.Replace("text%2Fhtml", "text%2Fplain", StringComparison.Ordinal));
        Assert.That((int)other.StatusCode, Is.EqualTo(403), "what is signed can't be changed");
    }

    [Test]
    public async Task FindLinkAsync_WhenTheServerGivesFiles_IsNone()
    {
        var file = await _store.TakeAsync(JobId.New(), "o", Data.File("o.txt"), None);
        Assert.That(await _store.FindLinkAsync(file, "text/plain", "inline", None), Is.Null);
    }

    [Test]
    public void Calls_WhenNobodyAnswers_FailAsTroubleOfTheStore()
    {
        _options.S3.ServiceUrl = new("http://127.0.0.1:9");
        var (client, store) = Open(_options);
        using (client)
        {
            Assert.Multiple(() =>
            {
                Assert.That(() => store.TakeAsync(JobId.New(), "o", Data.File("o.txt"), None), Throws.InstanceOf<OutputStoreException>().With.Message.EqualTo("it can't be reached"));
                Assert.That(() => store.OpenAsync(new("ab/c/d/e", "e", 1, ""), None), Throws.InstanceOf<OutputStoreException>());
            });
        }
    }

    [Test]
    public void OpenAsync_WhenThereIsNoBucket_FailsAsTroubleOfTheStore_NotAsAFileThatIsGone()
    {
        _options.S3.Bucket = "another";
        var (client, store) = Open(_options);
        using (client)
        {
            var failure = Assert.ThrowsAsync<OutputStoreException>(() => store.OpenAsync(new("ab/c/d/e", "e", 1, ""), None));
            Assert.That(failure!.Message, Is.EqualTo("it answered 404 (NoSuchBucket)"));
        }
    }

    [Test]
    public void Calls_WithAWrongSecret_FailAsTroubleOfTheStore_AndDoNotTellIt()
    {
        _options.S3.SecretKey = "Wr0ngSecret";
        var (client, store) = Open(_options);
        using (client)
        {
            var failure = Assert.ThrowsAsync<OutputStoreException>(() => store.TakeAsync(JobId.New(), "o", Data.File("o.txt"), None));
            Assert.That(failure!.Message, Is.EqualTo("it answered 403 (SignatureDoesNotMatch)"));
            Assert.That(failure.ToString(), Does.Not.Contain("Wr0ngSecret"));
        }
    }

    protected override async Task<IReadOnlyList<string>> KeysAsync() =>
        [.. (await _server!.KeysAsync(_options.S3.Prefix + "/")).Select(key => key[(_options.S3.Prefix.Length + 1)..])];

    private async Task<string[]> UploadsAsync()
    {
        var open = await _server!.Client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = BucketServer.Bucket, Prefix = _options.S3.Prefix });
        return [.. (open.MultipartUploads ?? []).Select(upload => upload.Key)];
    }

    private (S3Client Client, S3OutputStore Store) Open(OutputOptions options)
    {
        var wrapped = Microsoft.Extensions.Options.Options.Create(options);
        var client = new S3Client(wrapped);
        return (client, new(client, wrapped, Data.Options, TimeProvider.System, NullLogger<S3OutputStore>.Instance) { PartBytes = SmallestPart, LargestCopy = SmallestPart });
    }

    private string Written(byte[] content)
    {
        var path = Data.File("large.bin");
        File.WriteAllBytes(path, content);
        return path;
    }
}
