using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Files that callers send to be inputs.</summary>
/// <remarks>draft-ietf-httpbis-resumable-upload; RFC 9530</remarks>
internal sealed class UploadTests : ServerTests
{
    private const string Partial = "application/partial-upload";
    private const string Tiff = """{ "type": "string", "contentMediaType": "image/tiff", "contentEncoding": "binary" }""";

    private static readonly byte[] File = RandomNumberGenerator.GetBytes(300_000);
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(File));

    private static readonly Package Stat = Package.Running("sha256sum /job/inputs/scene/* | tr -s ' ' '\\n'")
        .Taking("scene", Tiff).Giving("text", """{ "type": "string", "contentMediaType": "text/plain" }""")
        .Binding("outputBindings", "text", """{ "stdout": true }""");

    [Test]
    public async Task Create_OfAFile_TellsWhereItIsAndItsChecksum_AndAJobGetsIt()
    {
        var made = await SendAsync("POST", "/uploads", File, "image/tiff", ("Content-Disposition", "attachment; filename=\"../my scene.tif\""), ("Repr-Digest", DigestOf(File)), ("Content-Digest", DigestOf(File)));
        Assert.That(made.Status, Is.EqualTo(HttpStatusCode.Created), made.Text);
        var href = made.Json["href"]!.GetValue<string>();
        Assert.That(made.Headers.Location!.ToString(), Is.EqualTo(href));
        Assert.That(Members(made, "name", "type", "length", "received", "sha256", "complete"), Is.EqualTo($"../my scene.tif image/tiff {File.Length} {File.Length} {Sha256} true"));
        Assert.That(made.Json["expires"]!.GetValue<DateTimeOffset>() - made.Json["created"]!.GetValue<DateTimeOffset>(), Is.EqualTo(TimeSpan.FromDays(1)));
        Assert.That((await Server.GetAsync(new Uri(href).AbsolutePath)).Text, Is.EqualTo(made.Text));
        Assert.That((await Server.GetAsync("/uploads?limit=1")).Json["uploads"]![0]!.ToJsonString(), Is.EqualTo(made.Json.ToJsonString()));

        await Server.DeployAsync(Stat);
        var inputs = new JsonObject { ["scene"] = new JsonObject { ["href"] = href } }.ToJsonString();
        var job = (await Server.RunAsync(Stat.Id, $$"""{"inputs": {{inputs}} }""")).Json;
        var path = $"/jobs/{job["jobID"]}";
        Assert.That((await Server.GetAsync($"{path}/results/text")).Text, Is.EqualTo($"{Sha256}\n/job/inputs/scene/my_scene.tif\n"), job.ToJsonString());
        var asked = (await Server.GetAsync($"{path}/inputs")).Json;
        Assert.That((asked["inputs"]!.ToJsonString(), asked["files"]!["/job/inputs/scene/my_scene.tif"]!.GetValue<string>()), Is.EqualTo((inputs, Sha256)));
    }

    /// <remarks>As curl sends what it is not told the type of.</remarks>
    [Test]
    public async Task Create_OfABodyThatIsCalledAForm_IsNotReadAsOne_AndHasNoType()
    {
        var made = await SendAsync("POST", "/uploads", "a=b&uploadId=c"u8.ToArray(), "application/x-www-form-urlencoded");
        Assert.That((made.Status, made.Json["type"], Members(made, "received")), Is.EqualTo((HttpStatusCode.Created, null as JsonNode, "14")));
        var refused = await SendAsync("POST", "/uploads", "--x"u8.ToArray(), "multipart/form-data; boundary=x");
        Assert.That((refused.Status, refused.Json["detail"]!.GetValue<string>()), Is.EqualTo((HttpStatusCode.UnsupportedMediaType, "Send the file itself as the body, not a form that holds it: curl --data-binary @file, not -F.")));
    }

    [Test]
    public async Task Append_ToAnUploadThatWasBegun_GoesOnWhereItStands_AndNowhereElse()
    {
        var begun = await SendAsync("POST", "/uploads", File[..1000], "image/tiff", ("Upload-Complete", "?0"), ("Upload-Length", $"{File.Length}"));
        Assert.That((begun.Status, State(begun)), Is.EqualTo((HttpStatusCode.Created, $"1000 ?0 {File.Length} max-size=10737418240")));
        var path = begun.Headers.Location!.AbsolutePath;

        var elsewhere = await AppendAsync(path, 999, File[999..], "?1");
        Assert.That((elsewhere.Status, elsewhere.Type), Is.EqualTo((HttpStatusCode.Conflict, "https://iana.org/assignments/http-problem-types#mismatching-upload-offset")));
        Assert.That((State(elsewhere), Members(elsewhere, "expected-offset", "provided-offset")), Is.EqualTo(("1000 ?0", "1000 999")));

        Assert.That(State(await AppendAsync(path, 1000, File[1000..200_000], "?0")), Is.EqualTo($"200000 ?0 {File.Length} max-size=10737418240"));
        var tooMany = await AppendAsync(path, 200_000, [.. File[200_000..], 1], "?1");
        var tooFew = await AppendAsync(path, 200_000, File[200_000..^1], "?1");
        foreach (var inconsistent in (Answer[])[tooMany, tooFew])
            Assert.That((inconsistent.Status, inconsistent.Type), Is.EqualTo((HttpStatusCode.BadRequest, "https://iana.org/assignments/http-problem-types#inconsistent-upload-length")));
        Assert.That(State(await Server.SendAsync(HttpMethod.Head, path)), Is.EqualTo($"200000 ?0 {File.Length} max-size=10737418240"));

        var ended = await AppendAsync(path, 200_000, File[200_000..], "?1");
        Assert.That((ended.Status, State(ended), Members(ended, "sha256")), Is.EqualTo((HttpStatusCode.OK, $"300000 ?1 {File.Length} max-size=10737418240", Sha256)));
        var again = await AppendAsync(path, File.Length, [], "?1");
        Assert.That((again.Status, again.Type), Is.EqualTo((HttpStatusCode.BadRequest, "https://iana.org/assignments/http-problem-types#completed-upload")));
    }

    [TestCase("POST", "Repr-Digest")]
    [TestCase("POST", "Content-Digest")]
    public async Task Create_OfAFileWithAnotherChecksum_IsRefused_AndNothingIsKept(string method, string header)
    {
        var before = await CountAsync();
        var refused = await SendAsync(method, "/uploads", File, "image/tiff", (header, DigestOf(File[1..])));
        Assert.That((refused.Status, refused.Pointers()), Is.EqualTo((HttpStatusCode.BadRequest, new[] { header })));
        Assert.That(await CountAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Append_OfAPieceWithAnotherChecksum_IsRefused_AndOnlyThePieceIsLost()
    {
        var path = await BeginAsync(("Repr-Digest", $"md5=:AAAA:, {DigestOf(File)}"));
        Assert.That((await AppendAsync(path, 0, File[..100], "?0", ("Content-Digest", DigestOf(File[..100])))).Status, Is.EqualTo(HttpStatusCode.OK));
        var refused = await AppendAsync(path, 100, File[100..], "?1", ("Content-Digest", DigestOf(File)));
        Assert.That((refused.Status, refused.Pointers()), Is.EqualTo((HttpStatusCode.BadRequest, new[] { "Content-Digest" })));
        Assert.That(State(await Server.GetAsync(path)), Does.StartWith("100 ?0"));
        Assert.That(Members(await AppendAsync(path, 100, File[100..], "?1"), "sha256"), Is.EqualTo(Sha256));
    }

    [Test]
    public async Task Append_OfTheRestOfAnotherFileThanWasAnnounced_IsRefused_AndNothingIsKept()
    {
        var path = await BeginAsync(("Repr-Digest", DigestOf(File)));
        await AppendAsync(path, 0, File[..100], "?0");
        var refused = await AppendAsync(path, 100, File[101..], "?1");
        Assert.That((refused.Status, refused.Pointers()), Is.EqualTo((HttpStatusCode.BadRequest, new[] { "Repr-Digest" })));
        Assert.That((await Server.GetAsync(path)).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase("Upload-Complete", "1")]
    [TestCase("Upload-Length", "-1")]
    [TestCase("Repr-Digest", "sha-256=abc")]
    [TestCase("Content-Digest", "sha-256=:*:")]
    public async Task Create_WithAHeaderThatIsNone_NamesIt(string header, string value)
    {
        var refused = await SendAsync("POST", "/uploads", [], "image/tiff", (header, value));
        Assert.That((refused.Status, refused.Pointers()), Is.EqualTo((HttpStatusCode.BadRequest, new[] { header })));
    }

    [Test]
    public async Task Append_WithoutItsHeaders_OrAsAnotherType_IsRefused()
    {
        var path = await BeginAsync();
        var refused = await SendAsync("PATCH", path, [1], Partial);
        Assert.That((refused.Status, refused.Pointers()), Is.EqualTo((HttpStatusCode.BadRequest, new[] { "Upload-Offset", "Upload-Complete" })));
        Assert.That((await SendAsync("PATCH", path, [1], "image/tiff", ("Upload-Offset", "0"), ("Upload-Complete", "?1"))).Status, Is.EqualTo(HttpStatusCode.UnsupportedMediaType));
        Assert.That(State(await Server.GetAsync(path)), Does.StartWith("0 ?0"));
    }

    /// <remarks>The connection is cut in the middle of a piece, more than once, until all has arrived.</remarks>
    [Test]
    public async Task Append_WhoseConnectionIsCut_KeepsWhatHasArrived_AndIsGoneOnWith()
    {
        var path = await BeginAsync(("Repr-Digest", DigestOf(File)));
        foreach (var upTo in (int[])[70_000, 150_001])
        {
            var from = await ReceivedAsync(path);
            using (var connection = await RawRequest.ConnectAsync(Server))
            {
                var head = $"PATCH {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {Partial}\r\nUpload-Offset: {from}\r\nUpload-Complete: ?1\r\nContent-Length: {File.Length - from}\r\n\r\n";
                await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
                await connection.GetStream().WriteAsync(File.AsMemory(from, upTo - from));
                await UntilAsync(async () => await ReceivedAsync(path) == upTo);
                var busy = await AppendAsync(path, upTo, File[upTo..], "?1");
                Assert.That((busy.Status, busy.Headers.RetryAfter!.ToString()), Is.EqualTo((HttpStatusCode.ServiceUnavailable, "5")), "the other connection may still bring something");
            }
        }

        Answer ended = null!;
        await UntilAsync(async () => (ended = await AppendAsync(path, 150_001, File[150_001..], "?1")).Status != HttpStatusCode.ServiceUnavailable);
        Assert.That((ended.Status, Members(ended, "sha256")), Is.EqualTo((HttpStatusCode.OK, Sha256)));
    }

    [Test]
    public async Task Create_WhoseConnectionIsCut_LeavesNothing_UnlessItSaysThatItCanGoOn()
    {
        var before = await CountAsync();
        foreach (var (header, more) in ((string, int)[])[("", 0), ("Upload-Complete: ?1\r\n", 1)])
        {
            using (var connection = await RawRequest.ConnectAsync(Server))
            {
                await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /uploads HTTP/1.1\r\nHost: localhost\r\n{header}Content-Length: 100\r\n\r\nhalf"));
                await UntilAsync(async () => (await Server.GetAsync("/uploads?limit=1")).Json["uploads"]![0] is { } newest && newest["length"]!.GetValue<long>() == 100 && newest["received"]!.GetValue<long>() == 4);
            }

            await UntilAsync(async () => await CountAsync() == before + more);
        }
    }

    [Test]
    public async Task Execute_WithAnUploadThatIsNotComplete_OrAnotherType_IsRefused_WithItsPlace()
    {
        await Server.DeployAsync(Stat);
        var begun = await BeginAsync();
        var refused = await Server.ExecuteAsync(Stat.Id, $$"""{"inputs": {"scene": {"href": "{{begun}}"} } }""");
        Assert.That((refused.Status, refused.Pointers()), Is.EqualTo((HttpStatusCode.BadRequest, new[] { "/inputs/scene/href" })));
        var text = (await SendAsync("POST", "/uploads", [1], "text/plain")).Headers.Location;
        refused = await Server.ExecuteAsync(Stat.Id, $$"""{"inputs": {"scene": {"href": "{{text}}"} } }""");
        Assert.That((refused.Status, refused.Pointers()), Is.EqualTo((HttpStatusCode.BadRequest, new[] { "/inputs/scene" })));
    }

    [Test]
    public async Task Delete_OfAnUpload_TakesItAway()
    {
        var path = await BeginAsync();
        Assert.That((await Server.DeleteAsync(path)).Status, Is.EqualTo(HttpStatusCode.NoContent));
        foreach (var gone in (Answer[])[await Server.GetAsync(path), await Server.DeleteAsync(path), await AppendAsync(path, 0, [1], "?1")])
            Assert.That(gone.Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Delete_WhileAJobWaits_TakesItFromEverybodyElse_AndNotFromTheJob()
    {
        using var server = new Server(("Runner:MaxConcurrentJobs", "1"), ("Reuse:Enabled", "true"));
        var busy = Package.Running("until [ -e /job/outputs/never ]; do sleep 0.1; done");
        await server.DeployAsync(busy);
        await server.DeployAsync(Stat);
        var before = (await server.ExecuteAsync(busy.Id, "{}", "respond-async")).Json["jobID"]!.GetValue<string>();
        await server.UntilAsync(before, status => status["status"]!.GetValue<string>() == "running");
        var upload = (await server.PostAsync("/uploads", "II*", mediaType: "image/tiff")).Headers.Location!;
        var inputs = $$"""{"inputs": {"scene": {"href": "{{upload}}"} } }""";
        var waiting = (await server.ExecuteAsync(Stat.Id, inputs, "respond-async")).Json["jobID"]!.GetValue<string>();

        Assert.That((await server.DeleteAsync(upload.AbsolutePath)).Status, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await server.GetAsync(upload.AbsolutePath)).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await server.ExecuteAsync(Stat.Id, inputs, "respond-async")).Pointers(), Is.EqualTo(new[] { "/inputs/scene/href" }));
        await server.DeleteAsync($"/jobs/{before}");
        var ended = await server.EndOfAsync(waiting);
        Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.Text);

        // The same file under another address is the same input.
        upload = (await server.PostAsync("/uploads", "II*", mediaType: "image/tiff")).Headers.Location!;
        var again = await server.AskAsync(
            "POST", $"/processes/{Stat.Id}/execution", $$"""{"inputs": {"scene": {"href": "{{upload}}"} } }""", ("Cache-Control", "max-age=3600"), ("Prefer", "respond-async"));
        Assert.That((await server.EndOfAsync(again.Json["jobID"]!.GetValue<string>())).Json["reusedFrom"]!.GetValue<string>(), Is.EqualTo(waiting));

        var told = (await server.GetAsync("/admin/audit")).Json["events"]!.AsArray().Where(one => one!["action"]!.GetValue<string>().StartsWith("upload.", StringComparison.Ordinal)).ToList();
        Assert.That(told.Select(one => one!["action"]!.GetValue<string>()), Is.EqualTo(new[] { "upload.create", "upload.delete", "upload.create" }));
        Assert.That(told[0]!["subject"]!.GetValue<string>(), Is.EqualTo(upload.Segments[^1]));
    }

    [Test]
    public async Task Limits_AreKept_AndUploadsExpire()
    {
        var clock = new LateClock();
        using var server = new Server(
            services => services.AddSingleton<TimeProvider>(clock),
            ("Uploads:MaxBytes", "300000"), ("Uploads:Lifetime", "01:00:00"), ("Uploads:MaxPerCaller", "3"), ("Quotas:MaxStoredBytes", "500000"), ("Api:MaxRequestBytes", "1024"),
            ("Retention:SweepInterval", "00:00:00.1"));
        var first = await MakeAsync(File);
        Assert.That(first.Status, Is.EqualTo(HttpStatusCode.Created), "more than other requests may have");
        Assert.That((await MakeAsync([.. File, 1])).Status, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        foreach (var isChunked in (bool[])[false, true])
            Assert.That((await MakeAsync(File[..200_001], isChunked)).Status, Is.EqualTo(HttpStatusCode.Forbidden), "more than a caller may keep");
        Assert.That((await MakeAsync([])).Status, Is.EqualTo(HttpStatusCode.Created));
        Assert.That((await MakeAsync([])).Status, Is.EqualTo(HttpStatusCode.Created));
        var tooMany = await MakeAsync([]);
        Assert.That((tooMany.Status, tooMany.Headers.RetryAfter!.Delta), Is.EqualTo((HttpStatusCode.TooManyRequests, TimeSpan.FromHours(1))).Within(TimeSpan.FromMinutes(1)));

        clock.Late = TimeSpan.FromHours(1);
        Assert.That((await server.GetAsync(first.Headers.Location!.AbsolutePath)).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await server.GetAsync("/uploads")).Json["uploads"]!.AsArray(), Is.Empty);
        clock.Late = TimeSpan.FromHours(1.5);
        await UntilAsync(() => Task.FromResult(Directory.GetDirectories(Path.Combine(server.Folder, "uploads"), "*-*", SearchOption.AllDirectories).Length == 0));

        async Task<Answer> MakeAsync(byte[] content, bool isChunked = false)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/uploads") { Content = new ByteArrayContent(content), Headers = { TransferEncodingChunked = isChunked } };
            // A refusal may come before the body, of which the server then reads no more.
            request.Headers.ExpectContinue = true;
            using var response = await server.Http.SendAsync(request);
            return await Answer.ReadAsync(response);
        }
    }

    private static string DigestOf(byte[] bytes) => $"sha-512=:{Convert.ToBase64String(SHA512.HashData(bytes))}:, sha-256=:{Convert.ToBase64String(SHA256.HashData(bytes))}:";

    private static string Members(Answer answer, params string[] names) => string.Join(' ', names.Select(name => answer.Json[name]?.ToString()));

    /// <summary>Where the headers say that an upload stands.</summary>
    private static string State(Answer answer) =>
        string.Join(' ', ((string[])["Upload-Offset", "Upload-Complete", "Upload-Length", "Upload-Limit"]).SelectMany(name => answer.Headers.TryGetValues(name, out var values) ? values : []));

    private static async Task<int> CountAsync() => (await Server.GetAsync("/uploads?limit=10000")).Json["uploads"]!.AsArray().Count;

    private static async Task<int> ReceivedAsync(string path) => (await Server.GetAsync(path)).Json["received"]!.GetValue<int>();

    private static async Task<string> BeginAsync(params (string Name, string Value)[] headers) =>
        (await SendAsync("POST", "/uploads", [], "image/tiff", [("Upload-Complete", "?0"), .. headers])).Headers.Location!.AbsolutePath;

    private static Task<Answer> AppendAsync(string path, int offset, byte[] content, string complete, params (string Name, string Value)[] headers) =>
        SendAsync("PATCH", path, content, Partial, [("Upload-Offset", $"{offset}"), ("Upload-Complete", complete), .. headers]);

    private static async Task<Answer> SendAsync(string method, string path, byte[] content, string mediaType, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content.Headers.TryAddWithoutValidation(name, value);
        using var response = await Server.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    private static async Task UntilAsync(Func<Task<bool>> isReached)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(30); DateTime.UtcNow < deadline; await Task.Delay(20))
            if (await isReached()) return;
        Assert.Fail("It has not come to that within half a minute.");
    }

    private sealed class LateClock : TimeProvider
    {
        public TimeSpan Late { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Late;
    }
}
