using System.IO.Compression;
using System.Net;
using OgcProcesses.S3Server;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Outputs that are kept in a bucket of a real S3 server.</summary>
internal sealed class BucketTests
{
    private const string Text = """{"type":"string","contentMediaType":"text/plain"}""";
    private const string Page = """{"type":"string","contentMediaType":"text/html"}""";
    private const string Prefix = "node/";

    private BucketServer _bucket = null!;
    private Server _server = null!;
    private string _process = "";

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        if (BucketServer.Obstacle is { } obstacle) Assert.Ignore(obstacle);
        _bucket = await BucketServer.StartAsync();
        _server = new Server([.. _bucket.Settings(Prefix)]);
        _process = await DeployAsync(_server);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        // Neither is there where the tests were skipped.
        if (_server is not null) await _server.DisposeAsync();
        if (_bucket is not null) await _bucket.DisposeAsync();
    }

    [Test]
    public async Task Result_ThroughTheServer_HasItsETagAndRanges()
    {
        var job = await RunAsync(_server, _process);

        var whole = await _server.GetAsync($"/jobs/{job}/results/text");
        var part = await _server.AskAsync("GET", $"/jobs/{job}/results/text", null, ("Range", "bytes=2-5"));
        var same = await _server.AskAsync("GET", $"/jobs/{job}/results/text", null, ("If-None-Match", $"{whole.Headers.ETag}"));

        Assert.That((whole.Text, whole.MediaType), Is.EqualTo(("0123456789\n", "text/plain")));
        Assert.That(((int)part.Status, part.Text, part.ContentHeaders.ContentRange?.ToString()), Is.EqualTo((206, "2345", "bytes 2-5/11")));
        Assert.That((int)same.Status, Is.EqualTo(304));
        Assert.That(Directory.Exists(Path.Combine(_server.Folder, "outputs")), Is.False, "nothing is kept beside the bucket");
    }

    [Test]
    public async Task Results_AsDocumentAndAsArchive_HoldTheFiles()
    {
        var job = await RunAsync(_server, _process, """{"outputs":{"text":{"transmissionMode":"value"},"page":{"transmissionMode":"value"}},"response":"document"}""");

        var document = await _server.GetAsync($"/jobs/{job}/results?f=json");
        await using var archive = await ZipArchive.CreateAsync(
            new MemoryStream((await _server.GetAsync($"/jobs/{job}/results?f=zip")).Body), ZipArchiveMode.Read, false, null);

        Assert.That(document.Json["text"]!["value"]!.GetValue<string>(), Is.EqualTo("0123456789\n"));
        Assert.That(archive.Entries.Select(entry => (entry.FullName, entry.Length)), Is.EqualTo(new[] { ("text.txt", 11L), ("page.html", 5L) }));
    }

    [Test]
    public async Task Result_ByRedirect_IsHadFromTheBucketByAnybody()
    {
        await using var server = new Server([.. _bucket.Settings("redirecting/"), ("Outputs:S3:Downloads", "Redirect")]);
        var job = await RunAsync(server, await DeployAsync(server));
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = server.Http.BaseAddress };

        using var redirect = await http.GetAsync($"/jobs/{job}/results/page");
        using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/jobs/{job}/results/page"));
        using var asked = new HttpRequestMessage(HttpMethod.Get, $"/jobs/{job}/results/page");
        asked.Headers.TryAddWithoutValidation("If-None-Match", $"{head.Headers.ETag}");
        using var same = await http.SendAsync(asked);
        using var file = await http.GetAsync(redirect.Headers.Location);

        Assert.That((redirect.StatusCode, redirect.Headers.CacheControl!.NoStore), Is.EqualTo((HttpStatusCode.TemporaryRedirect, true)));
        Assert.That($"{redirect.Headers.Location}", Does.StartWith($"{_bucket.Url}/{BucketServer.Bucket}/redirecting/"));
        Assert.That((head.StatusCode, same.StatusCode), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.NotModified)), "of the file's state the server tells itself");
        Assert.That((await file.Content.ReadAsStringAsync(), file.Content.Headers.ContentType!.MediaType), Is.EqualTo(("<p>1\n", "text/html")));
        Assert.That(file.Content.Headers.ContentDisposition!.DispositionType, Is.EqualTo("attachment"), "what runs in a browser is saved");
    }

    [Test]
    public async Task Execute_WithARawAnswer_IsNeverRedirected()
    {
        await using var server = new Server([.. _bucket.Settings("executing/"), ("Outputs:S3:Downloads", "Redirect")]);
        var process = await DeployAsync(server);

        var answer = await server.ExecuteAsync(process, """{"outputs":{"text":{"transmissionMode":"value"}},"response":"raw"}""");

        Assert.That(((int)answer.Status, answer.Text), Is.EqualTo((200, "0123456789\n")));
    }

    [Test]
    public async Task Dismiss_OfAJob_RemovesItsObjects()
    {
        var job = await RunAsync(_server, _process);
        var folder = $"{Prefix}{job[..2]}/{job}/";
        var before = await _bucket.KeysAsync(folder);

        await _server.DeleteAsync($"/jobs/{job}");

        Assert.That((before.Count, await _bucket.KeysAsync(folder)), Is.EqualTo((2, Array.Empty<string>())));
    }

    [Test]
    public async Task Bucket_ThatIsAway_IsWaitedFor_AndNoProgramRunsAgain()
    {
        var earlier = await RunAsync(_server, _process);
        await _bucket.KillAsync();
        string job;
        try
        {
            job = (await _server.ExecuteAsync(_process, "{}", "respond-async")).Json["jobID"]!.GetValue<string>();
            await _server.UntilAsync(job, status => status["message"]?.GetValue<string>() == "Waiting for the output store: it can't be reached");
            var unread = await _server.GetAsync($"/jobs/{earlier}/results/text");
            Assert.That(((int)unread.Status, unread.Headers.RetryAfter?.ToString()), Is.EqualTo((503, "10")), unread.Text);
        }
        finally
        {
            await _bucket.StartAgainAsync();
        }

        var ended = await _server.EndOfAsync(job);
        Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.Text);
        Assert.That((await _server.GetAsync($"/jobs/{job}/results/page")).Text, Is.EqualTo("<p>1\n"), "its only attempt");
    }

    [TestCase("Outputs:S3:SecretKey", "wrong", "403")]
    [TestCase("Outputs:S3:Bucket", "none", "404")]
    public async Task Bucket_ThatIsNotToBeUsed_IsToldToTheOperator(string setting, string value, string status)
    {
        await using var server = new Server([.. _bucket.Settings(Prefix), (setting, value)]);

        var ready = await server.GetAsync("/health/ready");

        Assert.That((int)ready.Status, Is.EqualTo(503));
        Assert.That(ready.Json["checks"]!["outputs"]!["detail"]!.GetValue<string>(), Does.StartWith($"The store of outputs fails: it answered {status} ("));
    }

    private static async Task<string> DeployAsync(Server server)
    {
        var package = Package.Running("echo 0123456789 > text.txt; echo \"<p>$OGC_ATTEMPT\" > page.html").Giving("text", Text).Giving("page", Page);
        await server.DeployAsync(package);
        return package.Id;
    }

    private static async Task<string> RunAsync(Server server, string process, string request = "{}")
    {
        var ended = await server.RunAsync(process, request);
        Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.Text);
        return ended.Json["jobID"]!.GetValue<string>();
    }
}
