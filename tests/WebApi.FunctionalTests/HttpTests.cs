using System.Text;
using System.Text.Json.Nodes;
using static OgcProcesses.WebApi.FunctionalTests.RawRequest;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>What clients may do in HTTP besides the common: methods, paths, bodies, versions.</summary>
internal sealed class HttpTests : ServerTests
{
    private const string NoJob = "00000000-0000-4000-8000-000000000000";

    [TestCase("/", "GET, HEAD, OPTIONS")]
    [TestCase("/processes", "GET, HEAD, OPTIONS, POST")]
    [TestCase("/processes/echo", "DELETE, GET, HEAD, OPTIONS, PUT")]
    [TestCase("/processes/none/execution", "OPTIONS, POST")]
    [TestCase("/jobs/" + NoJob, "DELETE, GET, HEAD, OPTIONS, PATCH")]
    [TestCase("/jobs/" + NoJob + "/results", "GET, HEAD, OPTIONS")]
    [TestCase("/" + NoJob, "GET, HEAD, OPTIONS")]
    [TestCase("/health/live", "GET, HEAD, OPTIONS")]
    public async Task EveryRoute_TellsItsMethods(string path, string methods)
    {
        var options = await Server.AskAsync("OPTIONS", path);
        var refused = await Server.AskAsync("PROPFIND", path, "{}");
        Assert.That(((int)options.Status, options.Text, Allowed(options)), Is.EqualTo((204, "", methods)));
        Assert.That(((int)refused.Status, Allowed(refused)), Is.EqualTo((405, methods)));
        Assert.That(refused.Json["status"]!.GetValue<int>(), Is.EqualTo(405));
    }

    [TestCase("OPTIONS", "/nowhere")]
    [TestCase("PATCH", "/nowhere")]
    [TestCase("OPTIONS", "/jobs/" + NoJob + "/results/out/first")]
    public async Task AnyMethod_OfAnUnknownPath_Is404(string method, string path)
    {
        var answer = await Server.AskAsync(method, path);
        Assert.That(((int)answer.Status, Allowed(answer)), Is.EqualTo((404, "")));
    }

    [TestCase("/processes/echo")]
    [TestCase("/jobs")]
    [TestCase("/processes/none")]
    [TestCase("/api")]
    public async Task Head_HasTheHeadersOfGet(string path)
    {
        var (head, got) = (await SendAsync(Server, Closing("HEAD", path)), await SendAsync(Server, Closing("GET", path)));
        Assert.That(BodyOf(head), Is.Empty);
        foreach (var header in (string[])["Content-Type", "Content-Length", "ETag", "Link", "Cache-Control"])
            Assert.That(HeaderOf(head, header), Is.EqualTo(HeaderOf(got, header)), header);
        Assert.That(StatusOf(head), Is.EqualTo(StatusOf(got)));
    }

    [Test]
    public async Task Head_OfAFile_HasItsLength()
    {
        var package = Package.Running("printf 12345 > picture.png").Giving("picture", """{"type":"string","contentEncoding":"binary","contentMediaType":"image/png"}""");
        await Server.DeployAsync(package);
        var job = await Server.RunAsync(package.Id, "{}");
        var head = await SendAsync(Server, Closing("HEAD", $"/jobs/{job.Json["jobID"]}/results/picture"));
        Assert.That((HeaderOf(head, "Content-Length"), BodyOf(head)), Is.EqualTo(("5", "")), head);
    }

    [TestCase("//processes///echo", 200)]
    [TestCase("/processes/echo/", 200)]
    [TestCase("/processes//", 200)]
    [TestCase("///", 200)]
    [TestCase("//evil.example/processes", 404)]
    [TestCase("//evil.example/%2e%2e", 200)]
    [TestCase("/processes/ec%2Fho", 404)]
    public async Task Path_WithRepeatedOrTrailingSlashes_IsThePathWithout(string path, int status)
    {
        var answer = await SendAsync(Server, Closing("GET", path));
        Assert.That((StatusOf(answer), HeaderOf(answer, "Location")), Is.EqualTo((status, (string?)null)));
        Assert.That(BodyOf(answer), Does.Not.Contain("//evil"));
    }

    [TestCase("PUT", "package")]
    [TestCase("POST", "package")]
    [TestCase("POST", "execution")]
    public async Task Body_WithoutMediaType_IsJsonWhereItIsAnObject(string method, string kind)
    {
        var package = Package.Running("true");
        if (method == "PUT") await Server.DeployAsync(package);
        var (path, body) = kind == "execution"
            ? ("/processes/echo/execution", """{"inputs":{"message":"m"}}""")
            : (method == "PUT" ? $"/processes/{package.Id}" : "/processes", package.ToString());
        var taken = await Server.SendAsync(new HttpMethod(method), path, "\n " + body, mediaType: null);
        var array = await Server.SendAsync(new HttpMethod(method), path, "[1]", mediaType: null);
        var nothing = await Server.SendAsync(new HttpMethod(method), path, "", mediaType: null);
        Assert.That((int)taken.Status, Is.EqualTo(kind == "execution" ? 200 : method == "PUT" ? 204 : 201), taken.Text);
        Assert.That(((int)array.Status, (int)nothing.Status), Is.EqualTo((415, 415)));
    }

    [TestCase("PUT", "/processes/echo", 403, "application/ogcapppkg+json; charset=utf-8")]
    [TestCase("PUT", "/processes/echo", 403, "application/json;charset=\"UTF-8\"")]
    [TestCase("PUT", "/processes/none", 404, "Application/JSON")]
    [TestCase("PUT", "/processes/echo", 415, "text/plain")]
    [TestCase("PUT", "/processes/not%20one", 415, "text/plain")]
    [TestCase("PUT", "/processes/echo", 415, "json")]
    [Requirement("/req/deploy-replace-undeploy/deploy-unsupported-media-type")]
    public async Task Package_ByItsMediaType_IsReadOrRefusedBeforeAnythingElse(string method, string path, int status, string mediaType)
    {
        var body = Package.Running("true").ToString();
        var answer = await SendAsync(
            Server, $"{method} {path} HTTP/1.1\nHost: localhost\nConnection: close\nContent-Type: {mediaType}\nContent-Length: {body.Length}\n\n{body}");
        Assert.That(StatusOf(answer), Is.EqualTo(status), answer);
    }

    [TestCase(null, null)]
    [TestCase("", "application/json")]
    [TestCase("", "text/plain")]
    [TestCase("{}", "application/json")]
    [TestCase("{\"any\":", "application/ogcapppkg+json")]
    public async Task Delete_WithABodyOrItsMediaType_IsDone(string? body, string? mediaType)
    {
        var package = Package.Running("true");
        await Server.DeployAsync(package);
        Assert.That((int)(await Server.SendAsync(HttpMethod.Delete, $"/processes/{package.Id}", body, mediaType: mediaType)).Status, Is.EqualTo(204));
        Assert.That((int)(await Server.GetAsync($"/processes/{package.Id}")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Http10_WithoutHost_GetsItsAnswerInOnePieceAndLinksThatWork()
    {
        var answer = await SendAsync(Server, "GET /processes/echo HTTP/1.0\n\n");
        Assert.That((StatusOf(answer), HeaderOf(answer, "Transfer-Encoding")), Is.EqualTo((200, (string?)null)));
        var self = JsonNode.Parse(BodyOf(answer))!["links"]![0]!["href"]!.GetValue<string>();
        Assert.That((int)(await Server.GetAsync(self)).Status, Is.EqualTo(200), self);
    }

    [Test]
    public async Task Http10_Executes()
    {
        const string body = """{"inputs":{"message":"old"},"response":"raw","outputs":{"message":{}}}""";
        var answer = await SendAsync(
            Server, $"POST /processes/echo/execution HTTP/1.0\nContent-Type: application/json\nContent-Length: {body.Length}\n\n{body}");
        Assert.That((StatusOf(answer), BodyOf(answer)), Is.EqualTo((200, "old")), answer);
    }

    [Test]
    public async Task Expect_OfABodyThatIsTaken_IsToldToGoOn()
    {
        const string body = """{"inputs":{"message":"m"}}""";
        using var connection = await ConnectAsync(Server);
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /processes/echo/execution HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"));
        var bytes = new byte["HTTP/1.1 100 Continue\r\n\r\n".Length];
        await connection.GetStream().ReadExactlyAsync(bytes);
        var answer = await SendAsync(connection, body);
        Assert.That(Encoding.ASCII.GetString(bytes), Is.EqualTo("HTTP/1.1 100 Continue\r\n\r\n"));
        Assert.That(StatusOf(answer), Is.EqualTo(200), answer);
    }

    [Test]
    public async Task Expect_OfABodyOfAnotherMediaType_IsRefusedAtOnce()
    {
        using var connection = await ConnectAsync(Server);
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            "POST /processes HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n"));
        using var reader = new StreamReader(connection.GetStream());
        Assert.That(await reader.ReadLineAsync(), Is.EqualTo("HTTP/1.1 415 Unsupported Media Type"));
    }

    [Test]
    public async Task Target_WithAHost_CountsForMoreThanTheHeader()
    {
        var answer = await SendAsync(Server, "GET http://127.0.0.9/conformance HTTP/1.1\nHost: localhost\nConnection: close\n\n");
        var page = await SendAsync(Server, "GET http://127.0.0.9/ HTTP/1.1\nHost: localhost\nConnection: close\n\n");
        Assert.That(StatusOf(answer), Is.EqualTo(200), answer);
        Assert.That(BodyOf(page), Does.Contain("\"http://127.0.0.9/processes\""));
    }

    [TestCase("GET", "/")]
    [TestCase("GET", "/processes/none")]
    [TestCase("PATCH", "/jobs")]
    [TestCase("OPTIONS", "/jobs")]
    [TestCase("GET", "/nowhere")]
    public async Task EveryAnswer_IsNotToBeGuessedAtNorKeptUnasked(string method, string path)
    {
        var answer = await Server.AskAsync(method, path);
        Assert.That(answer.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
        Assert.That(answer.Headers.CacheControl!.NoCache, Is.True);
    }

    [TestCase("/")]
    [TestCase("/processes?limit=1")]
    [TestCase("/processes/echo")]
    [TestCase("/jobs")]
    [Requirement("/rec/core/link-header")]
    public async Task Links_OfADocument_AreHeadersToo(string path)
    {
        var answer = await Server.GetAsync(path);
        var header = string.Join(", ", answer.Headers.GetValues("Link"));
        foreach (var link in answer.Json["links"]!.AsArray())
            Assert.That(header, Does.Contain($"<{link!["href"]}>; rel=\"{link["rel"]}\""));
    }

    [Test]
    public async Task Execution_Synchronous_HasNoLinkHeader() => Assert.That(
        (await Server.ExecuteAsync("echo", """{"inputs":{"message":"m"}}""")).Headers.Contains("Link"), Is.False);

    private static string Closing(string method, string path) => $"{method} {path} HTTP/1.1\nHost: localhost\nConnection: close\n\n";

    private static string Allowed(Answer answer) => string.Join(", ", answer.ContentHeaders.Allow);
}
