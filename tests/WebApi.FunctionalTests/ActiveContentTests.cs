using Microsoft.Playwright;
using OgcProcesses.WebApi.FunctionalTests.Html;
using static OgcProcesses.WebApi.FunctionalTests.RawRequest;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>What a program, or who deploys it, gives for a browser to run, or for a header to break on.</summary>
internal sealed class ActiveContentTests : ServerTests
{
    private const string Script = "<script>document.title='ran';fetch('/jobs').then(()=>document.title='asked')</script>";

    private static readonly (string Output, string Extension, string MediaType, bool IsShown)[] Kinds =
    [
        ("html", "html", "text/html", false),
        ("htmlByCharset", "html", "text/html; charset=utf-7", false),
        ("xhtml", "xhtml", "application/xhtml+xml", false),
        ("svg", "svg", "image/svg+xml", false),
        ("xml", "xml", "application/xml", false),
        ("textXml", "txml", "text/xml", false),
        ("xslt", "xsl", "text/xsl", false),
        ("atom", "atom", "application/atom+xml", false),
        ("script", "js", "text/javascript", false),
        ("module", "mjs", "application/javascript", false),
        ("wasm", "wasm", "application/wasm", false),
        ("mhtml", "mht", "multipart/related", false),
        ("message", "eml", "message/rfc822", false),
        ("pdf", "pdf", "application/pdf", false),
        ("flash", "swf", "application/x-shockwave-flash", false),
        ("bytes", "bin", "application/octet-stream", false),
        ("text", "txt", "text/plain", true),
        ("csv", "csv", "text/csv", true),
        ("json", "json", "application/json", true),
        ("geojson", "geojson", "application/geo+json", true),
        ("png", "png", "image/png", true),
        ("tiff", "tif", "image/tiff; application=geotiff", true),
    ];

    private string _job = "";

    [OneTimeSetUp]
    public async Task RunAsync()
    {
        var files = string.Join(' ', Kinds.Select(kind => $"{kind.Output}.{kind.Extension}"));
        var package = Package.Running($"""
            echo "::progress 50 <img src=x onerror=alert(1)>"; echo "{Script}" >&2
            for file in {files}; do echo "<html xmlns='http://www.w3.org/1999/xhtml'><body>{Script}</body></html>" > $file; done
            printf '"{Script}"' > value.json; printf '{Script}' > asText.html
            name=$(printf 'evil\r\nX-Evil: 1\r\n\r\nb"; filename="x.html'); printf x > "$name"
            """);
        foreach (var (output, _, mediaType, _) in Kinds)
            package.Giving(output, $$"""{ "type": "string", "contentMediaType": "{{mediaType}}", "contentEncoding": "binary" }""");
        package.Giving("value", """{ "type": "string" }""").Giving("asText", """{ "type": "string", "contentMediaType": "text/html" }""")
            .Giving("named", """{ "type": "string", "contentMediaType": "application/octet-stream", "contentEncoding": "binary" }""")
            .Binding("outputBindings", "value", """{ "glob": "value.json" }""").Binding("outputBindings", "named", """{ "glob": "evil*" }""");
        package.Process["title"] = Script;
        var deployed = await Server.DeployAsync(package);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        var ended = await Server.RunAsync(package.Id, "{}");
        Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.Text);
        _job = $"/jobs/{ended.Json["jobID"]}";
    }

    [Test]
    public async Task Output_OfAnyKind_IsShownOnlyWhereNothingCanRun()
    {
        foreach (var (output, _, _, isShown) in Kinds)
        {
            var answer = await Server.GetAsync($"{_job}/results/{output}");
            Assert.Multiple(() =>
            {
                Assert.That((int)answer.Status, Is.EqualTo(200), output);
                Assert.That(answer.ContentHeaders.ContentDisposition!.DispositionType, Is.EqualTo(isShown ? "inline" : "attachment"), output);
                Assert.That(answer.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }), output);
                Assert.That(answer.Headers.GetValues("Content-Security-Policy"), Is.EqualTo(new[] { "default-src 'none'; sandbox" }), output);
            });
        }
    }

    [Test]
    public async Task Value_WhoseProcessSaysThatItIsAPage_IsSaved()
    {
        var answer = await Server.GetAsync($"{_job}/results/asText");
        Assert.That((answer.MediaType, answer.ContentHeaders.ContentDisposition?.DispositionType), Is.EqualTo(("text/html", "attachment")));
        Assert.That(answer.Headers.GetValues("Content-Security-Policy"), Is.EqualTo(new[] { "default-src 'none'; sandbox" }));
    }

    [TestCase("")]
    [TestCase("/results")]
    [TestCase("/logs")]
    [TestCase("/inputs")]
    [TestCase("/results/none")]
    public async Task AnyOtherAnswer_MayLoadNothing(string path)
    {
        var answer = await Server.GetAsync(_job + path);
        Assert.That(answer.Headers.GetValues("Content-Security-Policy"), Is.EqualTo(new[] { "default-src 'none'; frame-ancestors 'none'" }));
    }

    [Test]
    public async Task Output_WhoseFileIsNamedToBreakAHeader_AddsNone()
    {
        var answer = await RawRequest.SendAsync(Server, $"GET {_job}/results/named HTTP/1.1\nHost: localhost\nConnection: close\n\n");
        Assert.Multiple(() =>
        {
            Assert.That(StatusOf(answer), Is.EqualTo(200));
            Assert.That(HeaderOf(answer, "X-Evil"), Is.Null);
            Assert.That(HeaderOf(answer, "Content-Disposition"), Is.EqualTo(
                "attachment; filename=\"evil__X-Evil_ 1____b_; filename=_x.html\"; filename*=UTF-8''evil__X-Evil_%201____b_%3B%20filename%3D_x.html"));
            Assert.That(BodyOf(answer), Is.EqualTo("x"));
        });
    }

    [Test]
    public async Task Pages_WithWhatProgramsSay_RunNoneOfIt()
    {
        await using var browser = await Browser.StartAsync();
        foreach (var path in (string[])[_job, $"{_job}/results", $"{_job}/logs", $"{_job}/inputs"])
        {
            var page = await browser.OpenAsync(Server.Http.BaseAddress + path[1..]);
            await page.WaitForLoadStateAsync(LoadState.Load);
            Assert.That(await page.TitleAsync(), Is.Not.EqualTo("ran").And.Not.EqualTo("asked"), path);
            Assert.That(await page.Locator("img[onerror]").CountAsync(), Is.Zero, path);
            if (path.EndsWith("/logs", StringComparison.Ordinal)) await Assertions.Expect(page.Locator("body")).ToContainTextAsync("<script>document.title");
        }

        Assert.That(browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task Browser_LedToAnOutputThatCouldRun_SavesIt()
    {
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync($"{Server.Http.BaseAddress}conformance?f=html");
        foreach (var (output, _, _, isShown) in Kinds.Where(kind => !kind.IsShown))
        {
            var download = await page.RunAndWaitForDownloadAsync(() => page.EvaluateAsync("url => { location.href = url }", $"{Server.Http.BaseAddress}{_job[1..]}/results/{output}"));
            await download.CancelAsync();
            Assert.That(page.Url, Does.Contain("/conformance"), output);
        }
    }

    [TestCase("shown as text", "text")]
    [TestCase("shown as JSON", "json")]
    public async Task Browser_LedToAnOutputThatIsShown_RunsNothing(string how, string output)
    {
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync($"{Server.Http.BaseAddress}{_job[1..]}/results/{output}");
        Assert.That(await page.TitleAsync(), Is.Not.EqualTo("ran").And.Not.EqualTo("asked"), how);
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("<script>document.title");
    }
}
