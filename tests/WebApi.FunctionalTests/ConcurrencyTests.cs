using System.Net;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Several deployers at one process: entity tags, conditions, and who comes first.</summary>
internal sealed class ConcurrencyTests : ServerTests
{
    [Test]
    public async Task Describe_WithTheTagItGave_IsNotModified()
    {
        var described = await Server.GetAsync("/processes/echo");
        var again = await Server.AskAsync("GET", "/processes/echo", null, ("If-None-Match", $"\"other\", W/{TagOf(described)}"));
        var any = await Server.AskAsync("HEAD", "/processes/echo", null, ("If-None-Match", "*"));
        Assert.That(described.Headers.ETag!.IsWeak, Is.False);
        Assert.That((again.Status, TagOf(again), again.Body), Is.EqualTo((HttpStatusCode.NotModified, TagOf(described), Array.Empty<byte>())));
        Assert.That(any.Status, Is.EqualTo(HttpStatusCode.NotModified));
    }

    [Test]
    public async Task Package_WithTheTagItGave_IsNotModified()
    {
        var path = $"/processes/{await DeployedAsync()}/package";
        var tag = TagOf(await Server.GetAsync(path));
        Assert.That((int)(await Server.AskAsync("GET", path, null, ("If-None-Match", tag))).Status, Is.EqualTo(304));
    }

    [Test]
    public async Task Replace_WithATagOfTheSameRevision_IsDone([Values("Deploy", "Describe", "Package", "Replace")] string from)
    {
        var package = Package.Running("true");
        var deployed = await Server.DeployAsync(package);
        var path = $"/processes/{package.Id}";
        var tag = TagOf(from switch
        {
            "Describe" => await Server.GetAsync(path),
            "Package" => await Server.GetAsync($"{path}/package"),
            "Replace" => await Server.AskAsync("PUT", path, package.ToString()),
            _ => deployed,
        });
        var replaced = await Server.AskAsync("PUT", path, package.ToString(), ("If-Match", $"\"other\", {tag}"));
        Assert.That((int)replaced.Status, Is.EqualTo(204), replaced.Text);
        Assert.That(TagOf(replaced), Is.Not.EqualTo(tag));
    }

    [Test]
    public async Task Change_WithTheTagOfAnotherRevision_IsRefused()
    {
        var package = Package.Running("true");
        var seen = TagOf(await Server.DeployAsync(package));
        package.Process["title"] = "Somebody else's";
        await Server.AskAsync("PUT", $"/processes/{package.Id}", package.ToString());
        package.Process["title"] = "Mine";
        foreach (var tag in (string[])[seen, "\"nonsense\"", "nonsense", $"W/{TagOf(await Server.GetAsync($"/processes/{package.Id}"))}"])
        {
            var replaced = await Server.AskAsync("PUT", $"/processes/{package.Id}", package.ToString(), ("If-Match", tag));
            var undeployed = await Server.AskAsync("DELETE", $"/processes/{package.Id}", null, ("If-Match", tag));
            Assert.That(((int)replaced.Status, (int)undeployed.Status), Is.EqualTo((412, 412)), tag);
            Assert.That(replaced.Json["title"]!.GetValue<string>(), Is.EqualTo("The process has changed"));
        }

        var described = await Server.GetAsync($"/processes/{package.Id}");
        Assert.That(described.Json["title"]!.GetValue<string>(), Is.EqualTo("Somebody else's"));
        Assert.That((int)(await Server.AskAsync("DELETE", $"/processes/{package.Id}", null, ("If-Match", TagOf(described)))).Status, Is.EqualTo(204));
    }

    [TestCase("If-Match", "*", 204)]
    [TestCase("If-None-Match", "*", 412)]
    [TestCase("If-None-Match", "\"other\"", 204)]
    public async Task Replace_OnAnyState_GoesByTheHeader(string header, string value, int status)
    {
        var package = Package.Running("true");
        await Server.DeployAsync(package);
        Assert.That((int)(await Server.AskAsync("PUT", $"/processes/{package.Id}", package.ToString(), (header, value))).Status, Is.EqualTo(status));
    }

    [TestCase("none", 404)]
    [TestCase("echo", 403)]
    public async Task Undeploy_OfWhatCanNotBe_IsToldBeforeTheCondition(string id, int status) => Assert.That(
        (int)(await Server.AskAsync("DELETE", $"/processes/{id}", null, ("If-Match", "\"other\""))).Status, Is.EqualTo(status));

    [Test]
    public async Task Replace_ByTwentyWithTheSameTag_IsDoneOnce()
    {
        var package = Package.Running("true");
        var tag = TagOf(await Server.DeployAsync(package));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(number =>
        {
            package.Process["title"] = $"Number {number}";
            return Server.AskAsync("PUT", $"/processes/{package.Id}", package.ToString(), ("If-Match", tag));
        }));
        var statuses = answers.Select(answer => (int)answer.Status).ToList();
        var winner = statuses.IndexOf(204);
        Assert.That(statuses.Order(), Is.EqualTo((int[])[204, .. Enumerable.Repeat(412, 19)]));
        Assert.That((await Server.GetAsync($"/processes/{package.Id}")).Json["title"]!.GetValue<string>(), Is.EqualTo($"Number {winner}"));
    }

    [Test]
    [Requirement("/req/deploy-replace-undeploy/deploy-response-duplicate")]
    public async Task Deploy_ByTenAtOnce_IsDoneOnce()
    {
        var package = Package.Running("true");
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Server.DeployAsync(package)));
        Assert.That(answers.Select(answer => (int)answer.Status).Order(), Is.EqualTo((int[])[201, .. Enumerable.Repeat(409, 9)]));
    }

    [Test]
    public async Task Describe_OnceTheImageIsThere_HasAnotherTagOfTheSameRevision()
    {
        var package = Package.Running("true");
        package.Unit["image"] = $"127.0.0.1:1/absent:{Guid.NewGuid():N}";
        var deployed = await Server.DeployAsync(package);
        Assert.That((int)deployed.Status, Is.EqualTo(201), "whether there is an image is no matter of the deployment");
        var first = await Server.GetAsync($"/processes/{package.Id}");
        var later = await UntilAsync(package.Id, "unavailable");
        if (first.Text != later.Text) Assert.That(TagOf(first), Is.Not.EqualTo(TagOf(later)));
        Assert.That(later.Json["image"]!["message"]!.GetValue<string>(), Is.Not.Empty);
        Assert.That((int)(await Server.AskAsync("PUT", $"/processes/{package.Id}", package.ToString(), ("If-Match", TagOf(first)))).Status, Is.EqualTo(204));
    }

    [Test]
    public async Task Job_OfAProcessThatIsReplacedAndUndeployed_RunsWhatItBeganWith()
    {
        var package = Package.Running("echo first").Giving("out", """{"type":"string"}""").Binding("outputBindings", "out", """{"stdout":true}""");
        await Server.DeployAsync(package);
        var accepted = await Server.ExecuteAsync(package.Id, "{}", "respond-async");
        package.Unit["command"]![2] = "echo second";
        await Server.AskAsync("PUT", $"/processes/{package.Id}", package.ToString());
        var second = await Server.ExecuteAsync(package.Id, "{}");
        await Server.DeleteAsync($"/processes/{package.Id}");
        var jobId = accepted.Json["jobID"]!.GetValue<string>();
        await Server.EndOfAsync(jobId);
        var first = await Server.GetAsync($"/jobs/{jobId}/results");
        Assert.That((first.Json["out"]!.GetValue<string>(), second.Json["out"]!.GetValue<string>()), Is.EqualTo(("first", "second")));
    }

    [Test]
    public async Task Replace_AskedForARepresentation_ShowsTheSummaryAndItsWarnings()
    {
        var package = Package.Running("true");
        await Server.DeployAsync(package);
        package.Taking("scene", """{"$ref":"https://schemas.example/none.json"}""");
        var replaced = await Server.AskAsync("PUT", $"/processes/{package.Id}", package.ToString(), ("Prefer", "return=representation"));
        Assert.That((int)replaced.Status, Is.EqualTo(200), replaced.Text);
        Assert.That(replaced.Headers.GetValues("Preference-Applied"), Is.EqualTo(new[] { "return=representation" }));
        Assert.That(replaced.Json["id"]!.GetValue<string>(), Is.EqualTo(package.Id));
        Assert.That(replaced.Json["warnings"]![0]!.GetValue<string>(), Does.Contain("/inputs/scene/schema"));
    }

    private static async Task<string> DeployedAsync()
    {
        var package = Package.Running("true");
        await Server.DeployAsync(package);
        return package.Id;
    }

    private static async Task<Answer> UntilAsync(string processId, string imageStatus)
    {
        for (var deadline = DateTime.UtcNow.AddMinutes(1); DateTime.UtcNow < deadline; await Task.Delay(50))
        {
            var described = await Server.GetAsync($"/processes/{processId}");
            if (described.Json["image"]!["status"]!.GetValue<string>() == imageStatus) return described;
        }

        throw new TimeoutException($"The image of {processId} has not become {imageStatus}.");
    }

    private static string TagOf(Answer answer) => answer.Headers.ETag!.ToString();
}
