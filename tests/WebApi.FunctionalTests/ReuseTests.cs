using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using OgcProcesses.WebApi.FunctionalTests.Html;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Results that a job gets from an earlier one: when, how it shows, and when not.</summary>
internal sealed class ReuseTests
{
    private const string Text = """{"type":"string"}""";
    private const string Number = """{"type":"number"}""";
    private const string File = """{"type":"string","contentMediaType":"application/octet-stream"}""";
    private const string Hour = "max-age=3600";

    /// <summary>Gives something else at every run.</summary>
    private const string Dice = "head -c 300 /dev/urandom > file.bin; head -c 12 /dev/urandom | base64 > text";

    private Server _server = null!;

    [OneTimeSetUp]
    public void Start() => _server = new Server(("Reuse:Enabled", "true"));

    [OneTimeTearDown]
    public void Stop() => _server.Dispose();

    [Test]
    public async Task Execute_OfAnIdenticalRequest_GivesTheEarlierResults_AndSaysSo()
    {
        var process = await DeployAsync();
        var earlier = await RunAsync(process, """{"inputs":{"n":10,"t":"a"}}""");
        var job = await RunAsync(process, """{ "response": "document", "inputs": {"t": "a", "n": 1.0e1} }""", Hour);
        var (id, from) = (IdOf(job), IdOf(earlier));
        Assert.That(job.Json["reusedFrom"]!.GetValue<string>(), Is.EqualTo(from), job.Text);
        Assert.That(job.Json["message"]!.GetValue<string>(), Is.EqualTo($"Results of job {from} are reused"));
        Assert.That(job.Links("via"), Is.EqualTo(new[] { $"{_server.Http.BaseAddress}jobs/{from}" }));
        Assert.That(job.Json["usage"]!["cpuSeconds"], Is.Null);
        Assert.That(earlier.Json["reusedFrom"], Is.Null);
        Assert.That(await Engine.ContainersOfAsync(id), Is.Empty);
        var (file, same) = (await _server.GetAsync($"/jobs/{from}/results/file"), await _server.GetAsync($"/jobs/{id}/results/file"));
        Assert.That(same.Body, Is.EqualTo(file.Body).And.Length.EqualTo(300));
        Assert.That(same.Headers.ETag, Is.EqualTo(file.Headers.ETag));
        Assert.That(await TextOfAsync(id), Is.EqualTo(await TextOfAsync(from)));
        Assert.That((await _server.GetAsync($"/jobs/{id}", accept: "text/html")).Text, Does.Contain($"jobs/{from}\">{from}</a>"));
        var statistics = await _server.GetAsync($"/processes/{process}/statistics");
        Assert.That(statistics.Json["jobs"]!["successful"]!.GetValue<int>(), Is.EqualTo(2));
        Assert.That(statistics.Json["sample"]!["jobs"]!.GetValue<int>(), Is.EqualTo(1));
    }

    [TestCase("document")]
    [TestCase("raw")]
    public async Task Execute_AndWait_GivesTheEarlierResults_WithTheirAge(string response)
    {
        var process = await DeployAsync();
        var request = $$$"""{"inputs":{"n":1,"t":"a"},"outputs":{"text":{}},"response":"{{{response}}}"}""";
        var first = await ExecuteAsync(process, request, Hour);
        var second = await ExecuteAsync(process, request, Hour);
        Assert.That(((int)first.Status, (int)second.Status), Is.EqualTo((200, 200)), second.Text);
        Assert.That(second.Text, Is.EqualTo(first.Text));
        Assert.That(first.Headers.Age, Is.Null);
        Assert.That(second.Headers.Age, Is.InRange(TimeSpan.Zero, TimeSpan.FromMinutes(2)));
        Assert.That(second.ContentHeaders.ContentLocation, Is.Not.EqualTo(first.ContentHeaders.ContentLocation));
    }

    [TestCase(null, """{"inputs":{"n":1,"t":"a"}}""")]
    [TestCase("no-cache", """{"inputs":{"n":1,"t":"a"}}""")]
    [TestCase("max-age=3600, no-store", """{"inputs":{"n":1,"t":"a"}}""")]
    [TestCase("max-age=0", """{"inputs":{"n":1,"t":"a"}}""")]
    [TestCase("max-age=soon", """{"inputs":{"n":1,"t":"a"}}""")]
    [TestCase(Hour, """{"inputs":{"n":2,"t":"a"}}""")]
    [TestCase(Hour, """{"inputs":{"n":1,"t":"A"}}""")]
    [TestCase(Hour, """{"inputs":{"n":1,"t":"a"},"outputs":{"text":{}}}""")]
    public async Task Execute_OfARequestThatDoesNotAllowItOrDiffers_Runs(string? cacheControl, string request)
    {
        var process = await DeployAsync();
        await RunAsync(process, """{"inputs":{"n":1,"t":"a"}}""");
        Assert.That((await RunAsync(process, request, cacheControl)).Json["reusedFrom"], Is.Null);
    }

    [Test]
    public async Task Execute_OnALink_IsIdenticalOnlyOnTheSameBytes()
    {
        var content = "first";
        await using var site = await SiteAsync(() => content);
        var package = Package.Running(Dice).Taking("scene", File).Giving("text", Text);
        await _server.DeployAsync(package);
        var request = $$$$"""{"inputs":{"scene":{"href":"{{{{AddressOf(site)}}}}/scene.bin"}}}""";
        var first = await RunAsync(package.Id, request);
        var same = await RunAsync(package.Id, request, Hour);
        content = "other";
        var other = await RunAsync(package.Id, request, Hour);
        Assert.That(same.Json["reusedFrom"]?.GetValue<string>(), Is.EqualTo(IdOf(first)), same.Text);
        Assert.That(other.Json["reusedFrom"], Is.Null);
    }

    [Test]
    public async Task Execute_AfterTheProcessWasReplaced_Runs()
    {
        var package = Package.Running(Dice).Giving("text", Text);
        await _server.DeployAsync(package);
        await RunAsync(package.Id, "{}");
        package.Process["version"] = "1.0.1";
        await _server.SendAsync(HttpMethod.Put, $"/processes/{package.Id}", package.ToString(), mediaType: "application/ogcapppkg+json");
        Assert.That((await RunAsync(package.Id, "{}", Hour)).Json["reusedFrom"], Is.Null);
    }

    [Test]
    public async Task Execute_OfAProcessThatForbidsIt_Runs()
    {
        var package = Package.Running(Dice).Giving("text", Text);
        package.Unit["reuse"] = false;
        await _server.DeployAsync(package);
        await RunAsync(package.Id, "{}");
        Assert.That((await RunAsync(package.Id, "{}", Hour)).Json["reusedFrom"], Is.Null);
    }

    [Test]
    public async Task Deploy_OfAUnitWhoseReuseIsNoTruthValue_IsRefused()
    {
        var package = Package.Running(Dice);
        package.Unit["reuse"] = "never";
        var answer = await _server.DeployAsync(package);
        Assert.That(((int)answer.Status, answer.Pointers().Single()), Is.EqualTo((400, "/executionUnit/reuse")));
    }

    [Test]
    public async Task Execute_WhereTheOperatorDoesNotAllowIt_Runs()
    {
        var package = Package.Running(Dice).Giving("text", Text);
        var server = SharedServer.Instance;
        await server.DeployAsync(package);
        var (first, second) = (await AskAsync(), await AskAsync());
        Assert.That(second.Text, Is.Not.EqualTo(first.Text));
        Assert.That(second.Headers.Age, Is.Null);

        Task<Answer> AskAsync() => server.AskAsync("POST", $"/processes/{package.Id}/execution", "{}", ("Cache-Control", Hour));
    }

    [Test]
    public async Task Dismiss_OfEitherJob_LeavesTheOther()
    {
        var process = await DeployAsync();
        const string request = """{"inputs":{"n":1,"t":"a"}}""";
        var first = IdOf(await RunAsync(process, request));
        var (second, third) = (IdOf(await RunAsync(process, request, Hour)), IdOf(await RunAsync(process, request, Hour)));
        await _server.DeleteAsync($"/jobs/{second}");
        var file = await _server.GetAsync($"/jobs/{first}/results/file");
        await _server.DeleteAsync($"/jobs/{first}");
        var kept = await _server.GetAsync($"/jobs/{third}/results/file");
        Assert.That(((int)file.Status, (int)kept.Status), Is.EqualTo((200, 200)));
        Assert.That(kept.Body, Is.EqualTo(file.Body));
        Assert.That((await RunAsync(process, request, Hour)).Json["reusedFrom"], Is.Null, "what was dismissed is given to nobody");
    }

    [Test]
    public async Task Form_WithReuseChecked_LeadsToAJobThatHasTheEarlierResults()
    {
        await using var browser = await Browser.StartAsync();
        var process = await DeployAsync();
        var earlier = IdOf(await RunAsync(process, """{"inputs":{"n":1,"t":"a"}}"""));
        var page = await browser.OpenAsync($"{_server.Http.BaseAddress}processes/{process}");
        await page.Locator("[data-input=n] [name=value]").FillAsync("1");
        await page.Locator("[data-input=t] [name=value]").FillAsync("a");
        await page.GetByLabel("identical execution").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        await Assertions.Expect(page.Locator("#status .message")).ToHaveTextAsync($"Results of job {earlier} are reused", new() { Timeout = 60_000 });
        Assert.That(browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task Form_WhereTheOperatorDoesNotAllowReuse_DoesNotOfferIt() =>
        Assert.That((await SharedServer.Instance.GetAsync("/processes/echo", accept: "text/html")).Text, Does.Not.Contain("identical execution"));

    private async Task<string> DeployAsync()
    {
        var package = Package.Running(Dice).Taking("n", Number).Taking("t", Text).Giving("file", File).Giving("text", Text);
        var deployed = await _server.DeployAsync(package);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        return package.Id;
    }

    private Task<Answer> ExecuteAsync(string process, string request, string? cacheControl, params (string, string)[] headers) =>
        _server.AskAsync("POST", $"/processes/{process}/execution", request, cacheControl is null ? headers : [("Cache-Control", cacheControl), .. headers]);

    private async Task<Answer> RunAsync(string process, string request, string? cacheControl = null)
    {
        var accepted = await ExecuteAsync(process, request, cacheControl, ("Prefer", "respond-async"));
        Assert.That((int)accepted.Status, Is.EqualTo(201), accepted.Text);
        var ended = await _server.EndOfAsync(IdOf(accepted));
        Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.Text);
        return ended;
    }

    private async Task<string> TextOfAsync(string jobId) => (await _server.GetAsync($"/jobs/{jobId}/results/text")).Text;

    private static string IdOf(Answer status) => status.Json["jobID"]!.GetValue<string>();

    private static async Task<WebApplication> SiteAsync(Func<string> content)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var site = builder.Build();
        site.Urls.Add("http://127.0.0.1:0");
        site.MapGet("/scene.bin", () => Results.Text(content(), "application/octet-stream"));
        await site.StartAsync();
        return site;
    }

    private static string AddressOf(WebApplication site) =>
        site.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
}
