using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>Sessions of people who have logged in to the pages at the issuer, by code and PKCE.</summary>
internal sealed class IssuerLoginTests
{
    private Issuer _issuer = null!;
    private Server _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _issuer = await Issuer.StartAsync();
        _server = new Server([
            ("Security:Mode", "ApiKeys, OpenIdConnect"), .. _issuer.Settings,
            ("Security:OpenIdConnect:Login:ClientId", Issuer.ClientId), ("Security:OpenIdConnect:Login:ClientSecret", Issuer.ClientSecret)]);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _server.Dispose();
        await _issuer.DisposeAsync();
    }

    [Test]
    public async Task LogIn_AtTheIssuer_LeadsBackToThePage_AsWhomTheAccessTokenTells()
    {
        _issuer.User = new() { ["sub"] = "ada", ["roles"] = new JsonArray(Issuer.Executor, "something-else") };
        using var visitor = new Visitor(_server, follows: true);
        var (_, login) = await visitor.GetAsync("/jobs?limit=5");
        var (response, page) = await visitor.GetAsync(login.QuerySelector("a.button")!.GetAttribute("href")!);

        Assert.That(response.RequestMessage!.RequestUri!.PathAndQuery, Is.EqualTo("/jobs?limit=5"), page.Body!.TextContent);
        Assert.That((page.QuerySelector(".caller a")!.TextContent, page.QuerySelector(".role")!.TextContent), Is.EqualTo(("ada", "executor")));
        Assert.That((await visitor.AskAsync("GET", "/me")).Json["role"]!.GetValue<string>(), Is.EqualTo("executor"));
        Assert.That((int)(await visitor.AskAsync("DELETE", $"/jobs/{Guid.CreateVersion7()}")).Status, Is.EqualTo(403), "no token of a page");
    }

    [Test]
    public async Task LogIn_IsAskedForByPkce_AndLeadsToNoOtherServer()
    {
        using var visitor = new Visitor(_server);
        var (response, _) = await visitor.GetAsync("/login/issuer?returnUrl=//evil.example");
        var asked = response.Headers.Location!;
        Assert.That((int)response.StatusCode, Is.EqualTo(302));
        Assert.That(asked.AbsoluteUri, Does.StartWith($"{_issuer.Url}/authorize?").And.Contain("code_challenge_method=S256").And.Contain("response_type=code").And.Contain("nonce="));
        Assert.That(asked.Query, Does.Not.Contain("evil"));
        Assert.That(response.Headers.GetValues("Set-Cookie"), Is.All.Contain("; samesite=lax; httponly"));
    }

    [TestCase("""null""", "the issuer says no")]
    [TestCase("""{"sub":"ada","aud":"https://another.example/api"}""", "a token for another API")]
    [TestCase("""{"sub":"server","roles":["ogc-admin"]}""", "the server's own name")]
    public async Task LogIn_ThatTheIssuerOrTheTokenDoesNotBear_IsRefused_AndTold(string user, string why)
    {
        _issuer.User = JsonNode.Parse(user)?.AsObject();
        using var visitor = new Visitor(_server, follows: true);
        var (response, page) = await visitor.GetAsync("/login/issuer");

        Assert.That(((int)response.StatusCode, visitor.Session), Is.EqualTo((401, (string?)null)), why);
        Assert.That(page.Body!.TextContent, Does.Contain("You could not be logged in"));
    }

    [Test]
    public async Task Callback_ThatThisBrowserHasNotAskedFor_BeginsNoSession()
    {
        _issuer.User = new() { ["sub"] = "mallory", ["roles"] = new JsonArray(Issuer.Executor) };
        using var mallory = new Visitor(_server);
        var (start, _) = await mallory.GetAsync("/login/issuer");
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var code = await http.GetAsync(start.Headers.Location);
        using var victim = new Visitor(_server);
        var (response, _) = await victim.GetAsync(code.Headers.Location!.PathAndQuery);

        Assert.That(code.Headers.Location.Query, Does.Contain("code="));
        Assert.That(((int)response.StatusCode, victim.Session), Is.EqualTo((401, (string?)null)));
    }
}
