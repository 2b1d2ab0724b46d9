using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>Part 2, deploy-replace-undeploy.</summary>
internal sealed class DeployReplaceUndeployTests : ConformanceTests
{
    [TestCase("application/ogcapppkg+json")]
    [TestCase("application/json")]
    [Requirement("/req/deploy-replace-undeploy/deploy-post-op")]
    [Requirement("/req/deploy-replace-undeploy/deploy-body")]
    [Requirement("/req/deploy-replace-undeploy/deploy-content-type")]
    [Requirement("/req/deploy-replace-undeploy/deploy-response-pid")]
    [Requirement("/req/deploy-replace-undeploy/deploy-response-success")]
    [Requirement("/req/deploy-replace-undeploy/deploy-response-body")]
    [AbstractTest("/conf/dru/deploy-post-op")]
    [AbstractTest("/conf/dru/deploy-content-type")]
    public async Task Deploy_IsAPostOfAPackage_AnsweredByTheSummaryAndItsAddress(string mediaType)
    {
        var package = Package.Running("true");
        package.Process["title"] = "A title";
        var processes = (await Server.GetAsync("/")).Links(Relation + "processes").First();
        var deployed = await Server.PostAsync(processes, package.ToString(), mediaType: mediaType);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        Assert.That(deployed.Headers.Location!.ToString(), Does.EndWith($"/processes/{package.Id}"));
        Assert.That((await Server.GetAsync(deployed.Headers.Location!.ToString())).Json["id"]!.GetValue<string>(), Is.EqualTo(package.Id));
        Assert.That(deployed.Json["title"]!.GetValue<string>(), Is.EqualTo("A title"));
        Assert.That(deployed.Json["inputs"], Is.Null);
    }

    [TestCase("POST", "/processes")]
    [TestCase("PUT", "/processes/null")]
    [TestCase("PUT", "/processes/echo")]
    [Requirement("/req/deploy-replace-undeploy/deploy-unsupported-media-type")]
    [AbstractTest("/conf/dru/deploy-unsupported-content-type")]
    [AbstractTest("/conf/dru/replace-unsupported-content-type")]
    public async Task OtherMediaType_ComesBeforeAnythingElse(string method, string path)
    {
        foreach (var body in (string[])["", "text", "{}"])
        {
            var refused = await Server.SendAsync(new HttpMethod(method), path, body, mediaType: "text/plain");
            Assert.That(((int)refused.Status, refused.Type), Is.EqualTo((415, Part2 + "unsupported-media-type")));
        }
    }

    [Test]
    [Requirement("/req/deploy-replace-undeploy/deploy-response-duplicate")]
    public async Task Deploy_OfWhatIsThere_IsADuplicateAndChangesNothing()
    {
        var package = await DeployedAsync(Package.Running("true"));
        package.Process["title"] = "Another";
        var refused = await Server.DeployAsync(package);
        Assert.That(((int)refused.Status, refused.Type), Is.EqualTo((409, Part2 + "duplicated-process")));
        Assert.That((await Server.GetAsync($"/processes/{package.Id}")).Json["title"], Is.Null);
    }

    [TestCase("POST", "/processes")]
    [TestCase("PUT", "/processes/echo")]
    [TestCase("DELETE", "/processes/echo")]
    [TestCase("GET", "/processes/echo/package")]
    [Requirement("/req/deploy-replace-undeploy/deploy-response-immutable")]
    [AbstractTest("/conf/dru/undeploy-response-immutable")]
    [AbstractTest("/conf/dru/undeploy-response-immutable-success")]
    public async Task BuiltInProcess_CanNotBeTouched(string method, string path)
    {
        var package = Package.Running("true");
        package.Process["id"] = "echo";
        var refused = await Server.SendAsync(new HttpMethod(method), path, method is "POST" or "PUT" ? package.ToString() : null);
        Assert.That(((int)refused.Status, refused.Type), Is.EqualTo((403, Part2 + "immutable-process")));
    }

    [TestCase("application/ogcapppkg+json")]
    [TestCase("application/json")]
    [Requirement("/req/deploy-replace-undeploy/replace-put-op")]
    [Requirement("/req/deploy-replace-undeploy/replace-body")]
    [Requirement("/req/deploy-replace-undeploy/replace-content-type")]
    [Requirement("/req/deploy-replace-undeploy/replace-response")]
    [AbstractTest("/conf/dru/replace-content-type")]
    public async Task Replace_IsAPutOfAPackage(string mediaType)
    {
        var package = await DeployedAsync(Package.Running("exit 1"));
        package.Unit["command"] = new JsonArray("/bin/true");
        var replaced = await Server.SendAsync(HttpMethod.Put, $"/processes/{package.Id}", package.ToString(), mediaType: mediaType);
        Assert.That((int)replaced.Status, Is.EqualTo(204), replaced.Text);
        Assert.That((await Server.RunAsync(package.Id, "{}")).Json["status"]!.GetValue<string>(), Is.EqualTo("successful"));
    }

    [TestCase("PUT")]
    [TestCase("DELETE")]
    [Requirement("/req/deploy-replace-undeploy/replace-response")]
    [Requirement("/req/deploy-replace-undeploy/undeploy-response")]
    [AbstractTest("/conf/dru/replace-put-op")]
    [AbstractTest("/conf/dru/undeploy-delete-op")]
    public async Task ReplaceAndUndeploy_OfWhatIsNotThere_AreKnownMethods(string method)
    {
        var package = Package.Running("true");
        var refused = await Server.SendAsync(new HttpMethod(method), $"/processes/{package.Id}", method == "PUT" ? package.ToString() : null);
        Assert.That(((int)refused.Status, refused.Type), Is.EqualTo((404, Part1 + "no-such-process")));
    }

    [Test]
    [Requirement("/req/deploy-replace-undeploy/undeploy-delete-op")]
    [Requirement("/req/deploy-replace-undeploy/undeploy-response")]
    [AbstractTest("/conf/dru/undeploy-response")]
    public async Task Undeploy_TakesTheProcessAway_AndFreesItsIdentifier()
    {
        var package = await DeployedAsync(Package.Running("true"));
        var undeployed = await Server.DeleteAsync($"/processes/{package.Id}");
        Assert.That(((int)undeployed.Status, undeployed.Body.Length), Is.EqualTo((204, 0)));
        Assert.That((int)(await Server.DeleteAsync($"/processes/{package.Id}")).Status, Is.EqualTo(404));
        Assert.That((int)(await Server.ExecuteAsync(package.Id, "{}")).Status, Is.EqualTo(404));
        await DeployedAsync(package);
    }

    [Test]
    [Requirement("/req/deploy-replace-undeploy/package-get-op")]
    [Requirement("/req/deploy-replace-undeploy/package-response-success")]
    [Requirement("/req/deploy-replace-undeploy/package-response-body")]
    public async Task Package_IsWhatWasSentLast()
    {
        var package = await DeployedAsync(Package.Running("true"));
        await AssertPackageAsync(package);
        package.Process["title"] = "Second";
        await Server.SendAsync(HttpMethod.Put, $"/processes/{package.Id}", package.ToString());
        await AssertPackageAsync(package);
        Assert.That((await Server.GetAsync("/processes/none/package")).Type, Is.EqualTo(Part1 + "no-such-process"));

        static async Task AssertPackageAsync(Package package)
        {
            var back = await Server.GetAsync($"/processes/{package.Id}/package");
            Assert.That((int)back.Status, Is.EqualTo(200));
            Assert.That(JsonNode.DeepEquals(back.Json, JsonNode.Parse(package.ToString())), Is.True, back.Text);
        }
    }

    [Test]
    [Requirement("/req/deploy-replace-undeploy/static-indicator")]
    [AbstractTest("/conf/dru/static-indicator")]
    [AbstractTest("/conf/dru/process-list-success")]
    public async Task Mutable_IsToldOfEveryProcess()
    {
        var package = await DeployedAsync(Package.Running("true"));
        var mutable = (await Server.GetAsync("/processes?limit=10000")).Json["processes"]!.AsArray()
            .ToDictionary(process => process!["id"]!.GetValue<string>(), process => process!["mutable"]!.GetValue<bool>());
        Assert.That((mutable["echo"], mutable["echo-types"], mutable[package.Id]), Is.EqualTo((false, false, true)));
    }
}
