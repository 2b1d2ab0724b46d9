using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>What browsers, caches and clients are told by a server that tells its callers apart.</summary>
internal sealed class AnswerHeadersTests
{
    private Issuer _issuer = null!;
    private Server _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _issuer = await Issuer.StartAsync();
        _server = new Server([("Security:Mode", "ApiKeys, OpenIdConnect"), ("Api:KnownProxies:0", "127.0.0.1"), .. _issuer.Settings]);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _server.Dispose();
        await _issuer.DisposeAsync();
    }

    [TestCase("/processes", null)]
    [TestCase("/processes", "text/html")]
    [TestCase("/processes/none", null)]
    [TestCase("/processes/echo", null)]
    public async Task Answer_ToACaller_IsNobodyElses(string path, string? accept)
    {
        foreach (var token in (string?[])[_issuer.AccessToken("ada", Issuer.Reader), null])
        {
            var answer = await AskAsync(path, token, ("Accept", accept ?? "*/*"));
            Assert.That(answer.Headers.CacheControl!.Private, Is.True);
            Assert.That(answer.Headers.Vary, Is.SupersetOf((string[])["Authorization", "X-API-Key", "Cookie"]));
        }
    }

    [Test]
    public async Task Answer_ThatTheCallerHas_IsStillNotSentAgain()
    {
        var token = _issuer.AccessToken("ada", Issuer.Reader);
        var tag = (await AskAsync("/processes/echo", token)).Headers.ETag!.Tag;
        var again = await AskAsync("/processes/echo", token, ("If-None-Match", tag));
        Assert.That(((int)again.Status, again.Headers.CacheControl!.Private), Is.EqualTo((304, true)));
        Assert.That((int)(await AskAsync("/processes/echo", null, ("If-None-Match", tag))).Status, Is.EqualTo(401));
    }

    [Test]
    public async Task Answer_OverHttps_KeepsBrowsersThere()
    {
        var over = await AskAsync("/", null, ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "processes.example.org"));
        Assert.That(over.Headers.GetValues("Strict-Transport-Security"), Is.EqualTo((string[])["max-age=31536000"]));
        Assert.That((await AskAsync("/", null)).Headers.Contains("Strict-Transport-Security"), Is.False);
    }

    [TestCase("/")]
    [TestCase("/no/such/path")]
    public async Task Page_SharesNothingWithOtherSites(string path)
    {
        var page = await AskAsync(path, null, ("Accept", "text/html"));
        Assert.That(page.Headers.GetValues("Cross-Origin-Opener-Policy").Concat(page.Headers.GetValues("Cross-Origin-Resource-Policy")), Is.All.EqualTo("same-origin"));
        Assert.That(page.Headers.GetValues("Permissions-Policy").Single(), Does.Contain("camera=()"));
        Assert.That(page.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("frame-ancestors 'none'").And.Not.Contain("unsafe"));
    }

    [Test]
    public async Task Api_DeclaresTheWaysIn_AndTheRoleOfEveryClosedOperation()
    {
        var api = (await AskAsync("/api", null)).Json;
        var schemes = api["components"]!["securitySchemes"]!.AsObject();
        Assert.That(schemes.Select(scheme => scheme.Key), Is.EquivalentTo((string[])["apiKey", "apiKeyAsBearer", "openIdConnect", "accessToken"]));
        Assert.That(schemes["openIdConnect"]!["openIdConnectUrl"]!.GetValue<string>(), Is.EqualTo($"{_issuer.Url}/.well-known/openid-configuration"));
        Assert.That(OpenApi.Validity.Errors(api.ToJsonString()), Is.Empty);
        foreach (var (path, item) in api["paths"]!.AsObject())
        {
            foreach (var (method, operation) in item!.AsObject())
            {
                var ways = operation!["security"]?.AsArray().SelectMany(way => way!.AsObject().Select(one => one.Key)) ?? [];
                var isOpen = path is "/" or "/conformance" or "/api";
                Assert.That(ways, Is.EquivalentTo(isOpen ? [] : schemes.Select(scheme => scheme.Key)), $"{method} {path}");
                Assert.That(operation["x-required-role"]?.GetValue<string>(), isOpen ? Is.Null : Is.AnyOf("reader", "executor", "deployer", "admin"), $"{method} {path}");
            }
        }

        Assert.That(RoleOf("/processes/{processId}/execution", "post"), Is.EqualTo("executor"));
        Assert.That(RoleOf("/processes", "post"), Is.EqualTo("deployer"));

        string? RoleOf(string path, string method) => api["paths"]![path]![method]!["x-required-role"]?.GetValue<string>();
    }

    [Test]
    public async Task Api_OfAServerThatIsOpen_DeclaresNone()
    {
        var api = JsonNode.Parse(await SharedServer.Instance.Http.GetByteArrayAsync("/api"))!;
        Assert.That(api["components"]!["securitySchemes"], Is.Null);
        Assert.That(api["paths"]!["/jobs"]!["get"]!["security"], Is.Null);
    }

    private Task<Answer> AskAsync(string path, string? token, params (string Name, string Value)[] headers) =>
        _server.AskAsync("GET", path, null, token is null ? headers : [.. headers, ("Authorization", $"Bearer {token}")]);
}
