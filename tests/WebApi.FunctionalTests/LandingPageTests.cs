using System.Text.Json.Nodes;

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
        Assert.That(api.Text, Does.StartWith("openapi: 3.0"));
    }

    [Test]
    public async Task Api_DescribesEveryRoute()
    {
        var paths = (await Server.GetAsync("/api")).Json["paths"]!.AsObject().Select(path => path.Key);
        Assert.That(paths, Is.SupersetOf(new[]
        {
            "/", "/conformance", "/api", "/processes", "/processes/{processId}", "/processes/{processId}/package",
            "/processes/{processId}/execution", "/execution", "/jobs", "/jobs/{jobId}", "/{jobId}", "/jobs/{jobId}/results",
            "/jobs/{jobId}/results/{outputId}", "/jobs/{jobId}/logs", "/jobs/{jobId}/events", "/jobs/{jobId}/inputs",
        }));
    }

    [TestCase("/processes", "get", "limit", "cursor", "f")]
    [TestCase("/jobs", "get", "limit", "cursor", "type", "processID", "status", "datetime", "minDuration", "maxDuration", "f")]
    [Requirement("/req/oas30/completeness")]
    public async Task Api_NamesQueryParametersAsTheStandardDoes(string path, string method, params string[] names)
    {
        var parameters = (await OperationAsync(path, method))["parameters"]!.AsArray();
        Assert.That(parameters.Select(parameter => parameter!["name"]!.GetValue<string>()), Is.EquivalentTo(names));
    }

    [TestCase("/processes/{processId}/execution", "post", "execute")]
    [TestCase("/jobs", "get", "getJobs")]
    [TestCase("/jobs/{jobId}", "get", "getStatus")]
    [TestCase("/processes", "post", "deploy")]
    public async Task Api_NamesOperationsAsTheRoutes(string path, string method, string operationId) =>
        Assert.That((await OperationAsync(path, method))["operationId"]!.GetValue<string>(), Is.EqualTo(operationId));

    [TestCase("/", "get", "200,400,429,500")]
    [TestCase("/processes", "get", "200,400,429,500")]
    [TestCase("/processes", "post", "201,400,403,409,413,415,429,500,503")]
    [TestCase("/processes/{processId}", "get", "200,304,400,404,429,500")]
    [TestCase("/processes/{processId}", "put", "200,204,400,403,404,412,413,415,429,500,503")]
    [TestCase("/processes/{processId}", "delete", "204,400,403,404,412,429,500")]
    [TestCase("/processes/{processId}/package", "get", "200,304,400,403,404,429,500")]
    [TestCase("/processes/{processId}/execution", "post", "200,201,204,400,403,404,410,413,415,422,429,500,503")]
    [TestCase("/execution", "post", "200,201,204,400,403,404,410,413,415,422,429,500,503")]
    [TestCase("/jobs", "get", "200,400,429,500")]
    [TestCase("/jobs/{jobId}", "get", "200,400,404,410,429,500")]
    [TestCase("/{jobId}", "get", "200,400,404,410,429,500")]
    [TestCase("/jobs/{jobId}", "delete", "200,400,404,410,429,500,503")]
    [TestCase("/jobs/{jobId}/results", "get", "200,204,206,304,307,400,404,410,412,416,429,500,503")]
    [TestCase("/jobs/{jobId}/results/{outputId}", "get", "200,206,304,307,400,404,410,412,416,429,500,503")]
    [TestCase("/jobs/{jobId}/logs", "get", "200,204,400,404,410,429,500,503")]
    [TestCase("/jobs/{jobId}/events", "get", "200,204,400,404,410,429,500,503")]
    [TestCase("/jobs/{jobId}/inputs", "get", "200,400,404,410,429,500")]
    [Requirement("/req/oas30/exceptions-codes")]
    public async Task Api_TellsEveryStatus(string path, string method, string statuses)
    {
        var responses = (await OperationAsync(path, method))["responses"]!.AsObject();
        Assert.That(string.Join(',', responses.Select(response => response.Key).Order(StringComparer.Ordinal)), Is.EqualTo(statuses));
    }

    [TestCase("/processes", "post")]
    [TestCase("/processes/{processId}", "put")]
    [Requirement("/req/ogcapppkg/body")]
    [Requirement("/req/cwl/body")]
    public async Task Api_TakesPackagesUnderAllTheirMediaTypes(string path, string method)
    {
        var content = (await OperationAsync(path, method))["requestBody"]!["content"]!.AsObject();
        Assert.That(content.Select(body => body.Key), Is.EqualTo(new[]
        {
            "application/ogcapppkg+json", "application/json", "application/cwl", "application/cwl+json", "application/cwl+yaml",
        }));
    }

    [TestCase("/processes/{processId}/package", "application/ogcapppkg+json", "application/cwl", "application/cwl+json", "application/cwl+yaml", "text/html")]
    [TestCase("/processes/{processId}", "application/json", "text/html")]
    [TestCase("/jobs/{jobId}/results", "application/json", "multipart/related", "application/zip", "*/*", "text/html")]
    [TestCase("/jobs/{jobId}/results/{outputId}", "application/octet-stream", "*/*")]
    public async Task Api_TellsTheMediaTypesOfAnswers(string path, params string[] mediaTypes)
    {
        var content = (await OperationAsync(path, "get"))["responses"]!["200"]!["content"]!.AsObject();
        Assert.That(content.Select(body => body.Key), Is.EqualTo(mediaTypes));
    }

    [TestCase("/")]
    [TestCase("/conformance")]
    [TestCase("/api")]
    [TestCase("/api/ui/index.html")]
    [TestCase("/processes")]
    [TestCase("/processes/echo")]
    [TestCase("/jobs")]
    [TestCase("/health/live")]
    public async Task Head_OfEveryPage_AnswersAsGetWithoutABody(string path)
    {
        var got = await Server.GetAsync(path);
        var head = await Server.SendAsync(HttpMethod.Head, path);
        Assert.That(head.Status, Is.EqualTo(got.Status));
        Assert.That(head.MediaType, Is.EqualTo(got.MediaType));
        Assert.That(head.Body, Is.Empty);
    }

    [TestCase("/nowhere", 404)]
    [TestCase("/processes/none", 404)]
    [TestCase("/execution", 405)]
    public async Task Head_OfWhatGetRefuses_IsRefusedAlike(string path, int status)
    {
        var head = await Server.SendAsync(HttpMethod.Head, path);
        Assert.That((int)head.Status, Is.EqualTo(status));
        Assert.That(head.Body, Is.Empty);
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
    public async Task HealthReady_TellsDatabaseEngineDiskAndOutputs()
    {
        var ready = await Server.GetAsync("/health/ready");
        Assert.That(ready.Json["checks"]!.AsObject().Select(check => check.Key), Is.EquivalentTo(new[] { "database", "engine", "disk", "outputs" }));
        Assert.That((int)ready.Status, Is.EqualTo(200), ready.Text);
    }

    private static async Task<JsonNode> OperationAsync(string path, string method) =>
        (await Server.GetAsync("/api")).Json["paths"]![path]![method]!;
}
