namespace OgcProcesses.WebApi.FunctionalTests;

internal sealed class LandingPageTests : ServerTests
{
    [Test]
    [Requirement("/req/core/landingpage-success")]
    public async Task LandingPage_LinksToEverything()
    {
        var page = await Server.GetAsync("/");
        var relations = page.Json["links"]!.AsArray().Select(link => link!["rel"]!.GetValue<string>()).ToList();
        Assert.That(relations, Is.SupersetOf(new[]
        {
            "self", "service-desc", "service-doc",
            "http://www.opengis.net/def/rel/ogc/1.0/conformance",
            "http://www.opengis.net/def/rel/ogc/1.0/processes",
            "http://www.opengis.net/def/rel/ogc/1.0/job-list",
        }));
    }

    [Test]
    public async Task LandingPage_EveryLink_IsAbsoluteAndAnswers()
    {
        var page = await Server.GetAsync("/");
        foreach (var link in page.Json["links"]!.AsArray())
        {
            var href = link!["href"]!.GetValue<string>();
            Assert.That(href, Does.StartWith(Server.Http.BaseAddress!.ToString()));
            using var answer = await Server.Http.GetAsync(href);
            Assert.That((int)answer.StatusCode, Is.EqualTo(200), href);
        }
    }

    [Test]
    [Requirement("/req/core/conformance-success")]
    public async Task Conformance_DeclaresBothParts()
    {
        var declared = (await Server.GetAsync("/conformance")).Json["conformsTo"]!.AsArray().Select(uri => uri!.GetValue<string>());
        Assert.That(declared, Is.SupersetOf(new[]
        {
            "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/core",
            "http://www.opengis.net/spec/ogcapi-processes-2/1.0/conf/deploy-replace-undeploy",
            "http://www.opengis.net/spec/ogcapi-processes-2/1.0/conf/docker",
        }));
    }

    [TestCase("/api", "application/vnd.oai.openapi+json")]
    [TestCase("/api?f=json", "application/vnd.oai.openapi+json")]
    [TestCase("/api?f=yaml", "application/vnd.oai.openapi")]
    [Requirement("/req/oas30/oas-definition-1")]
    public async Task Api_ByFormat_IsTheDefinition(string path, string mediaType)
    {
        var api = await Server.GetAsync(path);
        Assert.That(api.MediaType, Is.EqualTo(mediaType));
        Assert.That(api.Text, Does.Contain("/processes/{processId}/execution"));
    }

    [Test]
    public async Task Api_ByAccept_IsYaml()
    {
        var api = await Server.GetAsync("/api", accept: "application/vnd.oai.openapi;version=3.0");
        Assert.That(api.Text, Does.Contain("\nopenapi: 3.0"));
    }

    [Test]
    public async Task Api_DescribesEveryRoute()
    {
        var paths = (await Server.GetAsync("/api")).Json["paths"]!.AsObject().Select(path => path.Key);
        Assert.That(paths, Is.SupersetOf(new[]
        {
            "/", "/conformance", "/api", "/processes", "/processes/{processId}", "/processes/{processId}/package",
            "/processes/{processId}/execution", "/execution", "/jobs", "/jobs/{jobId}", "/{jobId}", "/jobs/{jobId}/results",
            "/jobs/{jobId}/results/{outputId}", "/jobs/{jobId}/logs", "/jobs/{jobId}/inputs",
        }));
    }

    [Test]
    public async Task Api_ForPeople_IsAPageWithoutOtherHosts()
    {
        var page = await Server.GetAsync("/api/ui");
        Assert.That(page.MediaType, Is.EqualTo("text/html"));
        Assert.That(page.Text, Does.Not.Contain("https://"));
    }

    [Test]
    public async Task HealthLive_Always_IsHealthy() =>
        Assert.That((await Server.GetAsync("/health/live")).Json["status"]!.GetValue<string>(), Is.EqualTo("Healthy"));

    [Test]
    public async Task HealthReady_TellsDatabaseEngineAndDisk()
    {
        var ready = await Server.GetAsync("/health/ready");
        Assert.That(ready.Json["checks"]!.AsObject().Select(check => check.Key), Is.EquivalentTo(new[] { "database", "engine", "disk" }));
        Assert.That((int)ready.Status, Is.EqualTo(200), ready.Text);
    }
}
