using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OgcProcesses.WebApi.FunctionalTests.Html;

namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>Logging in as a person does it, in a real browser.</summary>
internal sealed partial class LoginPageTests
{
    private Browser _browser = null!;
    private Issuer _issuer = null!;
    private Callers _callers = null!;

    [GeneratedRegex("/results$")]
    private static partial Regex ResultsPage { get; }

    private string Root => _callers.Server.Http.BaseAddress!.ToString().TrimEnd('/');

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _browser = await Browser.StartAsync();
        _issuer = await Issuer.StartAsync();
        _callers = new Callers([("Security:Mode", "ApiKeys, OpenIdConnect"), .. _issuer.Settings, ("Security:OpenIdConnect:Login:ClientId", Issuer.ClientId)]);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _callers?.Dispose();
        if (_issuer is not null) await _issuer.DisposeAsync();
        if (_browser is not null) await _browser.DisposeAsync();
    }

    [Test]
    public async Task Person_WithAKey_LogsIn_Executes_AndLogsOut()
    {
        var page = await _browser.OpenAsync($"{Root}/processes/echo");
        await page.GetByLabel("Your key of this server").FillAsync(await _callers.KeyOfAsync("anna", "executor"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await page.Locator("[data-input=message] [name=value]").FillAsync("hello");
        await page.GetByLabel("wait for the results").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        await page.WaitForURLAsync(ResultsPage);
        await Assertions.Expect(page.Locator("p.value")).ToHaveTextAsync("hello");
        var results = page.Url;
        await page.GetByRole(AriaRole.Button, new() { Name = "Log out" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Log in" })).ToBeVisibleAsync();
        await page.GotoAsync(results);

        await Assertions.Expect(page.GetByLabel("Your key of this server")).ToBeFocusedAsync();
        Assert.That(_browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task Person_WithAKey_SendsAFile_WithTheTokenOfThePage()
    {
        var key = await _callers.KeyOfAsync("berta", "executor");
        var page = await _browser.OpenAsync($"{Root}/processes/echo-types");
        await page.GetByLabel("Your key of this server").FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        var field = page.Locator("[data-input=document]");
        await field.Locator("[name=file]").SetInputFilesAsync(new FilePayload { Name = "a.gml", MimeType = "", Buffer = "<gml/>"u8.ToArray() });
        await Assertions.Expect(field.GetByRole(AriaRole.Status)).ToHaveTextAsync("Sent a.gml, 6 bytes, as application/gml+xml.");
        await page.GetByLabel("wait for the results").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        await page.WaitForURLAsync(ResultsPage);
        Assert.That((await _callers.AskAsync(key, "GET", "/uploads")).Json["uploads"]!.AsArray(), Has.Count.EqualTo(1), "it is the person's own");
        Assert.That(_browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task Person_WhoseSessionEnds_WhileAPageFollowsAJob_IsLedToTheLogin()
    {
        var key = await _callers.KeyOfAsync("carl", "admin");
        var package = Package.Running("echo '::progress 5 Step'; sleep 60");
        await _callers.AskAsync(key, "POST", "/processes", package.ToString());
        var job = (await _callers.AskAsync(key, "POST", $"/processes/{package.Id}/execution", "{}", ("Prefer", "respond-async"))).Json["jobID"];
        var page = await _browser.OpenAsync($"{Root}/jobs/{job}");
        await page.GetByLabel("Your key of this server").FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Assertions.Expect(page.Locator("#status .message")).ToHaveTextAsync("Step");
        await _callers.AskAsync(_callers.Admin, "DELETE", $"/admin/keys/{key.Split('_')[1]}");
        await _callers.AskAsync(_callers.Admin, "DELETE", $"/jobs/{job}");

        await Assertions.Expect(page.GetByLabel("Your key of this server")).ToBeVisibleAsync();
        Assert.That(page.Url, Does.EndWith($"/login?returnUrl=%2Fjobs%2F{job}"));
    }

    [Test]
    public async Task Person_KnownToTheIssuer_LogsIn_AndDismissesAJob()
    {
        _issuer.User = new() { ["sub"] = "ada", ["roles"] = new JsonArray(Issuer.Executor) };
        var job = (await _callers.AskAsync(_issuer.AccessToken("ada", Issuer.Executor), "POST", "/processes/echo/execution", """{"inputs":{"message":"hello"}}""", ("Prefer", "respond-async"))).Json["jobID"];
        var page = await _browser.OpenAsync($"{Root}/jobs/{job}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Log in at your institute" }).ClickAsync();
        await Assertions.Expect(page.Locator(".caller")).ToContainTextAsync("ada");
        await Assertions.Expect(page.Locator("#status .badge")).ToHaveTextAsync("successful");
        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove the results" }).ClickAsync();

        await Assertions.Expect(page.Locator("#status .badge")).ToHaveTextAsync("dismissed");
        Assert.That(_browser.Complaints, Is.All.Contain($"asks {_issuer.Url}"), "nothing but the way over the issuer");
    }
}
