using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests;

internal sealed class ProcessesTests : ServerTests
{
    private const string Part1 = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/";
    private const string Part2 = "http://www.opengis.net/def/exceptions/ogcapi-processes-2/1.0/";

    [Test]
    [Requirement("/req/core/process-list-success")]
    [Requirement("/req/deploy-replace-undeploy/static-indicator")]
    public async Task List_HasTheBuiltInProcesses_AsImmutable()
    {
        var list = await Server.GetAsync("/processes");
        var echo = list.Json["processes"]!.AsArray().Single(process => process!["id"]!.GetValue<string>() == "echo");
        Assert.That(echo!["mutable"]!.GetValue<bool>(), Is.False);
    }

    [Test]
    [Requirement("/req/deploy-replace-undeploy/static-indicator")]
    public async Task List_SaysOfEachProcess_WhetherItIsMutable()
    {
        var package = Package.Running("true");
        await Server.DeployAsync(package);
        var processes = (await Server.GetAsync("/processes?limit=10000")).Json["processes"]!.AsArray();
        Assert.That(processes.Select(process => process!["mutable"]!.GetValueKind()), Has.All.EqualTo(JsonValueKind.True).Or.EqualTo(JsonValueKind.False));
        Assert.That(processes.Single(process => process!["id"]!.GetValue<string>() == package.Id)!["mutable"]!.GetValue<bool>(), Is.True);
    }

    [Test]
    public async Task Deploy_ImageWithItsScheme_RunsIt()
    {
        var package = Package.Running("echo here").Giving("out", """{"type":"string"}""").Binding("outputBindings", "out", """{"stdout":true}""");
        package.Unit["image"] = "docker://ogcprocesses/echo:1";
        await Server.DeployAsync(package);
        var described = await Server.GetAsync($"/processes/{package.Id}");
        Assert.That((await Server.ExecuteAsync(package.Id, "{}")).Json["out"]!.GetValue<string>(), Is.EqualTo("here"));
        Assert.That(described.Json.AsObject().First().Key, Is.EqualTo("id"));
    }

    [Test]
    [Requirement("/req/core/pl-limit-response")]
    [Requirement("/per/core/prev")]
    public async Task List_WithLimit_LeadsThroughAllPagesAndBack()
    {
        var first = await Server.GetAsync("/processes?limit=1");
        var second = await Server.GetAsync(Link(first, "next"));
        var again = await Server.GetAsync(Link(second, "prev"));
        Assert.That(first.Json["processes"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That(IdOf(second), Is.GreaterThan(IdOf(first)));
        Assert.That(IdOf(again), Is.EqualTo(IdOf(first)));
        Assert.That(Relations(again), Does.Not.Contain("prev"));
    }

    [TestCase("limit=0", "limit")]
    [TestCase("limit=-1", "limit")]
    [TestCase("limit=many", "limit")]
    [TestCase("limit=99999999999999999999", "limit")]
    [TestCase("cursor=xyz", "cursor")]
    public async Task List_BadPaging_IsRefusedByName(string query, string parameter)
    {
        var refused = await Server.GetAsync($"/processes?{query}");
        Assert.That(refused.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(refused.Pointers(), Is.EqualTo(new[] { parameter }));
    }

    [Test]
    [Requirement("/req/deploy-replace-undeploy/deploy-response-success")]
    public async Task Deploy_NewProcess_IsCreatedAndDescribed()
    {
        var package = Package.Running("true").Taking("scene", """{"type":"string"}""").Giving("index", """{"type":"number"}""");
        package.Process["x-doi"] = "10.5072/1";
        var deployed = await Server.DeployAsync(package);
        var described = await Server.GetAsync($"/processes/{package.Id}");
        Assert.That(deployed.Status, Is.EqualTo(HttpStatusCode.Created), deployed.Text);
        Assert.That(deployed.Headers.Location, Is.EqualTo(new Uri(Server.Http.BaseAddress!, $"processes/{package.Id}")));
        Assert.That(deployed.Json["id"]!.GetValue<string>(), Is.EqualTo(package.Id));
        Assert.That(described.Json["inputs"]!["scene"]!["schema"]!["type"]!.GetValue<string>(), Is.EqualTo("string"));
        Assert.That(described.Json["mutable"]!.GetValue<bool>(), Is.True);
        Assert.That(described.Json["x-doi"]!.GetValue<string>(), Is.EqualTo("10.5072/1"));
    }

    [Test]
    public async Task Deploy_DescriptionDirectly_IsUnderstood()
    {
        var package = Package.Running("true");
        var flat = JsonNode.Parse(package.ToString())!.AsObject();
        flat["processDescription"] = package.Process.DeepClone();
        var deployed = await Server.PostAsync("/processes", flat.ToJsonString());
        Assert.That(deployed.Status, Is.EqualTo(HttpStatusCode.Created), deployed.Text);
    }

    [Test]
    [Requirement("/req/deploy-replace-undeploy/deploy-response-duplicate")]
    public async Task Deploy_Twice_IsADuplicate()
    {
        var package = Package.Running("true");
        await Server.DeployAsync(package);
        var refused = await Server.DeployAsync(package);
        Assert.That((int)refused.Status, Is.EqualTo(409));
        Assert.That(refused.Type, Is.EqualTo(Part2 + "duplicated-process"));
    }

    [TestCase("POST", "/processes")]
    [TestCase("PUT", "/processes/null")]
    [Requirement("/req/deploy-replace-undeploy/deploy-unsupported-media-type")]
    public async Task Deploy_OtherMediaType_IsRefusedBeforeAnythingElse(string method, string path)
    {
        var refused = await Server.SendAsync(new HttpMethod(method), path, "", mediaType: "text/plain");
        Assert.That((int)refused.Status, Is.EqualTo(415));
        Assert.That(refused.Type, Is.EqualTo(Part2 + "unsupported-media-type"));
    }

    [Test]
    public async Task Deploy_ManyThingsWrong_TellsThemAllWithPointers()
    {
        var refused = await Server.PostAsync(
            "/processes",
            """
            {"processDescription":{"process":{"id":"a b","inputs":{"x":{"schema":{"type":7}},"y":{}}}},
             "executionUnit":{"type":"vm","command":"rm -rf /","config":{"memoryMax":1e9}}}
            """);
        Assert.That((int)refused.Status, Is.EqualTo(400));
        Assert.That(refused.Pointers(), Is.EquivalentTo(new[]
        {
            "/processDescription/process/id",
            "/processDescription/process/inputs/x/schema",
            "/processDescription/process/inputs/y/schema",
            "/executionUnit/type",
            "/executionUnit/image",
            "/executionUnit/command",
            "/executionUnit/config/memoryMax",
        }));
    }

    [Test]
    [Requirement("/req/deploy-replace-undeploy/replace-response")]
    [Requirement("/req/deploy-replace-undeploy/package-response-body")]
    public async Task Replace_DeployedProcess_ChangesDescriptionAndPackage()
    {
        var package = Package.Running("true");
        await Server.DeployAsync(package);
        package.Process["title"] = "Second edition";
        var replaced = await Server.SendAsync(HttpMethod.Put, $"/processes/{package.Id}", package.ToString());
        Assert.That((int)replaced.Status, Is.EqualTo(204), replaced.Text);
        Assert.That((await Server.GetAsync($"/processes/{package.Id}")).Json["title"]!.GetValue<string>(), Is.EqualTo("Second edition"));
        var back = await Server.GetAsync($"/processes/{package.Id}/package");
        Assert.That(back.MediaType, Is.EqualTo("application/ogcapppkg+json"));
        Assert.That(JsonNode.DeepEquals(back.Json, JsonNode.Parse(package.ToString())), Is.True, back.Text);
    }

    [Test]
    public async Task Replace_ByAnotherIdentifier_IsRefused()
    {
        var package = Package.Running("true");
        await Server.DeployAsync(package);
        var refused = await Server.SendAsync(HttpMethod.Put, $"/processes/{package.Id}", Package.Running("true").ToString());
        Assert.That((int)refused.Status, Is.EqualTo(400));
    }

    [Test]
    [Requirement("/req/deploy-replace-undeploy/undeploy-response")]
    public async Task Undeploy_DeployedProcess_IsGone()
    {
        var package = Package.Running("true");
        await Server.DeployAsync(package);
        var undeployed = await Server.DeleteAsync($"/processes/{package.Id}");
        var after = await Server.GetAsync($"/processes/{package.Id}");
        Assert.That((int)undeployed.Status, Is.EqualTo(204));
        Assert.That((int)after.Status, Is.EqualTo(404));
    }

    [TestCase("PUT", "/processes/echo")]
    [TestCase("DELETE", "/processes/echo")]
    [TestCase("GET", "/processes/echo/package")]
    [Requirement("/req/deploy-replace-undeploy/deploy-response-immutable")]
    public async Task BuiltInProcess_CanNotBeChanged(string method, string path)
    {
        var refused = await Server.SendAsync(new HttpMethod(method), path, method == "PUT" ? Package.Running("true").ToString() : null);
        Assert.That((int)refused.Status, Is.EqualTo(403));
        Assert.That(refused.Type, Is.EqualTo(Part2 + "immutable-process"));
        Assert.That(refused.Headers.Location, Is.EqualTo(new Uri(Server.Http.BaseAddress!, "processes/echo")));
    }

    [Test]
    [Requirement("/req/deploy-replace-undeploy/deploy-response-immutable")]
    public async Task Deploy_UnderABuiltInIdentifier_IsRefused()
    {
        var package = Package.Running("true");
        package.Process["id"] = "echo";
        var refused = await Server.DeployAsync(package);
        Assert.That(((int)refused.Status, refused.Type), Is.EqualTo((403, Part2 + "immutable-process")));
        Assert.That(refused.Headers.Location, Is.EqualTo(new Uri(Server.Http.BaseAddress!, "processes/echo")));
    }

    [TestCase("GET", "/processes/none")]
    [TestCase("GET", "/processes/..%2f..%2fetc")]
    [TestCase("GET", "/processes/none/package")]
    [TestCase("DELETE", "/processes/none")]
    [TestCase("POST", "/processes/none/execution")]
    [Requirement("/req/core/process-exception/no-such-process")]
    [AbstractTest("/conf/core/process-exception-no-such-process")]
    public async Task UnknownProcess_IsToldByItsType(string method, string path)
    {
        var refused = await Server.SendAsync(new HttpMethod(method), path, method == "POST" ? "{}" : null);
        Assert.That((int)refused.Status, Is.EqualTo(404));
        Assert.That(refused.Type, Is.EqualTo(Part1 + "no-such-process"));
    }

    [Test]
    public async Task Describe_PresentImage_SaysSo()
    {
        var package = Package.Running("true");
        await Server.DeployAsync(package);
        for (var deadline = DateTime.UtcNow.AddSeconds(30); DateTime.UtcNow < deadline; await Task.Delay(50))
            if (await ImageStatusAsync(package.Id) == "present") Assert.Pass();
        Assert.Fail(await ImageStatusAsync(package.Id));
    }

    private static async Task<string> ImageStatusAsync(string processId) =>
        (await Server.GetAsync($"/processes/{processId}")).Json["image"]!["status"]!.GetValue<string>();

    private static string IdOf(Answer list) => list.Json["processes"]![0]!["id"]!.GetValue<string>();

    private static string Link(Answer list, string relation) =>
        list.Json["links"]!.AsArray().Single(link => link!["rel"]!.GetValue<string>() == relation)!["href"]!.GetValue<string>();

    private static IEnumerable<string> Relations(Answer list) => list.Json["links"]!.AsArray().Select(link => link!["rel"]!.GetValue<string>());
}
