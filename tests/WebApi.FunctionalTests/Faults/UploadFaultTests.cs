using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace OgcProcesses.WebApi.FunctionalTests.Faults;

/// <summary>Uploads to a server that is killed, to a full disk, and larger than memory should get.</summary>
[Platform("Linux")]
internal sealed class UploadFaultTests
{
    private static readonly byte[] File = RandomNumberGenerator.GetBytes(5 << 20);

    private string _folder = "";
    private ServerProcess _server = null!;
    private HttpClient _http = null!;

    [SetUp]
    public void Begin()
    {
        _folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;
        _http = new();
    }

    [TearDown]
    public void End()
    {
        _http.Dispose();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Upload_WhoseServerIsKilledInTheMiddle_IsGoneOnWith_AndIsAnInput()
    {
        _server = new ServerProcess(_folder);
        await _server.StartAsync();
        var package = Package.Running("sha256sum </job/inputs/file/input").Taking("file", """{ "type": "string", "contentEncoding": "binary" }""")
            .Giving("sum", """{ "type": "string" }""").Binding("outputBindings", "sum", """{ "stdout": true }""");
        await _server.DeployAsync(package);
        var begun = await SendAsync(HttpMethod.Post, "/uploads", [], ("Upload-Complete", "?0"));
        var path = begun.Headers.Location!.AbsolutePath;

        using (var connection = new TcpClient())
        {
            var server = new Uri(_server.Url);
            await connection.ConnectAsync(server.Host, server.Port);
            var head = $"PATCH {path} HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: application/partial-upload\r\nUpload-Offset: 0\r\nUpload-Complete: ?1\r\nContent-Length: {File.Length}\r\n\r\n";
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
            await connection.GetStream().WriteAsync(File.AsMemory(0, 3 << 20));
            for (var deadline = DateTime.UtcNow.AddSeconds(30); await ReceivedAsync(path) < 3 << 20; await Task.Delay(20)) Assert.That(DateTime.UtcNow, Is.LessThan(deadline));
            await _server.KillAsync();
        }

        await _server.StartAsync();
        Assert.That(await ReceivedAsync(path), Is.EqualTo(3 << 20));
        var ended = await SendAsync(HttpMethod.Patch, path, File[(3 << 20)..], ("Upload-Offset", $"{3 << 20}"), ("Upload-Complete", "?1"));
        Assert.That((ended.Status, ended.Json["sha256"]!.GetValue<string>()), Is.EqualTo((HttpStatusCode.OK, Convert.ToHexStringLower(SHA256.HashData(File)))));

        var jobId = await _server.ExecuteAsync(package.Id, $$"""{ "inputs": { "file": { "href": "{{path}}" } } }""");
        await _server.UntilAsync(jobId, status => status["status"]!.GetValue<string>() is "successful" or "failed");
        Assert.That((await _server.GetAsync($"/jobs/{jobId}/results"))["sum"]!.GetValue<string>(), Does.StartWith(Convert.ToHexStringLower(SHA256.HashData(File))));
    }

    [Test]
    public async Task Upload_ToADiskThatIsFull_OrIsFilledByIt_IsRefused_AndLeavesNothing()
    {
        await using var disk = await OwnDisk.MountAsync(Path.Combine(_folder, "uploads"), "size=8m");
        _server = new ServerProcess(_folder, "--Runner:MinFreeBytes", $"{2 << 20}");
        await _server.StartAsync();
        Assert.That((await SendAsync(HttpMethod.Post, "/uploads", File[..(3 << 20)])).Status, Is.EqualTo(HttpStatusCode.Created));
        foreach (var isChunked in (bool[])[false, true])
        {
            var refused = await SendAsync(HttpMethod.Post, "/uploads", [.. File, .. File], ("Transfer-Encoding", isChunked ? "chunked" : ""));
            Assert.That(refused.Status, Is.EqualTo(HttpStatusCode.InsufficientStorage), refused.Text);
        }

        Assert.That((await _server.GetAsync("/uploads"))["uploads"]!.AsArray(), Has.Count.EqualTo(1));
        await _server.StopAsync();
    }

    [Test]
    public async Task Upload_OfMuch_TakesLittleMemory()
    {
        const long length = 384L << 20;
        _server = new ServerProcess(_folder);
        await _server.StartAsync();
        Assert.That((await SendAsync(HttpMethod.Post, "/uploads", File)).Status, Is.EqualTo(HttpStatusCode.Created), "everything that an upload needs is loaded");
        await System.IO.File.WriteAllTextAsync($"/proc/{_server.ProcessId}/clear_refs", "5");
        var before = PeakOf(_server.ProcessId);

        using var content = new StreamContent(new Zeros(length), 1 << 16);
        using var response = await _http.PostAsync($"{_server.Url}/uploads", content);
        Assert.That((await Answer.ReadAsync(response)).Json["received"]!.GetValue<long>(), Is.EqualTo(length));

        var more = PeakOf(_server.ProcessId) - before;
        TestContext.Out.WriteLine($"{length >> 20} MiB took {more >> 20} MiB more than {before >> 20} MiB.");
        Assert.That(more, Is.LessThan(64L << 20));
    }

    private static long PeakOf(int process) => 1024 * long.Parse(
        System.IO.File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        System.Globalization.CultureInfo.InvariantCulture);

    private async Task<long> ReceivedAsync(string path) => (await _server.GetAsync(path))["received"]!.GetValue<long>();

    private async Task<Answer> SendAsync(HttpMethod method, string path, byte[] content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, _server.Url + path) { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(method == HttpMethod.Patch ? "application/partial-upload" : "application/octet-stream");
        foreach (var (name, value) in headers)
        {
            if (name == "Transfer-Encoding") request.Headers.TransferEncodingChunked = value.Length > 0;
            else request.Headers.Add(name, value);
        }

        // What is refused by its length alone is not sent.
        request.Headers.ExpectContinue = true;
        using var response = await _http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>A file that needs no memory.</summary>
    private sealed class Zeros(long length) : Stream
    {
        private long _given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _given;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var given = (int)Math.Min(count, length - _given);
            Array.Clear(buffer, offset, given);
            _given += given;
            return given;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
