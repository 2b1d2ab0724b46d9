using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Links behind reverse proxies, and who is believed to be one.</summary>
internal sealed class ProxyTests : ServerTests
{
    private static readonly (string, string) Loopback = ("Api:KnownProxies:0", "127.0.0.1");
    private static readonly (string, string) AnyName = ("Security:AllowOpenOnNetwork", "true");
    private static readonly (string, string) PathBase = ("Api:PathBase", ReverseProxy.Prefix);

    [TestCase(true, true, false, TestName = "EveryLink_ThroughAProxyThatStripsThePrefixAndSaysSo_LeadsBackThroughIt")]
    [TestCase(true, true, true, TestName = "EveryLink_ThroughAProxyThatSaysWhatIsConfiguredToo_LeadsBackThroughIt")]
    [TestCase(true, false, true, TestName = "EveryLink_ThroughAProxyThatStripsThePrefixInSilence_LeadsBackThroughIt")]
    [TestCase(false, false, true, TestName = "EveryLink_ThroughAProxyThatPassesThePrefixOn_LeadsBackThroughIt")]
    public async Task EveryLink_LeadsBackThroughTheProxy(bool strips, bool announces, bool isConfigured)
    {
        using var server = new Server(isConfigured ? [Loopback, PathBase] : [Loopback]);
        await using var proxy = await ReverseProxy.StartAsync(server.Http.BaseAddress!, strips, announces);
        await WalkAsync(proxy.Url);
    }

    [Test]
    public async Task EveryLink_ThroughNginxAsTheReadmeShowsIt_LeadsBackThroughIt()
    {
        if (!Nginx.IsAtHand) Assert.Ignore("nginx is not installed.");
        using var server = new Server(Loopback);
        using var nginx = await Nginx.StartAsync(server.Http.BaseAddress!);
        await WalkAsync(nginx.Url);
    }

    [Test]
    public async Task Headers_OfAnybody_AreNotBelieved()
    {
        var page = await Server.AskAsync("GET", "/", null, Forwarded("https", "evil.example", "/evil"));
        var documentation = await Server.AskAsync("GET", "/api/ui", null, Forwarded("https", "evil.example", "/evil"));
        Assert.That(LinkTo(page, "self"), Is.EqualTo(Server.Http.BaseAddress!.ToString()));
        Assert.That(page.Text + documentation.Text, Does.Not.Contain("evil"));
    }

    [TestCase("127.0.0.1")]
    [TestCase("127.0.0.0/8")]
    public async Task Headers_OfAKnownProxy_MakeTheLinks(string known)
    {
        using var server = new Server(("Api:KnownProxies:0", "10.0.0.0/8"), ("Api:KnownProxies:1", known), AnyName);
        var whole = await server.AskAsync("GET", "/processes", null, Forwarded("https", "ogc.example:8443", "/a/b/"));
        var partly = await server.AskAsync("GET", "/processes", null, ("X-Forwarded-Proto", "https"));
        var broken = await server.AskAsync("GET", "/processes", null, Forwarded("", "a b/<", "no path"));
        var script = await server.AskAsync("GET", "/processes", null, ("X-Forwarded-Proto", "javascript"));
        Assert.That(LinkTo(whole, "self"), Is.EqualTo("https://ogc.example:8443/a/b/processes"));
        Assert.That(LinkTo(partly, "self"), Is.EqualTo($"https://{server.Http.BaseAddress!.Authority}/processes"));
        Assert.That(((int)broken.Status, LinkTo(broken, "self")), Is.EqualTo((200, $"{server.Http.BaseAddress}processes")));
        Assert.That(LinkTo(script, "self"), Is.EqualTo($"{server.Http.BaseAddress}processes"));
    }

    [Test]
    public async Task Headers_ThatTheClientOfAProxySent_AreNotBelieved()
    {
        using var server = new Server(Loopback, AnyName);
        var page = await server.AskAsync(
            "GET", "/", null, ("X-Forwarded-For", "127.0.0.1, 203.0.113.7"), ("X-Forwarded-Host", "evil.example, ogc.example"), ("X-Forwarded-Proto", "http, https"));
        Assert.That(LinkTo(page, "self"), Is.EqualTo("https://ogc.example/"));
    }

    [Test]
    public async Task AllowedHosts_RefusesOtherNames_AndIgnoresThemInHeaders()
    {
        using var server = new Server(Loopback, ("AllowedHosts", "127.0.0.1;ogc.example"));
        var named = await server.AskAsync("GET", "/", null, ("Host", "evil.example"));
        var forwarded = await server.AskAsync("GET", "/", null, ("X-Forwarded-Host", "evil.example"));
        var allowed = await server.AskAsync("GET", "/", null, ("X-Forwarded-Host", "ogc.example"));
        Assert.That((int)named.Status, Is.EqualTo(400));
        Assert.That(LinkTo(forwarded, "self"), Is.EqualTo(server.Http.BaseAddress!.ToString()));
        Assert.That(LinkTo(allowed, "self"), Is.EqualTo("http://ogc.example/"));
    }

    /// <summary>Deploys, executes and then follows every link of every document, from the landing page on.</summary>
    private static async Task WalkAsync(string root)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var package = Package.Running("printf 1 > picture.png").Giving("picture", """{"type":"string","contentEncoding":"binary","contentMediaType":"image/png"}""");
        using var body = new StringContent(package.ToString(), null, "application/json");
        using var deployed = await http.PostAsync($"{root}//processes", body);
        Assert.That((int)deployed.StatusCode, Is.EqualTo(201), await deployed.Content.ReadAsStringAsync());
        Assert.That(deployed.Headers.Location!.OriginalString, Is.EqualTo($"{root}/processes/{package.Id}"));
        using var execution = new HttpRequestMessage(HttpMethod.Post, $"{deployed.Headers.Location}/execution") { Content = JsonContent.Create(new { }) };
        execution.Headers.Add("Prefer", "respond-async");
        using var accepted = await http.SendAsync(execution);
        var job = accepted.Headers.Location!.OriginalString;
        Assert.That(job, Does.StartWith($"{root}/jobs/"));
        for (var deadline = DateTime.UtcNow.AddMinutes(2); DateTime.UtcNow < deadline; await Task.Delay(50))
            if ((await http.GetFromJsonAsync<JsonNode>(job))!["status"]!.GetValue<string>() == "successful") break;

        var seen = new HashSet<string>();
        var ahead = new Stack<string>([$"{root}/", $"{root}/processes?limit=1"]);
        while (ahead.TryPop(out var url))
        {
            if (!seen.Add(url)) continue;
            using var answer = await http.GetAsync(url);
            Assert.That((int)answer.StatusCode, Is.EqualTo(200).Or.EqualTo(302), url);
            if (answer.Headers.Location is { } elsewhere) ahead.Push(new Uri(new Uri(url), elsewhere).ToString());
            if (answer.Content.Headers.ContentType?.MediaType != "application/json") continue;
            foreach (var link in LinksIn(await answer.Content.ReadFromJsonAsync<JsonNode>()))
            {
                Assert.That(link, Does.StartWith($"{root}/"), url);
                if (!link.EndsWith("/execution", StringComparison.Ordinal)) ahead.Push(link);
            }
        }

        Assert.That(seen, Is.SupersetOf(new[] { $"{root}/jobs", job, $"{job}/results/picture", $"{root}/api?f=html" }));
        Assert.That(seen.Count(url => url.Contains("cursor=", StringComparison.Ordinal)), Is.GreaterThan(1));
    }

    private static IEnumerable<string> LinksIn(JsonNode? document) => document switch
    {
        JsonObject all => all.SelectMany(member => member.Key == "href" ? [member.Value!.GetValue<string>()] : LinksIn(member.Value)),
        JsonArray all => all.SelectMany(LinksIn),
        _ => [],
    };

    private static (string, string)[] Forwarded(string scheme, string host, string prefix) =>
        [("X-Forwarded-Proto", scheme), ("X-Forwarded-Host", host), ("X-Forwarded-Prefix", prefix)];

    private static string LinkTo(Answer answer, string relation) =>
        answer.Json["links"]!.AsArray().First(link => link!["rel"]!.GetValue<string>() == relation)!["href"]!.GetValue<string>();
}
