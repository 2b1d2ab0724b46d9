using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>
/// Sends what the official suites send, header by header, and looks at what they look at: ets-ogcapi-processes10 and -part2, which need Java and a
/// network. docs/conformance.md tells how to run the originals.
/// </summary>
internal sealed class OfficialSuiteTests : ConformanceTests
{
    /// <summary>Every input of a kind that the suite knows, as it fills them for all tests but those of one kind.</summary>
    private const string Inputs = """{"message":"teststring"}""";

    private static string AllOutputs => """
        "outputs":{"message":{"transmissionMode":"value"},"pause":{"transmissionMode":"value"},"number":{"transmissionMode":"value"},
        "flag":{"transmissionMode":"value"},"time":{"transmissionMode":"value"},"integers":{"transmissionMode":"value"},
        "box":{"transmissionMode":"value"},"image":{"transmissionMode":"value"}}
        """;

    [Test]
    public async Task LandingPage_Conformance_Lists_WithoutAccept_AreJson()
    {
        foreach (var path in (string[])["/", "/conformance", "/processes", "/jobs"])
            Assert.That((await SendAsync(HttpMethod.Get, path)).MediaType, Is.EqualTo("application/json"), path);
    }

    [Test]
    public async Task ProcessList_LimitOne_IsExactlyOne() =>
        Assert.That((await SendAsync(HttpMethod.Get, "/processes?limit=1")).Json["processes"]!.AsArray(), Has.Count.EqualTo(1));

    /// <summary>The suite gives the first input, a plain string, and looks for the output of the same identifier.</summary>
    [Test]
    public async Task Echo_IsAProcessThatTheSuiteCanUse()
    {
        var echo = (await SendAsync(HttpMethod.Get, "/processes/echo")).Json;
        var inputs = echo["inputs"]!.AsObject();
        var first = inputs.First();
        Assert.That(first.Value!["schema"]!.ToJsonString(), Is.EqualTo("""{"type":"string"}"""));
        Assert.That(echo["outputs"]!.AsObject().First().Key, Is.EqualTo(first.Key));
        Assert.That(inputs.Skip(1).Select(input => input.Value!["minOccurs"]!.GetValue<int>()), Is.All.Zero);
        Assert.That(inputs["pause"]!["schema"]!["type"]!.GetValue<string>(), Is.EqualTo("integer"));
        Assert.That(inputs.Any(input => input.Value!["schema"]!["contentMediaType"] is not null), Is.True);
    }

    /// <summary>The suite reads the description with a strict OpenAPI 3.0 validator, which breaks on more than the standard forbids.</summary>
    [Test]
    public async Task Echo_IsDescribedWithoutWhatTheSuiteTripsOver()
    {
        var echo = (await SendAsync(HttpMethod.Get, "/processes/echo")).Json;
        Assert.That(echo["additionalParameters"], Is.Not.InstanceOf<JsonArray>());
        foreach (var one in echo["inputs"]!.AsObject().Concat(echo["outputs"]!.AsObject()))
        {
            var schema = one.Value!["schema"]!.AsObject();
            var text = schema.ToJsonString();
            foreach (var keyword in (string[])["\"$ref\"", "\"const\"", "\"exclusiveMinimum\"", "\"exclusiveMaximum\"", "\"examples\"", "\"$defs\"", "\"if\""])
                Assert.That(text, Does.Not.Contain(keyword), one.Key);
            Assert.That(schema["type"]?.GetValue<string>(), Is.Not.EqualTo("object"), $"{one.Key}: no box and no object can be sent by the suite");
            if (schema["allOf"] is { } branches) Assert.That(branches.AsArray().Select(branch => branch!["format"]), Has.None.Null, one.Key);
            if (schema["type"]?.GetValue<string>() == "array") Assert.That(schema["items"]!["type"]!.GetValue<string>(), Is.EqualTo("integer"), one.Key);
        }
    }

    [TestCase("""{"message":"teststring"}""")]
    [TestCase("""{"message":"teststring","box":{"bbox":[51.9,7,52,7.1],"crs":"http://www.opengis.net/def/crs/OGC/1.3/CRS84"}}""")]
    [TestCase("""{"message":"teststring","integers":[1,2,3]}""")]
    public async Task Execute_SynchronousWithoutResponse_HasTheTestStringInATextPart(string inputs)
    {
        var answer = await ExecuteAsync($$"""{"id":"echo","inputs":{{inputs}},{{AllOutputs}} }""");
        Assert.That((int)answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(answer.Headers.Contains("Link"), Is.False);
        Assert.That(answer.MediaType, Is.EqualTo("multipart/related"));
        var reader = new MultipartReader(answer.ContentHeaders.ContentType!.Parameters.Single(parameter => parameter.Name == "boundary").Value!.Trim('"'), new MemoryStream(answer.Body));
        var texts = new List<string>();
        while (await reader.ReadNextSectionAsync() is { } section)
        {
            if (!section.ContentType!.StartsWith("text/plain", StringComparison.Ordinal)) continue;
            using var content = new StreamReader(section.Body);
            texts.Add(await content.ReadToEndAsync());
        }

        Assert.That(texts, Does.Contain("teststring"));
    }

    [Test]
    public async Task Execute_OneOutput_IsTheTestStringAsPlainText()
    {
        var answer = await ExecuteAsync($$"""{"id":"echo","inputs":{{Inputs}},"outputs":{"message":{"transmissionMode":"value"} } }""");
        Assert.That(((int)answer.Status, answer.MediaType, answer.Text), Is.EqualTo((200, "text/plain", "teststring")));
    }

    [Test]
    public async Task Execute_Document_IsAMap()
    {
        var answer = await ExecuteAsync($$"""{"id":"echo","inputs":{{Inputs}},{{AllOutputs}},"response":"document"}""");
        Assert.That(answer.MediaType, Is.EqualTo("application/json"));
        Assert.That(answer.Json["message"]!.GetValue<string>(), Is.EqualTo("teststring"));
    }

    [Test]
    public async Task Execute_RawReference_Is204WithLinks()
    {
        var answer = await ExecuteAsync($$"""{"id":"echo","inputs":{{Inputs}},"outputs":{"message":{"transmissionMode":"reference"} } }""");
        Assert.That(((int)answer.Status, answer.Body.Length), Is.EqualTo((204, 0)));
        Assert.That(answer.Headers.GetValues("Link"), Is.Not.Empty);
    }

    [TestCase("respond-async")]
    [TestCase("respond-async ")]
    public async Task Execute_Asynchronous_IsAJobThatTheSuiteCanFollow(string prefer)
    {
        var answer = await ExecuteAsync($$"""{"id":"echo","inputs":{{Inputs}},{{AllOutputs}},"response":"document"}""", prefer);
        Assert.That((int)answer.Status, Is.EqualTo(201), answer.Text);
        var location = answer.Headers.GetValues("Location").Single();
        Assert.That(Uri.TryCreate(location, UriKind.Absolute, out var job) && job.Scheme == "http", Is.True);
        var status = await SendAsync(HttpMethod.Get, location);
        Assert.That(((int)status.Status, status.MediaType), Is.EqualTo((200, "application/json")));
        var ended = await Server.EndOfAsync(status.Json["jobID"]!.GetValue<string>());
        Assert.That(ended.Links(Relation + "results"), Has.Count.EqualTo(1));
        var results = await SendAsync(HttpMethod.Get, location + "/results");
        Assert.That(((int)results.Status, results.MediaType), Is.EqualTo((200, "application/json")));
        Assert.That(results.Text, Does.Contain("teststring"));
    }

    [Test]
    public async Task Execute_WrongInput_Is400AsPlainJson()
    {
        var refused = await ExecuteAsync($$"""{"id":"echo","inputs":{"image":{"type":"wrong/type_{{Guid.NewGuid()}}"} },{{AllOutputs}} }""");
        Assert.That(((int)refused.Status, refused.MediaType), Is.EqualTo((400, "application/json")));
    }

    [Test]
    public async Task Execute_NoExecuteRequest_IsAnException()
    {
        var refused = await ExecuteAsync($$"""{"invalid-execute-request":"{{Guid.NewGuid()}}"}""");
        Assert.That((int)refused.Status, Is.GreaterThanOrEqualTo(400));
        Assert.That(refused.Type, Is.Not.Null);
    }

    [TestCase("GET", "/processes/{0}")]
    [TestCase("GET", "/jobs/{0}")]
    [TestCase("GET", "/jobs/{0}/results")]
    [TestCase("DELETE", "/jobs/{0}")]
    public async Task Unknown_Is404OfATypeWithoutParametersThatItCanNotRead(string method, string path)
    {
        var refused = await SendAsync(new HttpMethod(method), string.Format(System.Globalization.CultureInfo.InvariantCulture, path, Guid.NewGuid()));
        Assert.That((int)refused.Status, Is.EqualTo(404));
        // It takes application/json with parameters, but application/problem+json only without.
        Assert.That(refused.MediaType, Is.EqualTo("application/json"));
    }

    [Test]
    public async Task Results_OfAPausedJob_AreNotReady()
    {
        var answer = await ExecuteAsync("""{"id":"echo","inputs":{"message":"teststring","pause":5},"outputs":{"message":{"transmissionMode":"value"}}}""", "respond-async");
        var results = await SendAsync(HttpMethod.Get, answer.Headers.GetValues("Location").Single() + "/results");
        await SendAsync(HttpMethod.Delete, answer.Headers.GetValues("Location").Single());
        Assert.That(((int)results.Status, results.Type), Is.EqualTo((404, Part1 + "result-not-ready")));
    }

    [Test]
    public async Task JobList_AfterAnAsynchronousExecution_IsNotEmpty()
    {
        await ExecuteAsync($$"""{"id":"echo","inputs":{{Inputs}} }""", "respond-async");
        Assert.That((await SendAsync(HttpMethod.Get, "/jobs")).Json["jobs"]!.AsArray(), Is.Not.Empty);
        Assert.That((await SendAsync(HttpMethod.Get, "/jobs?limit=1")).Json["jobs"]!.AsArray(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Part2_UndeploysTheFirstMutableProcess_AndNotTheFirstImmutable()
    {
        using var server = new Server();
        await server.DeployAsync(Package.Running("true"));
        var listed = (await server.GetAsync("/processes")).Json["processes"]!.AsArray();
        var mutable = listed.First(process => process!["mutable"]!.GetValue<bool>())!["id"];
        var immutable = listed.First(process => !process!["mutable"]!.GetValue<bool>())!["id"];
        Assert.That((int)(await server.DeleteAsync($"/processes/{mutable}")).Status, Is.EqualTo(204));
        var refused = await server.DeleteAsync($"/processes/{immutable}");
        Assert.That(((int)refused.Status, refused.Type), Is.EqualTo((403, Part2 + "immutable-process")));
    }

    [TestCase("POST", "/processes")]
    [TestCase("PUT", "/processes/null")]
    public async Task Part2_TextWithoutBody_Is415BeforeAnythingElse(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent([]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        using var response = await Server.Http.SendAsync(request);
        var refused = await Answer.ReadAsync(response);
        Assert.That(((int)refused.Status, refused.Type), Is.EqualTo((415, Part2 + "unsupported-media-type")));
    }

    /// <summary>The suite's package: the description without 'process' around it, additionalParameters as arrays, an image that is nowhere.</summary>
    [Test]
    public async Task Part2_DeploysReplacesAndUndeploysItsPackage()
    {
        var id = $"BandMath{Guid.NewGuid():N}";
        var package = $$"""
            {"processDescription":{"id":"{{id}}","title":"Band math","version":"1.0.0","jobControlOptions":["sync-execute","async-execute","dismiss"],
              "outputTransmission":["value","reference"],"links":[],
              "additionalParameters":[{"name":"entry-point","value":"singularity exec image /opt/program"}],
              "inputs":{
                "il":{"title":"Images","maxOccurs":1024,"additionalParameters":[{"name":"pattern","value":"-name value"},{"name":"array-pattern","value":"-name value value"}],
                  "schema":{"oneOf":[{"type":"string","contentEncoding":"base64","contentMediaType":"image/tiff"},{"type":"string","contentEncoding":"base64","contentMediaType":"image/png"}]} },
                "out":{"additionalParameters":[{"name":"pattern","value":""}],"schema":{"type":"string","default":"float","enum":["int32","int32","float"]} },
                "ram":{"schema":{"type":"integer","default":128,"nullable":true} },
                "exp":{"schema":{"type":"string"} } },
              "outputs":{"out":{"additionalParameters":[{"name":"pattern","value":"-name value inputs_out_value"}],
                "schema":{"oneOf":[{"type":"string","contentEncoding":"base64","contentMediaType":"image/tiff"},{"type":"string","contentEncoding":"base64","contentMediaType":"image/png"}]} } } },
             "executionUnit":{"type":"docker","image":"docker://registry.invalid/otbtf:4.1.0-cpu"} }
            """;
        var deployed = await SendPackageAsync(HttpMethod.Post, "/processes", package);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        Assert.That(deployed.Headers.GetValues("Location").Single(), Does.Contain($"/processes/{id}"));
        Assert.That(deployed.Json["id"]!.GetValue<string>(), Is.EqualTo(id));
        var again = await SendPackageAsync(HttpMethod.Post, "/processes", package);
        Assert.That(((int)again.Status, again.Type), Is.EqualTo((409, Part2 + "duplicated-process")));
        Assert.That((int)(await SendPackageAsync(HttpMethod.Put, $"/processes/{id}", package)).Status, Is.EqualTo(204));
        var described = await SendAsync(HttpMethod.Get, $"/processes/{id}");
        Assert.That(
            described.Json["additionalParameters"]!.ToJsonString(),
            Is.EqualTo("""{"parameters":[{"name":"entry-point","value":["singularity exec image /opt/program"]}]}"""));
        Assert.That(described.Json["inputs"]!["out"]!["additionalParameters"]!["parameters"]![0]!["value"]!.ToJsonString(), Is.EqualTo("""[""]"""));
        Assert.That(JsonNode.DeepEquals((await SendAsync(HttpMethod.Get, $"/processes/{id}/package")).Json, JsonNode.Parse(package)), Is.True);
        Assert.That((int)(await SendAsync(HttpMethod.Delete, $"/processes/{id}")).Status, Is.EqualTo(204));
    }

    private static Task<Answer> ExecuteAsync(string execute, string? prefer = null) =>
        Server.SendAsync(HttpMethod.Post, "/processes/echo/execution", execute, prefer, "application/json", "application/json");

    private static Task<Answer> SendPackageAsync(HttpMethod method, string path, string package) =>
        Server.SendAsync(method, path, package, mediaType: "application/ogcapppkg+json");

    /// <summary>Without Accept, as the suite does in many places.</summary>
    private static Task<Answer> SendAsync(HttpMethod method, string path) => Server.SendAsync(method, path);
}
