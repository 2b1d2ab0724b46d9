using System.Text.Json.Nodes;
using OgcProcesses.WebApi.FunctionalTests.OpenApi;

namespace OgcProcesses.WebApi.FunctionalTests.Compatibility;

/// <summary>The profile for the Python client of Unity SDS; requests are as version 2.0.1 of it sends them.</summary>
internal sealed class UnitySdsTests : ServerTests
{
    private const string Agent = "OpenAPI-Generator/1.0.0/python";

    /// <summary>The fields of the original's model of a job.</summary>
    private static readonly string[] Fields = ["process_id", "type", "job_id", "status", "message", "created", "started", "finished", "updated", "progress", "links"];

    private Server _unity = null!;

    [OneTimeSetUp]
    public void Start() => _unity = new(("Compatibility:UnitySds", "true"));

    [OneTimeTearDown]
    public void Stop() => _unity.Dispose();

    [Test]
    public async Task Client_HealthDeployExecuteFollowUndeploy_IsAnsweredAsByItsOwnServer()
    {
        var id = $"unity-{Guid.NewGuid():N}";
        Assert.That((await SendAsync("GET", "/health")).Text, Is.EqualTo("""{"status":"OK"}"""));

        // Its users give the endpoint with a slash at the end, before which the client puts another one.
        var deployed = await SendAsync("POST", "//processes", Written(id));
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        Assert.That((int)(await SendAsync("PUT", $"//processes/{id}", Written(id))).Status, Is.EqualTo(204));

        var execute = """{"inputs": {"name": "Ada"}, "filter": null, "outputs": null, "process": null, "properties": null, "sortBy": null, "subscriber": null}""";
        var accepted = await SendAsync("POST", $"//processes/{id}/execution", execute, "respond-async");
        Assert.That((int)accepted.Status, Is.EqualTo(200), accepted.Text);
        var pairs = accepted.Json.AsArray().Select(pair => pair!.AsArray()).ToList();
        Assert.That(pairs.Select(pair => pair[0]!.GetValue<string>()), Is.EqualTo(Fields));
        Assert.That(pairs.Select(pair => pair.Count), Is.All.EqualTo(2));
        var job = pairs.ToDictionary(pair => pair[0]!.GetValue<string>(), pair => pair[1]);
        Assert.That(job["process_id"]!.GetValue<string>(), Is.EqualTo(id));
        Assert.That(job["status"]!.GetValue<string>(), Is.AnyOf("accepted", "running"));
        Assert.That(job["finished"], Is.Null);
        var path = $"/jobs/{job["job_id"]!.GetValue<string>()}";
        Assert.That(accepted.Headers.Location!.AbsolutePath, Is.EqualTo(path));

        var ended = await _unity.EndOfAsync(job["job_id"]!.GetValue<string>());
        Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.Text);
        Assert.That((await SendAsync("GET", $"/{path}/results")).Text, Is.EqualTo("""{"greeting":"Ada"}"""));
        Assert.That((await SendAsync("GET", "//jobs")).Json["jobs"]!.AsArray().Select(one => "/jobs/" + one!["jobID"]), Does.Contain(path));
        Assert.That((await SendAsync("DELETE", $"/{path}")).Json["status"]!.GetValue<string>(), Is.EqualTo("dismissed"));
        Assert.That((int)(await SendAsync("DELETE", $"//processes/{id}?force=true")).Status, Is.EqualTo(204));
    }

    [Test]
    public async Task Client_Synchronously_GetsTheResults()
    {
        var answer = await SendAsync("POST", "/processes/echo/execution", """{"inputs": {"message": "now"}, "outputs": null}""");
        Assert.That(((int)answer.Status, answer.Text), Is.EqualTo((200, """{"message":"now"}""")));
    }

    [Test]
    public async Task AnotherClient_OfAServerWithTheProfile_GetsTheStatusOfItsJob()
    {
        var accepted = await _unity.ExecuteAsync("echo", """{"inputs":{"message":"as ever"}}""", "respond-async");
        Assert.That((int)accepted.Status, Is.EqualTo(201));
        Assert.That(accepted.Json["status"]!.GetValue<string>(), Is.AnyOf("accepted", "running"));
    }

    [Test]
    public async Task Package_WhatIsSetToNull_IsKept()
    {
        var package = Package.Running("true").Taking("default", """{"type":"object","nullable":true,"default":{"a":null},"title":null}""", minOccurs: 0)
            .Giving("none", """{"const":null,"title":null}""");
        Assert.That((int)(await _unity.DeployAsync(package)).Status, Is.EqualTo(201));
        var process = (await _unity.GetAsync($"/processes/{package.Id}/package")).Json["processDescription"]!["process"]!;
        Assert.That(process["inputs"]!["default"]!["schema"]!.ToJsonString(), Is.EqualTo("""{"type":"object","nullable":true,"default":{"a":null}}"""));
        Assert.That(process["outputs"]!["none"]!["schema"]!.ToJsonString(), Is.EqualTo("""{"const":null}"""));
    }

    [Test]
    public async Task Package_ThatIsWrong_IsRefusedAsEver()
    {
        var wrong = """{"processDescription":{"id":null,"inputs":{"a\ud800":{"schema":{}},"b":{"schema":{}},"b":{"schema":{}}}},"executionUnit":[]}""";
        var (with, without) = (await _unity.PostAsync("/processes", wrong), await Server.PostAsync("/processes", wrong));
        Assert.That((int)with.Status, Is.EqualTo(400));
        Assert.That(with.Text, Is.EqualTo(without.Text));
    }

    [Test]
    public async Task Health_EngineAwayAndCallerUnknown_IsOk()
    {
        using var server = new Server(("Compatibility:UnitySds", "true"), ("Security:Mode", "ApiKeys"), ("Docker:Endpoint", "unix:///nowhere/docker.sock"));
        Assert.That((int)(await server.GetAsync("/health/ready")).Status, Is.EqualTo(503));
        var answer = await server.GetAsync("/health");
        Assert.That(((int)answer.Status, answer.Text), Is.EqualTo((200, """{"status":"OK"}""")));
    }

    [Test]
    public async Task Definition_WithTheProfile_TellsWhatItChanges()
    {
        var api = await _unity.GetAsync("/api");
        Assert.That(Validity.Errors(api.Text), Is.Empty);
        var paths = api.Json["paths"]!;
        Assert.That(paths["/health"]?["get"], Is.Not.Null);
        Assert.That(paths["/processes/{processId}"]!["delete"]!["parameters"]!.ToJsonString(), Does.Contain("force"));
        foreach (var path in (string[])["/execution", "/processes/{processId}/execution", "/processes/echo/execution"])
        {
            var forms = paths[path]!["post"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["anyOf"]!.AsArray();
            Assert.That(forms[1]!["items"]!["maxItems"]!.GetValue<int>(), Is.EqualTo(2), path);
        }
    }

    [Test]
    public async Task WithoutTheProfile_NothingOfItIsSeen()
    {
        var accepted = await Server.AskAsync("POST", "/processes/echo/execution", """{"inputs":{"message":"a"}}""", ("User-Agent", Agent), ("Prefer", "respond-async"));
        Assert.That((int)accepted.Status, Is.EqualTo(201));
        Assert.That((int)(await Server.GetAsync("/health")).Status, Is.EqualTo(404));
        Assert.That((int)(await Server.PostAsync("/processes", Written("unity"))).Status, Is.EqualTo(400));
        Assert.That((await Server.GetAsync("/api")).Text, Does.Not.Contain("\"force\"").And.Not.Contain("\"/health\"").And.Not.Contain("OpenAPI-Generator"));
    }

    private async Task<Answer> SendAsync(string method, string path, string? body = null, string? prefer = null)
    {
        // HttpClient would take '//jobs' for a host.
        var url = _unity.Http.BaseAddress!.GetLeftPart(UriPartial.Authority) + path;
        List<(string, string)> headers = [("Accept", "application/json"), ("User-Agent", Agent), ("Accept-Encoding", "identity")];
        if (prefer is not null) headers.Add(("prefer", prefer));
        return await _unity.AskAsync(method, url, body, [.. headers]);
    }

    /// <summary>A package as the client's models write it: each has every member, and null for those that nobody has set.</summary>
    private static string Written(string id)
    {
        string[] unset =
        [
            "additionalProperties", "allOf", "anyOf", "contentEncoding", "contentMediaType", "contentSchema", "default", "deprecated", "description", "enum", "example",
            "exclusiveMaximum", "exclusiveMinimum", "format", "items", "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength", "minProperties", "minimum",
            "multipleOf", "not", "nullable", "oneOf", "pattern", "properties", "readOnly", "required", "title", "uniqueItems", "writeOnly",
        ];
        var schema = new JsonObject(unset.Select(name => KeyValuePair.Create(name, (JsonNode?)null))) { ["type"] = "string" };
        return new JsonObject
        {
            ["executionUnit"] = new JsonObject
            {
                ["type"] = "docker", ["image"] = "ogcprocesses/echo:1", ["deployment"] = null, ["config"] = null, ["additional_properties"] = null,
                // No model of theirs has these; users of the client write them by hand.
                ["command"] = new JsonArray("/bin/echo", "-n"),
                ["bindings"] = JsonNode.Parse("""{"inputBindings":{"name":{"position":1}},"outputBindings":{"greeting":{"stdout":true}}}"""),
            },
            ["processDescription"] = new JsonObject
            {
                ["id"] = id, ["version"] = "1.0.0", ["title"] = null, ["description"] = null, ["keywords"] = null, ["links"] = null, ["metadata"] = null, ["jobControlOptions"] = null,
                ["inputs"] = new JsonObject
                {
                    ["name"] = new JsonObject
                    {
                        ["schema"] = schema.DeepClone(), ["title"] = "name", ["description"] = null, ["keywords"] = null, ["metadata"] = null, ["minOccurs"] = null, ["maxOccurs"] = null,
                        ["valuePassing"] = null,
                    },
                },
                ["outputs"] = new JsonObject
                {
                    ["greeting"] = new JsonObject { ["schema"] = schema, ["title"] = null, ["description"] = null, ["keywords"] = null, ["metadata"] = null },
                },
            },
        }.ToJsonString();
    }
}
