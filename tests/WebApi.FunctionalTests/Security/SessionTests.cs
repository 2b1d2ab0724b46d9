using Microsoft.Extensions.DependencyInjection;

namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>Sessions of people who have logged in to the pages by a key.</summary>
internal sealed class SessionTests
{
    private const string Execution = "/processes/echo/execution?validateOnly=true";
    private const string Inputs = """{"inputs":{"message":"hello"}}""";

    private Callers _callers = null!;
    private string _key = "";

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _callers = new Callers(("Api:KnownProxies:0", "127.0.0.1"));
        _key = await _callers.KeyOfAsync("anna", "executor");
    }

    [OneTimeTearDown]
    public void Stop() => _callers.Dispose();

    [Test]
    public async Task Page_WithoutASession_LeadsToTheLogin_AndTheLoginBack()
    {
        using var visitor = NewVisitor();
        var (response, _) = await visitor.GetAsync("/jobs?limit=5");
        Assert.That(((int)response.StatusCode, Location(response)), Is.EqualTo((302, "/login?returnUrl=%2Fjobs%3Flimit%3D5")));

        var (login, page) = await visitor.GetAsync(Location(response));
        Assert.That((int)login.StatusCode, Is.EqualTo(200));
        var (loggedIn, _) = await visitor.SubmitAsync(page, "form[action$=login]", ("key", $" {_key}\n"));
        Assert.That(((int)loggedIn.StatusCode, Location(loggedIn)), Is.EqualTo((303, "/jobs?limit=5")));

        var (jobs, list) = await visitor.GetAsync("/jobs?limit=5");
        Assert.That((int)jobs.StatusCode, Is.EqualTo(200));
        Assert.That(list.QuerySelector(".caller a")!.TextContent, Is.EqualTo("anna"));
        Assert.That(list.QuerySelector(".role")!.TextContent, Is.EqualTo("executor"));
    }

    [TestCase("/jobs", "application/json")]
    [TestCase("/jobs", "*/*")]
    [TestCase("/jobs?f=json", "text/html")]
    public async Task Json_WithoutASession_IsNeverLedAnywhere(string path, string accept)
    {
        using var visitor = NewVisitor();
        Assert.That((int)(await visitor.AskAsync("GET", path, null, ("Accept", accept))).Status, Is.EqualTo(401));
    }

    [TestCase("http", "", "ogc-session=", "/")]
    [TestCase("http", "/ogc", "ogc-session=", "/ogc")]
    [TestCase("https", "", "__Host-ogc-session=", "/")]
    [TestCase("https", "/ogc", "__Secure-ogc-session=", "/ogc")]
    public async Task Cookie_IsForThisServerAlone_AndForNoScript(string scheme, string pathBase, string name, string path)
    {
        // The cookies are sent by hand: those for https would not come back over the test's http.
        using var visitor = new Visitor(_callers.Server, headers: [("X-Forwarded-Proto", scheme), ("X-Forwarded-Prefix", pathBase)]);
        var form = await visitor.GetAsync("/login?returnUrl=/ogc/jobs");
        Assert.That(form.Page.QuerySelector("form")!.GetAttribute("action"), Is.EqualTo($"{pathBase}/login"));
        var ofForm = form.Response.Headers.GetValues("Set-Cookie").Single();
        Assert.That(ofForm, Does.Contain("; samesite=lax").And.Contain("; httponly").And.Contain($"; path={path}"));
        Assert.That(ofForm.Contains("; secure", StringComparison.Ordinal), Is.EqualTo(scheme == "https"));

        var fields = form.Page.QuerySelectorAll("input[name]").ToDictionary(input => input.GetAttribute("name")!, input => input.GetAttribute("value") ?? "");
        fields["key"] = _key;
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = _callers.Server.Http.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login") { Content = new FormUrlEncodedContent(fields) };
        foreach (var (header, value) in ((string, string)[])[("X-Forwarded-Proto", scheme), ("X-Forwarded-Prefix", pathBase), ("Cookie", ofForm.Split(';')[0])]) request.Headers.Add(header, value);
        using var response = await http.SendAsync(request);

        Assert.That((int)response.StatusCode, Is.EqualTo(303), await response.Content.ReadAsStringAsync());
        Assert.That(Location(response), Is.EqualTo("/ogc/jobs"));
        var cookie = response.Headers.GetValues("Set-Cookie").Single();
        Assert.That(cookie, Does.StartWith(name).And.Contain($"; path={path};").And.Contain("; samesite=lax").And.Contain("; httponly"));
        Assert.That(cookie, Does.Not.Contain("domain").And.Not.Contain("expires").And.Not.Contain(_key));
        Assert.That(cookie.Contains("; secure", StringComparison.Ordinal), Is.EqualTo(scheme == "https"));
    }

    [TestCase("", "https://evil.example/", ExpectedResult = "/")]
    [TestCase("", "//evil.example/jobs", ExpectedResult = "/")]
    [TestCase("", "/\\evil.example", ExpectedResult = "/")]
    [TestCase("", "/\t/evil.example", ExpectedResult = "/%09/evil.example")]
    [TestCase("", "/.//evil.example", ExpectedResult = "/")]
    [TestCase("", "/..//evil.example", ExpectedResult = "/")]
    [TestCase("", "javascript:alert(1)", ExpectedResult = "/")]
    [TestCase("", "jobs", ExpectedResult = "/")]
    [TestCase("/ogc", "/other/place", ExpectedResult = "/ogc/")]
    [TestCase("/ogc", "/ogc/../other", ExpectedResult = "/ogc/")]
    [TestCase("/ogc", "/ogcother", ExpectedResult = "/ogc/")]
    [TestCase("/ogc", "/ogc/jobs?limit=5", ExpectedResult = "/ogc/jobs?limit=5")]
    public async Task<string?> LogIn_ForAnAddress_LeadsToNoneThatIsNotOfThisApi(string pathBase, string returnUrl)
    {
        using var visitor = new Visitor(_callers.Server, headers: [("X-Forwarded-Prefix", pathBase)]);
        var (_, page) = await visitor.GetAsync($"/login?returnUrl={Uri.EscapeDataString(returnUrl)}");
        return page.QuerySelector("input[name=returnUrl]")!.GetAttribute("value");
    }

    [Test]
    public async Task LogIn_WhoseFormIsChanged_StillLeadsNowhereElse()
    {
        using var visitor = NewVisitor();
        var (_, page) = await visitor.GetAsync("/login");
        var (response, _) = await visitor.SubmitAsync(page, "form[action$=login]", ("key", _key), ("returnUrl", "//evil.example"));
        Assert.That(((int)response.StatusCode, Location(response)), Is.EqualTo((303, "/")));
    }

    [Test]
    public async Task LogIn_WithAKeyThatIsNotValid_IsRefused_AndTold()
    {
        using var visitor = NewVisitor();
        var (response, page) = await visitor.LogInAsync("ogcp_nonsense");
        Assert.That(((int)response.StatusCode, visitor.Session), Is.EqualTo((403, (string?)null)));
        Assert.That(page.QuerySelector("[role=alert]")!.TextContent, Does.Contain("not valid"));
        Assert.That(page.DocumentElement.OuterHtml, Does.Not.Contain("nonsense"));

        var told = (await _callers.AskAsync(_callers.Admin, "GET", "/admin/audit?action=login")).Json["events"]![0]!;
        Assert.That((told["means"]!.GetValue<string>(), told["outcome"]!.GetValue<string>(), told["address"]!.GetValue<string>()), Is.EqualTo(("session", "refused", "127.0.0.1")));
    }

    [Test]
    public async Task LogIn_BeginsAnotherSession_WhateverTheBrowserBrought()
    {
        using var visitor = NewVisitor();
        visitor.Session = "planted";
        await visitor.LogInAsync(_key);
        var first = visitor.Session;
        await visitor.LogInAsync(_key);

        Assert.That((string?[])["planted", first, visitor.Session], Is.Unique);
        visitor.Session = first![..^4] + (first.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA");
        Assert.That((int)(await visitor.AskAsync("GET", "/jobs")).Status, Is.EqualTo(401), "a seal that is broken");
    }

    [Test]
    public async Task LogIn_WithoutTheTokenOfItsForm_IsRefused()
    {
        using var visitor = NewVisitor();
        var (_, page) = await visitor.GetAsync("/login");
        var (response, _) = await visitor.SubmitAsync(page, "form[action$=login]", ("key", _key), ("__RequestVerificationToken", ""));
        Assert.That(((int)response.StatusCode, visitor.Session), Is.EqualTo((403, (string?)null)));
    }

    [Test]
    public async Task Session_ChangesNothingWithoutATokenOfItsPages()
    {
        using var visitor = await LoggedInAsync(_key);
        using var another = await LoggedInAsync(await _callers.KeyOfAsync("bert", "executor"));
        var foreign = await another.TokenAsync();

        foreach (var headers in ((string, string)[][])[[], [("RequestVerificationToken", "nonsense")], [("RequestVerificationToken", foreign)]])
        {
            var refused = await visitor.AskAsync("POST", Execution, Inputs, headers);
            Assert.That((int)refused.Status, Is.EqualTo(403), refused.Text);
            Assert.That(refused.Json["detail"]!.GetValue<string>(), Does.Contain("RequestVerificationToken"));
        }

        Assert.That((int)(await visitor.AskAsync("DELETE", $"/jobs/{Guid.CreateVersion7()}")).Status, Is.EqualTo(403));
        var done = await visitor.AskAsync("POST", Execution, Inputs, ("RequestVerificationToken", await visitor.TokenAsync()));
        Assert.That((int)done.Status, Is.EqualTo(200), done.Text);
    }

    [Test]
    public async Task Session_WhoseRequestBringsAKey_DoesNotCount()
    {
        using var visitor = await LoggedInAsync(_key);
        var bert = await _callers.KeyOfAsync("bert", "executor");

        Assert.That((await visitor.AskAsync("GET", "/me")).Json["id"]!.GetValue<string>(), Is.EqualTo("anna"));
        Assert.That((await visitor.AskAsync("GET", "/me", null, ("X-API-Key", bert))).Json["id"]!.GetValue<string>(), Is.EqualTo("bert"));
        Assert.That((int)(await visitor.AskAsync("GET", "/me", null, ("Authorization", "Bearer ogcp_nonsense"))).Status, Is.EqualTo(401));
        Assert.That((int)(await visitor.AskAsync("POST", Execution, Inputs, ("X-API-Key", bert))).Status, Is.EqualTo(200), "no page could have sent that");
    }

    [Test]
    public async Task Session_EndsWithItsKey()
    {
        var key = await _callers.KeyOfAsync("carl", "executor");
        using var visitor = await LoggedInAsync(key);
        Assert.That((int)(await visitor.AskAsync("GET", "/jobs")).Status, Is.EqualTo(200));
        await _callers.AskAsync(_callers.Admin, "DELETE", $"/admin/keys/{key.Split('_')[1]}");

        var answer = await visitor.AskAsync("GET", "/jobs");
        Assert.That((int)answer.Status, Is.EqualTo(401));
        Assert.That(answer.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer"));
        Assert.That(answer.Json["detail"]!.GetValue<string>(), Does.Contain("over"));
        Assert.That(Location((await visitor.GetAsync("/jobs")).Response), Does.StartWith("/login?"));
    }

    [Test]
    public async Task Session_EndsWhenItsTimeIsOver_AlsoWhenItIsUsed()
    {
        var clock = new LateClock();
        using var server = new Server(services => services.AddSingleton<TimeProvider>(clock), ("Security:Mode", "ApiKeys"), ("Security:Sessions:Lifetime", "02:00:00"));
        var (_, key, _) = await CommandLine.RunAsync(["keys", "create", "--owner", "root", "--role", "reader", "--Data:Directory", server.Folder]);
        using var visitor = new Visitor(server);
        await visitor.LogInAsync(key.Trim());

        foreach (var (hours, status) in ((double, int)[])[(1.2, 200), (1.9, 200), (2.1, 401)])
        {
            clock.Late = TimeSpan.FromHours(hours);
            Assert.That((int)(await visitor.AskAsync("GET", "/processes")).Status, Is.EqualTo(status));
        }
    }

    [Test]
    public async Task LogOut_ByItsForm_EndsTheSession_AndByNothingElse()
    {
        using var visitor = await LoggedInAsync(_key);
        Assert.That((int)(await visitor.AskAsync("POST", "/logout")).Status, Is.EqualTo(403));
        Assert.That((int)(await visitor.AskAsync("GET", "/logout")).Status, Is.EqualTo(405));
        var (_, page) = await visitor.GetAsync("/");
        var (response, _) = await visitor.SubmitAsync(page, "form[action$=logout]");

        Assert.That(((int)response.StatusCode, Location(response), visitor.Session), Is.EqualTo((303, "/", (string?)null)));
        Assert.That((int)(await visitor.AskAsync("GET", "/jobs")).Status, Is.EqualTo(401));
        Assert.That((await visitor.GetAsync("/")).Page.QuerySelector("a.caller")!.TextContent, Is.EqualTo("Log in"));
    }

    [Test]
    public async Task Pages_OfAReader_OfferNothingThatReadersMayNot()
    {
        using var reader = await LoggedInAsync(await _callers.KeyOfAsync("rita", "reader"));
        using var executor = await LoggedInAsync(_key);

        Assert.That((await reader.GetAsync("/processes/echo")).Page.QuerySelector("#execute"), Is.Null);
        Assert.That((await executor.GetAsync("/processes/echo")).Page.QuerySelector("#execute"), Is.Not.Null);
    }

    [Test]
    public async Task Server_ThatAsksNobody_HasNoLogin()
    {
        Assert.That((int)(await SharedServer.Instance.GetAsync("/login")).Status, Is.EqualTo(404));
        Assert.That((await SharedServer.Instance.GetAsync("/", "text/html")).Text, Does.Not.Contain("Log in"));
    }

    private static string Location(HttpResponseMessage response) => response.Headers.Location!.OriginalString;

    private Visitor NewVisitor() => new(_callers.Server);

    private async Task<Visitor> LoggedInAsync(string key)
    {
        var visitor = NewVisitor();
        var (response, page) = await visitor.LogInAsync(key);
        Assert.That((int)response.StatusCode, Is.EqualTo(303), page.DocumentElement.OuterHtml);
        return visitor;
    }

    private sealed class LateClock : TimeProvider
    {
        public TimeSpan Late { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Late;
    }
}
