using System.Text;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Pages of other origins.</summary>
internal sealed class CorsTests : ServerTests
{
    private const string Maps = "https://maps.example";

    private Server _open = null!;

    [OneTimeSetUp]
    public void Start() => _open = new Server(("Cors:AllowedOrigins:0", Maps), ("Cors:AllowedOrigins:1", "http://localhost:3000"));

    [OneTimeTearDown]
    public void Stop() => _open.Dispose();

    [Test]
    public async Task Closed_ByDefault_AllowsNobody()
    {
        var got = await Server.AskAsync("GET", "/processes", null, ("Origin", Maps));
        var preflight = await PreflightAsync(Server, Maps, "GET", "/processes");
        Assert.That((Of(got, "Allow-Origin"), Of(preflight, "Allow-Origin")), Is.EqualTo(((string?)null, (string?)null)));
    }

    [TestCase("/processes/echo/execution", """{"inputs":{"message":"x"}}""")]
    [TestCase("/processes", """{"executionUnit":{}}""")]
    public async Task BodyWithoutAType_FromAPage_IsNotTakenForJson(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Headers.Add("Origin", Maps);
        using var answer = await _open.Http.SendAsync(request);
        Assert.That((int)answer.StatusCode, Is.EqualTo(415));
    }

    [TestCase("GET", "/processes", 200)]
    [TestCase("GET", "/processes/none", 404)]
    [TestCase("PATCH", "/processes", 405)]
    [TestCase("DELETE", "/processes/echo", 403)]
    [TestCase("GET", "/nowhere", 404)]
    [Requirement("/rec/core/cross-origin")]
    [Requirement("/rec/core/access-control-expose-headers")]
    public async Task AllowedOrigin_MayReadAnswersAndErrors(string method, string path, int status)
    {
        var answer = await _open.AskAsync(method, path, null, ("Origin", Maps));
        Assert.That(((int)answer.Status, Of(answer, "Allow-Origin")), Is.EqualTo((status, Maps)));
        Assert.That(answer.Headers.Vary, Does.Contain("Origin"));
        Assert.That(
            Of(answer, "Expose-Headers")!.Split(',', StringSplitOptions.TrimEntries),
            Is.SupersetOf(new[] { "Location", "Link", "Preference-Applied", "Content-Location", "ETag", "Upload-Offset" }));
    }

    [Test]
    public async Task AllowedOrigin_MayExecute() => Assert.That(
        (int)(await _open.AskAsync("POST", "/processes/echo/execution?validateOnly=true", """{"inputs":{"message":"m"}}""", ("Origin", Maps))).Status, Is.EqualTo(200));

    [TestCase("https://evil.example")]
    [TestCase("null")]
    [TestCase(null)]
    public async Task OtherOrigin_MayNot_AndCachesAreTold(string? origin)
    {
        var answer = await _open.AskAsync("GET", "/processes", null, origin is null ? [] : [("Origin", origin)]);
        Assert.That(Of(answer, "Allow-Origin"), Is.Null);
        Assert.That(answer.Headers.Vary, Does.Contain("Origin"));
    }

    [TestCase("POST", "/processes/echo/execution")]
    [TestCase("PUT", "/processes/echo")]
    [TestCase("DELETE", "/jobs/00000000-0000-4000-8000-000000000000")]
    [Requirement("/rec/core/cross-origin")]
    public async Task Preflight_OfTheApisMethods_IsGranted(string method, string path)
    {
        var preflight = await PreflightAsync(_open, Maps, method, path);
        Assert.That(((int)preflight.Status, Of(preflight, "Allow-Origin")), Is.EqualTo((204, Maps)));
        Assert.That(Of(preflight, "Allow-Methods"), Does.Contain(method));
        Assert.That(Of(preflight, "Allow-Headers"), Does.Contain("content-type").And.Contain("prefer").And.Contain("idempotency-key"));
        Assert.That(Of(preflight, "Max-Age"), Is.EqualTo("600"));
    }

    [Test]
    public async Task Preflight_OfAnotherOrigin_IsNotGranted() =>
        Assert.That(Of(await PreflightAsync(_open, "https://evil.example", "PUT", "/processes/echo"), "Allow-Origin"), Is.Null);

    [Test]
    public async Task AnyOrigin_IsAllowedByAStar_WithinTheMethodsAndHeadersThatAreSet()
    {
        using var all = new Server(("Cors:AllowedOrigins:0", "*"), ("Cors:AllowedMethods:0", "GET"), ("Cors:AllowedHeaders:0", "prefer"));
        var got = await all.AskAsync("GET", "/processes", null, ("Origin", "https://anybody.example"));
        var preflight = await PreflightAsync(all, "https://anybody.example", "PUT", "/processes/echo");
        Assert.That(Of(got, "Allow-Origin"), Is.EqualTo("*"));
        Assert.That(got.Headers.Vary, Does.Not.Contain("Origin"));
        Assert.That((Of(preflight, "Allow-Methods"), Of(preflight, "Allow-Headers")), Is.EqualTo(("GET", "prefer")));
    }

    private static Task<Answer> PreflightAsync(Server server, string origin, string method, string path) => server.AskAsync(
        "OPTIONS", path, null, ("Origin", origin), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", "content-type, prefer, idempotency-key"));

    private static string? Of(Answer answer, string header) =>
        answer.Headers.TryGetValues($"Access-Control-{header}", out var values) ? string.Join(", ", values) : null;
}
