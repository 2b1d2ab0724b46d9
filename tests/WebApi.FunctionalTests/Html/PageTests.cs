using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace OgcProcesses.WebApi.FunctionalTests.Html;

/// <summary>Every resource as a page, over HTTP.</summary>
internal sealed class PageTests : ServerTests
{
    private const string Page = "text/html";

    /// <summary>A picture of one pixel.</summary>
    private const string Picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private static readonly Regex LinksOfDocuments = new(@"\A(/(processes|jobs)/\d+)?/links/\d+/href\z");

    private static readonly HtmlParser Strict = new(new HtmlParserOptions { IsStrictMode = true });

    private static string _process = null!;
    private static string _job = null!;
    private static string _failed = null!;

    private static readonly Func<string>[] Resources =
    [
        () => "/", () => "/conformance", () => "/processes", () => "/processes/echo", () => "/processes/echo-types",
        () => $"/processes/{_process}", () => $"/processes/{_process}/package", () => $"/processes/{_process}/statistics",
        () => "/jobs", () => $"/jobs/{_job}", () => $"/{_job}", () => $"/jobs/{_job}/inputs", () => $"/jobs/{_job}/logs", () => $"/jobs/{_job}/callbacks", () => $"/jobs/{_job}/results",
        () => $"/jobs/{_failed}",
    ];

    [OneTimeSetUp]
    public async Task RunJobs()
    {
        var package = Package.Running($"echo Drawing; echo {Picture} | base64 -d > picture.png; echo '[1, 2]' > numbers.json; echo 'A text' > text")
            .Taking("name", """{"type":"string"}""", minOccurs: 0)
            .Giving("picture", """{"type":"string","contentEncoding":"base64","contentMediaType":"image/png"}""")
            .Giving("numbers", """{"type":"array","items":{"type":"integer"}}""")
            .Giving("text", """{"type":"string"}""");
        package.Process["title"] = "Pictures";
        package.Process["metadata"] = JsonNode.Parse("""[{"title":"About","role":"doc","href":"http://example.org/about"}]""");
        package.Process["links"] = JsonNode.Parse("""[{"href":"http://example.org/licence","rel":"license","title":"The licence"}]""");
        await Server.DeployAsync(package);
        _process = package.Id;
        _job = IdOf(await Server.RunAsync(_process, """{"inputs":{"name":"Ada"}}"""));
        var failing = Package.Running("echo went wrong >&2; exit 3").Giving("x", """{"type":"string"}""");
        await Server.DeployAsync(failing);
        _failed = IdOf(await Server.RunAsync(failing.Id, "{}"));
    }

    [TestCaseSource(nameof(Resources))]
    [Requirement("/req/html/definition")]
    [AbstractTest("/conf/html/definition")]
    [Requirement("/rec/core/html")]
    public async Task Get_WhoAcceptsHtml_GetsAValidPage(Func<string> resource)
    {
        var answer = await Server.GetAsync(resource(), accept: Page);
        Assert.That((int)answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(answer.MediaType, Is.EqualTo(Page));
        Assert.That(answer.Headers.Vary, Does.Contain("Accept"));
        var page = Strict.ParseDocument(answer.Text);
        Assert.That(page.Doctype.Name, Is.EqualTo("html"));
        Assert.That(page.DocumentElement.GetAttribute("lang"), Is.EqualTo("en"));
        Assert.That(page.Title, Is.Not.Empty);
        Assert.That(page.QuerySelectorAll("h1"), Has.Length.EqualTo(1));
        Assert.That(page.QuerySelector("main"), Is.Not.Null);
        Assert.That(page.All.Where(element => element.Id is not null).Select(element => element.Id), Is.Unique);
    }

    [TestCaseSource(nameof(Resources))]
    [Requirement("/req/html/content")]
    [AbstractTest("/conf/html/content")]
    public async Task Page_HoldsEveryValueOfTheJson(Func<string> resource)
    {
        var page = await PageAsync(resource());
        var text = page.Body!.TextContent;
        var times = page.QuerySelectorAll("time").Select(time => time.GetAttribute("datetime")!).Where(IsTime).Select(Parse).ToList();
        var links = Links(page);
        foreach (var (path, value) in Leaves((await Server.GetAsync(resource())).Json, ""))
        {
            // The links to itself are those of the page.
            if (path.Contains("/links/", StringComparison.Ordinal) && !path.EndsWith("/href", StringComparison.Ordinal)) continue;
            if (value.EndsWith("?f=html", StringComparison.Ordinal)) continue;
            var isThere = text.Contains(value, StringComparison.Ordinal)
                || links.Contains(value)
                || (IsTime(value) && times.Contains(Parse(value)));
            Assert.That(isThere, Is.True, $"{path}: {value}");
        }
    }

    [TestCaseSource(nameof(Resources))]
    [Requirement("/req/html/content")]
    public async Task Page_HasEveryLinkOfTheJson(Func<string> resource)
    {
        var links = Links(await PageAsync(resource()));
        var expected = Leaves((await Server.GetAsync(resource())).Json, "")
            .Where(leaf => LinksOfDocuments.IsMatch(leaf.Path))
            .Select(leaf => leaf.Value)
            .Where(href => !href.EndsWith("?f=html", StringComparison.Ordinal) || href.EndsWith("/api?f=html", StringComparison.Ordinal));
        Assert.That(links, Is.SupersetOf(expected));
    }

    [TestCaseSource(nameof(Resources))]
    public async Task Page_EveryLinkToThisServer_Leads(Func<string> resource)
    {
        var root = Server.Http.BaseAddress!.ToString();
        foreach (var link in Links(await PageAsync(resource())).Where(link => link.StartsWith(root, StringComparison.Ordinal)).Distinct())
        {
            // Execution takes no GET; a failed job's results are its failure; among all jobs are some that have outlived their process.
            if (link.EndsWith("/execution", StringComparison.Ordinal)) continue;
            var answer = await Server.GetAsync(link, accept: Page);
            var isMaybeGone = resource() == "/jobs" && link.StartsWith($"{root}processes/", StringComparison.Ordinal);
            int[] expected = link.EndsWith("/results", StringComparison.Ordinal) ? [200, 400, 500] : isMaybeGone ? [200, 404] : [200];
            Assert.That((int)answer.Status, Is.AnyOf([.. expected.Cast<object>()]), link);
        }
    }

    [TestCaseSource(nameof(Resources))]
    public async Task Page_MayLoadNothingFromElsewhere(Func<string> resource)
    {
        var answer = await Server.GetAsync(resource(), accept: Page);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.That(policy, Does.Contain("default-src 'none'").And.Contain("script-src 'self';").And.Contain("frame-ancestors 'none'").And.Not.Contain("unsafe"));
        Assert.That(answer.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
        Assert.That(answer.Headers.GetValues("Referrer-Policy"), Is.EqualTo(new[] { "same-origin" }));
        var page = Strict.ParseDocument(answer.Text);
        Assert.That(page.QuerySelectorAll("script").Where(script => script.TextContent.Length > 0), Is.Empty);
        Assert.That(page.QuerySelectorAll("style, [style], [onclick]"), Is.Empty);
    }

    [TestCaseSource(nameof(Resources))]
    [Requirement("/req/core/pl-links")]
    [Requirement("/req/job-list/links")]
    public async Task Links_ToItself_TellTheTypeThatTheyAnswer(Func<string> resource)
    {
        if ((await Server.GetAsync(resource())).Json is not JsonObject document || document["links"] is not JsonArray links) return;
        Assert.That(TypeOf("self"), Is.EqualTo("application/json"));
        Assert.That(TypeOf("alternate"), Is.EqualTo(Page));
        var alternate = await Server.GetAsync(HrefOf("alternate"));
        Assert.That(alternate.MediaType, Is.EqualTo(Page));
        var back = Strict.ParseDocument(alternate.Text).QuerySelector("link[rel=alternate]")!;
        Assert.That((await Server.GetAsync(back.GetAttribute("href")!, accept: Page)).MediaType, Is.EqualTo("application/json"));

        string TypeOf(string relation) => Link(relation)["type"]!.GetValue<string>();
        string HrefOf(string relation) => Link(relation)["href"]!.GetValue<string>();
        JsonNode Link(string relation) => links.Single(link => link!["rel"]!.GetValue<string>() == relation)!;
    }

    [Test]
    public async Task Results_ShowPicturesAndFoldJson()
    {
        var page = await PageAsync($"/jobs/{_job}/results");
        var picture = (IHtmlImageElement)page.QuerySelector("main img")!;
        Assert.That(picture.GetAttribute("src"), Does.EndWith($"/jobs/{_job}/results/picture"));
        Assert.That(picture.AlternativeText, Does.Contain("picture"));
        Assert.That(Links(page), Does.Contain($"{Server.Http.BaseAddress}jobs/{_job}/results/numbers"));
        Assert.That(page.QuerySelector("main p.value")!.TextContent, Is.EqualTo("A text"));
    }

    [Test]
    public async Task Package_InCwl_IsShownAsItsAuthorWroteIt()
    {
        var id = $"cwl-{Guid.NewGuid():N}";
        var cwl = $$"""
            cwlVersion: v1.2
            class: CommandLineTool
            id: {{id}}
            # A remark that only the author's own text has
            baseCommand: ["true"]
            requirements: { DockerRequirement: { dockerPull: "ogcprocesses/echo:1" } }
            inputs: {}
            outputs: { out: { type: stdout } }
            """;
        var deployed = await Server.PostAsync("/processes", cwl, mediaType: "application/cwl+yaml");
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        var page = await PageAsync($"/processes/{id}/package");
        Assert.That(page.QuerySelector("pre.document")!.TextContent, Does.Contain("# A remark that only the author's own text has"));
    }

    [Test]
    public async Task Output_WhoeverAsks_IsGivenAsItIs()
    {
        var output = await Server.GetAsync($"/jobs/{_job}/results/picture", accept: Page);
        Assert.That(output.MediaType, Is.EqualTo("image/png"));
        Assert.That(output.Body, Is.EqualTo(Convert.FromBase64String(Picture)));
    }

    [Test]
    public async Task FailedJob_PagesTellWhy()
    {
        var status = await PageAsync($"/jobs/{_failed}");
        Assert.That(status.QuerySelector("#details")!.TextContent, Does.Match(@"Exit code\s+3\b").And.Contain("went wrong"));
        var results = await Server.GetAsync($"/jobs/{_failed}/results", accept: Page);
        Assert.That((int)results.Status, Is.EqualTo(500));
        var problem = Strict.ParseDocument(results.Text);
        Assert.That(problem.Body!.TextContent, Does.Contain("went wrong"));
        Assert.That(Links(problem), Does.Contain($"{Server.Http.BaseAddress}jobs/{_failed}"));
    }

    [TestCase("/nowhere", 404)]
    [TestCase("/processes/none", 404)]
    [TestCase("/jobs/none", 404)]
    [TestCase("/jobs?limit=0", 400)]
    [TestCase("/execution", 405)]
    public async Task Problem_WhoAcceptsHtml_GetsAPage(string path, int status)
    {
        var problem = await Server.GetAsync(path, accept: Page);
        Assert.That((int)problem.Status, Is.EqualTo(status));
        Assert.That(problem.MediaType, Is.EqualTo(Page));
        Assert.That(problem.Headers.Contains("Content-Security-Policy"), Is.True);
        Assert.That(Strict.ParseDocument(problem.Text).Body!.TextContent, Does.Contain(status.ToString(CultureInfo.InvariantCulture)));
    }

    [Test]
    public async Task Problem_OfSeveralThings_ListsThem()
    {
        var page = Strict.ParseDocument((await Server.GetAsync("/jobs?limit=0&status=asleep", accept: Page)).Text);
        Assert.That(page.QuerySelectorAll("main th[scope=row]").Select(cell => cell.TextContent), Is.EquivalentTo(new[] { "limit", "status" }));
    }

    [Test]
    public async Task Api_IsAPageOfOwnScripts()
    {
        var answer = await Server.GetAsync("/api?f=html");
        Assert.That(answer.MediaType, Is.EqualTo(Page));
        var page = Strict.ParseDocument(answer.Text);
        foreach (var asset in page.QuerySelectorAll("script").Select(script => script.GetAttribute("src")).Concat(page.QuerySelectorAll("link[rel=stylesheet]").Select(style => style.GetAttribute("href"))))
            Assert.That((int)(await Server.GetAsync(asset!)).Status, Is.EqualTo(200), asset);
        Assert.That((await Server.GetAsync("/api/ui/oauth2-redirect.html")).Text, Is.EqualTo(answer.Text), "Swagger UI's own pages have scripts in them");
    }

    [Test]
    public async Task Assets_AreNamedByContent_AndKeptForLong()
    {
        var style = (await PageAsync("/")).QuerySelector("link[rel=stylesheet]")!.GetAttribute("href")!;
        var answer = await Server.GetAsync(style);
        Assert.That(answer.MediaType, Is.EqualTo("text/css"));
        Assert.That(answer.Headers.CacheControl!.ToString(), Does.Contain("immutable").And.Contain("max-age=31536000"));
        var again = await Server.AskAsync("GET", style, null, ("If-None-Match", answer.Headers.ETag!.ToString()));
        Assert.That((int)again.Status, Is.EqualTo(304));
    }

    [Test]
    public async Task Page_BelowAPathBase_LeadsThere()
    {
        using var server = new Server(("Api:PathBase", "/ogc"));
        var page = Strict.ParseDocument((await server.GetAsync("/ogc/processes/echo", accept: Page)).Text);
        var style = page.QuerySelector("link[rel=stylesheet]")!.GetAttribute("href")!;
        Assert.That(style, Does.StartWith("/ogc/assets/site.css?v="));
        Assert.That((int)(await server.GetAsync(style)).Status, Is.EqualTo(200));
        Assert.That(Links(page).Where(link => link.StartsWith(server.Http.BaseAddress!.ToString(), StringComparison.Ordinal)), Is.All.StartsWith($"{server.Http.BaseAddress}ogc/"));
        Assert.That(page.QuerySelector("form")!.GetAttribute("action"), Does.EndWith("/ogc/processes/echo/execution"));
    }

    [Test]
    public async Task Process_OfAHostileAuthor_IsShownAsText()
    {
        const string Script = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
        var package = Package.Running("true").Giving("x", """{"type":"string"}""");
        var process = package.Process;
        process["title"] = Script;
        process["description"] = Script;
        process["keywords"] = new JsonArray(Script);
        process["metadata"] = new JsonArray(new JsonObject { ["title"] = Script, ["href"] = "javascript:alert(3)" });
        process["links"] = new JsonArray(Link("javascript:alert(4)"), Link("JaVaScRiPt:alert(5)"), Link("data:text/html,<script>alert(6)</script>"), Link(" vbscript:x"));
        process[Script] = Script;
        process["inputs"]!["hostile"] = new JsonObject
        {
            ["title"] = Script, ["description"] = Script, ["minOccurs"] = 0,
            ["schema"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray(Script), ["default"] = Script },
        };
        var deployed = await Server.DeployAsync(package);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        foreach (var path in new[] { "/processes?limit=10000", $"/processes/{package.Id}", $"/processes/{package.Id}/package" })
        {
            var page = await PageAsync(path);
            Assert.That(page.QuerySelectorAll("script").Where(script => script.GetAttribute("src") is null), Is.Empty, path);
            Assert.That(page.QuerySelectorAll("[onerror], img[src=x]"), Is.Empty, path);
            Assert.That(Links(page).Where(link => !link.StartsWith("http", StringComparison.Ordinal) && !link.StartsWith('#')), Is.Empty, path);
            Assert.That(page.Body!.TextContent, Does.Contain("<script>alert(1)</script>"), path);
        }

        JsonObject Link(string href) => new() { ["href"] = href, ["rel"] = Script, ["title"] = Script, ["type"] = Script };
    }

    [Test]
    public async Task Values_OfAHostileClient_AreShownAsText()
    {
        const string Script = "<script>alert(1)</script>";
        var job = IdOf(await Server.RunAsync("echo", $$"""{"inputs":{"message":"{{Script}}" } }"""));
        foreach (var path in new[] { $"/jobs/{job}/inputs", $"/jobs/{job}/results", $"/jobs?processID={Uri.EscapeDataString("\"><script>alert(1)</script>")}", $"/{Uri.EscapeDataString(Script)}" })
        {
            var page = Strict.ParseDocument((await Server.GetAsync(path, accept: Page)).Text);
            Assert.That(page.QuerySelectorAll("script").Where(script => script.GetAttribute("src") is null), Is.Empty, path);
        }
    }

    private static string IdOf(Answer status) => status.Json["jobID"]!.GetValue<string>();

    private static async Task<IHtmlDocument> PageAsync(string path)
    {
        var answer = await Server.GetAsync(path, accept: Page);
        Assert.That((int)answer.Status, Is.EqualTo(200), answer.Text);
        return Strict.ParseDocument(answer.Text);
    }

    private static List<string> Links(IHtmlDocument page) => [.. page.QuerySelectorAll("a[href]").Select(link => link.GetAttribute("href")!)];

    private static bool IsTime(string text) => DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static DateTimeOffset Parse(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Every value in some JSON, as text, with its path.</summary>
    private static IEnumerable<(string Path, string Value)> Leaves(JsonNode? node, string path) => node switch
    {
        JsonObject members => members.SelectMany(member => Leaves(member.Value, $"{path}/{member.Key}")),
        JsonArray items => items.SelectMany((item, index) => Leaves(item, $"{path}/{index}")),
        JsonValue value when value.TryGetValue<bool>(out var isSo) => [(path, isSo ? "yes" : "no")],
        JsonValue value => [(path, value.ToString())],
        _ => [],
    };
}
