using System.Net;

namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>Part 1, core: landing page, definition, conformance, processes, jobs. Executions are in <see cref="CoreExecutionTests"/>.</summary>
internal sealed class CoreTests : ConformanceTests
{
    private const string Echo = """{"inputs":{"message":"m"}}""";

    [TestCase("GET", "/", 200)]
    [TestCase("GET", "/processes", 200)]
    [TestCase("GET", "/jobs/none", 404)]
    [TestCase("POST", "/processes/echo/execution", 200)]
    [Requirement("/req/core/http")]
    public async Task Http_EveryOperation_SpeaksVersion11(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (method == "POST") request.Content = new StringContent(Echo, System.Text.Encoding.UTF8, "application/json");
        using var response = await Server.Http.SendAsync(request);
        Assert.That(((int)response.StatusCode, response.Version), Is.EqualTo((status, HttpVersion.Version11)));
    }

    [Test]
    [Requirement("/req/core/landingpage-op")]
    public async Task LandingPage_IsAtTheRoot()
    {
        var page = await Server.GetAsync("/");
        Assert.That((int)page.Status, Is.EqualTo(200));
        Assert.That(page.MediaType, Is.EqualTo("application/json"));
    }

    [TestCase("service-desc")]
    [TestCase("service-doc")]
    [Requirement("/req/core/api-definition-op")]
    [Requirement("/req/core/api-definition-success")]
    public async Task ApiDefinition_EveryLinkToOne_LeadsToOneOfTheTypeItSays(string relation)
    {
        var links = (await Server.GetAsync("/")).Json["links"]!.AsArray().Where(link => link!["rel"]!.GetValue<string>() == relation).ToList();
        Assert.That(links, Is.Not.Empty);
        foreach (var link in links)
        {
            var definition = await Server.GetAsync(link!["href"]!.GetValue<string>());
            Assert.That((int)definition.Status, Is.EqualTo(200));
            Assert.That(definition.ContentHeaders.ContentType!.ToString().Replace(" ", "", StringComparison.Ordinal), Does.StartWith(link["type"]!.GetValue<string>()));
        }
    }

    [Test]
    [Requirement("/req/core/conformance-op")]
    public async Task Conformance_IsWhereTheLandingPageSays()
    {
        var linked = await Server.GetAsync((await Server.GetAsync("/")).Links(Relation + "conformance").Single());
        Assert.That((int)linked.Status, Is.EqualTo(200));
        Assert.That(linked.Text, Is.EqualTo((await Server.GetAsync("/conformance")).Text));
    }

    [Test]
    [Requirement("/req/core/process-list")]
    public async Task ProcessList_IsWhereTheLandingPageSays()
    {
        var linked = await Server.GetAsync((await Server.GetAsync("/")).Links(Relation + "processes").First());
        Assert.That((int)linked.Status, Is.EqualTo(200));
        Assert.That(linked.Json["processes"]!.AsArray(), Is.Not.Empty);
    }

    [Test]
    [Requirement("/req/core/pl-limit-definition")]
    public async Task ProcessListLimit_IsDefined() => await AssertLimitParameterAsync("/processes");

    [TestCase(1, 1)]
    [TestCase(2, 2)]
    [TestCase(10_000, null)]
    [TestCase(10_001, null)]
    [Requirement("/req/core/pl-limit-response")]
    public async Task ProcessListLimit_IsTheMost_AndTheMaximumWhereItIsMore(int limit, int? count)
    {
        var list = await Server.GetAsync($"/processes?limit={limit}");
        Assert.That((int)list.Status, Is.EqualTo(200), list.Text);
        Assert.That(list.Json["processes"]!.AsArray(), count is null ? Has.Count.AtLeast(2) : Has.Count.EqualTo(count));
    }

    [Test]
    [Requirement("/req/core/pl-links")]
    public async Task ProcessList_LinksToItselfAndItsOtherForms() => await AssertSelfAndAlternatesAsync("/processes");

    [Test]
    [Requirement("/rec/core/next-1")]
    [Requirement("/rec/core/next-2")]
    [Requirement("/rec/core/next-3")]
    public async Task ProcessList_FollowedToItsEnd_HasEveryProcessOnce()
    {
        for (var i = 0; i < 3; i++) await DeployedAsync(Package.Running("true"));
        var found = new List<string>();
        for (var next = "/processes?limit=2"; next is not null;)
        {
            var page = await Server.GetAsync(next);
            var ids = page.Json["processes"]!.AsArray().Select(process => process!["id"]!.GetValue<string>()).ToList();
            Assert.That(ids, Has.Count.InRange(1, 2));
            found.AddRange(ids);
            next = page.Links("next").SingleOrDefault();
        }

        var all = (await Server.GetAsync("/processes?limit=10000")).Json["processes"]!.AsArray().Select(process => process!["id"]!.GetValue<string>());
        Assert.That(found, Is.EqualTo(all));
    }

    [Test]
    [Requirement("/req/core/process")]
    [Requirement("/req/core/process-success")]
    public async Task Process_EveryOneListed_IsDescribedUnderItsIdentifier()
    {
        foreach (var summary in (await Server.GetAsync("/processes")).Json["processes"]!.AsArray())
        {
            var id = summary!["id"]!.GetValue<string>();
            var description = await Server.GetAsync($"/processes/{id}");
            Assert.That((int)description.Status, Is.EqualTo(200));
            Assert.That(description.Json["id"]!.GetValue<string>(), Is.EqualTo(id));
            Assert.That(description.Json["version"]!.GetValue<string>(), Is.EqualTo(summary["version"]!.GetValue<string>()));
            Assert.That(description.Links(Relation + "execute").Single(), Does.EndWith($"/processes/{id}/execution"));
        }
    }

    [Test]
    [Requirement("/req/core/job")]
    [AbstractTest("/conf/core/job-op")]
    public async Task Job_IsWhereTheAnswerOfItsExecutionSays()
    {
        var made = await Server.ExecuteAsync("echo", Echo, "respond-async");
        var status = await Server.GetAsync(made.Headers.Location!.ToString());
        Assert.That((int)status.Status, Is.EqualTo(200));
        Assert.That(made.Headers.Location!.AbsolutePath, Is.EqualTo($"/jobs/{status.Json["jobID"]}"));
        Assert.That(status.Json["jobID"]!.GetValue<string>(), Is.EqualTo(made.Json["jobID"]!.GetValue<string>()));
    }

    [Test]
    [Requirement("/req/core/job-success")]
    [Requirement("/rec/core/job-status")]
    public async Task Job_Status_TellsWhatHasHappenedSoFar()
    {
        var jobId = await StartAsync("echo", """{"inputs":{"message":"m","pause":600}}""");
        var running = (await Server.UntilAsync(jobId, status => status["status"]!.GetValue<string>() == "running")).Json;
        await Server.DeleteAsync($"/jobs/{jobId}");
        var dismissed = (await Server.GetAsync($"/jobs/{jobId}")).Json;
        Assert.That(new[] { running["created"], running["started"], running["updated"] }, Has.None.Null);
        Assert.That(running["finished"], Is.Null);
        Assert.That(dismissed["finished"], Is.Not.Null);
        Assert.That(dismissed["updated"]!.GetValue<DateTimeOffset>(), Is.GreaterThanOrEqualTo(running["updated"]!.GetValue<DateTimeOffset>()));
    }

    [Test]
    [Requirement("/req/core/job-results")]
    public async Task JobResults_AreWhereTheStatusSays()
    {
        var ended = await Server.RunAsync("echo", Echo);
        var results = await Server.GetAsync(ended.Links(Relation + "results").Single());
        Assert.That((int)results.Status, Is.EqualTo(200));
        Assert.That(results.Text, Is.EqualTo((await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/results")).Text));
    }

    [Test]
    [Requirement("/req/core/job-results-exception/results-not-ready")]
    [AbstractTest("/conf/core/job-results-exception-results-not-ready")]
    public async Task JobResults_OfAcceptedAndRunningJobs_AreNotReady()
    {
        using var busy = new Server(("Runner:MaxConcurrentJobs", "1"));
        const string Slow = """{"inputs":{"message":"m","pause":600}}""";
        var running = (await busy.ExecuteAsync("echo", Slow, "respond-async")).Json["jobID"]!.GetValue<string>();
        await busy.UntilAsync(running, status => status["status"]!.GetValue<string>() == "running");
        var accepted = (await busy.ExecuteAsync("echo", Slow, "respond-async")).Json["jobID"]!.GetValue<string>();
        foreach (var jobId in (string[])[accepted, running])
        {
            var results = await busy.GetAsync($"/jobs/{jobId}/results");
            Assert.That((int)results.Status, Is.EqualTo(404));
            Assert.That(results.Type, Is.EqualTo(Part1 + "result-not-ready"));
        }

        Assert.That((await busy.GetAsync($"/jobs/{accepted}")).Json["status"]!.GetValue<string>(), Is.EqualTo("accepted"));
        await busy.DeleteAsync($"/jobs/{accepted}");
        await busy.DeleteAsync($"/jobs/{running}");
    }

    [Test]
    [Requirement("/req/core/test-process")]
    [Requirement("/rec/core/test-process")]
    public async Task TestProcess_EchoesAndWaitsInBothModes()
    {
        var echo = (await Server.GetAsync("/processes/echo")).Json;
        Assert.That(echo["jobControlOptions"]!.AsArray().Select(option => option!.GetValue<string>()), Is.SupersetOf(new[] { "sync-execute", "async-execute" }));
        Assert.That(echo["inputs"]!["pause"]!["schema"]!["type"]!.GetValue<string>(), Is.EqualTo("integer"));
        var results = await ResultsAsync("echo", """{"inputs":{"message":"teststring","pause":1}}""");
        Assert.That(results.Json["message"]!.GetValue<string>(), Is.EqualTo("teststring"));
    }

    [TestCase("/processes/none")]
    [TestCase("/jobs/none")]
    [TestCase("/jobs?limit=0")]
    [Requirement("/rec/core/problem-details")]
    public async Task Errors_AreProblemDetails(string path)
    {
        var problem = await Server.GetAsync(path, "application/problem+json");
        Assert.That(problem.MediaType, Is.EqualTo("application/problem+json"));
        Assert.That(problem.Json["status"]!.GetValue<int>(), Is.EqualTo((int)problem.Status));
        Assert.That(problem.Json["title"]!.GetValue<string>(), Is.Not.Empty);
    }
}
