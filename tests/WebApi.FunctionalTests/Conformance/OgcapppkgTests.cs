using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>Part 2, ogcapppkg.</summary>
internal sealed class OgcapppkgTests : ConformanceTests
{
    private const string MediaType = "application/ogcapppkg+json";

    [Test]
    [Requirement("/req/ogcapppkg/body")]
    [Requirement("/req/ogcapppkg/deploy-body")]
    [AbstractTest("/conf/ogcapppkg/deploy-response")]
    [AbstractTest("/conf/ogcapppkg/deploy-response-success")]
    [AbstractTest("/conf/ogcapppkg/deploy-response-duplicate")]
    public async Task Deploy_ThenTheSameAgain_IsCreatedThenADuplicate()
    {
        var package = Package.Running("true").ToString();
        var deployed = await Server.PostAsync("/processes", package, mediaType: MediaType);
        var again = await Server.PostAsync("/processes", package, mediaType: MediaType);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        Assert.That(deployed.Headers.GetValues("Location").Single(), Does.EndWith($"/processes/{deployed.Json["id"]}"));
        Assert.That(((int)again.Status, again.Type), Is.EqualTo((409, Part2 + "duplicated-process")));
    }

    [Test]
    [Requirement("/req/ogcapppkg/replace-body")]
    [AbstractTest("/conf/ogcapppkg/replace-response")]
    public async Task Replace_WithAPackage_IsDone()
    {
        var package = await DeployedAsync(Package.Running("true"));
        var replaced = await Server.SendAsync(HttpMethod.Put, $"/processes/{package.Id}", package.ToString(), mediaType: MediaType);
        Assert.That((int)replaced.Status, Is.EqualTo(204), replaced.Text);
    }

    [Test]
    [Requirement("/req/ogcapppkg/schema")]
    public async Task Package_WithoutExecutionUnit_IsRefused()
    {
        var package = JsonNode.Parse(Package.Running("true").ToString())!.AsObject();
        package.Remove("executionUnit");
        var refused = await Server.PostAsync("/processes", package.ToJsonString(), mediaType: MediaType);
        Assert.That((int)refused.Status, Is.EqualTo(400));
        Assert.That(refused.Pointers(), Has.Some.StartsWith("/executionUnit"));
    }

    [Test]
    [Requirement("/req/ogcapppkg/process-description")]
    public async Task Process_OfThePackage_IsTheDescription()
    {
        var package = Package.Running("true").Taking("scene", """{"type":"string"}""").Giving("index", """{"type":"number"}""");
        package.Process["title"] = "Title";
        package.Process["keywords"] = new JsonArray("a", "b");
        package.Process["metadata"] = new JsonArray(new JsonObject { ["title"] = "More", ["role"] = "about", ["href"] = "https://example.org/" });
        package.Process["jobControlOptions"] = new JsonArray("async-execute", "dismiss");
        await DeployedAsync(package);
        var description = (await Server.GetAsync($"/processes/{package.Id}")).Json;
        foreach (var (member, value) in package.Process) Assert.That(JsonNode.DeepEquals(description[member], value), Is.True, member);
    }

    [Test]
    [Requirement("/req/ogcapppkg/profile-docker")]
    public async Task Profile_OfADockerizedApplication_IsTakenAndKept()
    {
        var package = JsonNode.Parse(Package.Running("true").ToString())!;
        package["deploymentProfile"] = "http://www.opengis.net/profiles/eoc/dockerizedApplication";
        var deployed = await Server.PostAsync("/processes", package.ToJsonString(), mediaType: MediaType);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        var back = await Server.GetAsync($"/processes/{deployed.Json["id"]}/package");
        Assert.That(JsonNode.DeepEquals(back.Json, package), Is.True, back.Text);
    }

    [Test]
    [Requirement("/req/ogcapppkg/package-response-body")]
    public async Task Package_ComesBackAsAPackage()
    {
        var package = await DeployedAsync(Package.Running("true"));
        var back = await Server.GetAsync($"/processes/{package.Id}/package");
        Assert.That(back.MediaType, Is.EqualTo(MediaType));
        if (OfficialSchemas.Absence is null) Assert.That(OfficialSchemas.Violations(OfficialSchemas.Package, back.Body), Is.Empty);
        Assert.That(JsonNode.DeepEquals(back.Json, JsonNode.Parse(package.ToString())), Is.True, back.Text);
    }
}
