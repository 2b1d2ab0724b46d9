using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.OpenApi;

/// <summary>Clients that are generated from the running server's definition execute jobs on it.</summary>
internal sealed class GeneratedClientTests : ServerTests
{
    [Test]
    [Requirement("/req/oas30/oas-impl")]
    public async Task GeneralClient_FindsExecutesAndFollows()
    {
        var told = await GeneratedClient.RunAsync(new(Server.Http.BaseAddress!, "/api"), """
            var page = await client.GetLandingPageAsync();
            var classes = await client.GetConformanceAsync();
            var process = await client.GetProcessDescriptionAsync("echo");
            var request = new Execute { Inputs = new Dictionary<string, object> { ["message"] = "hello" } };
            var results = await client.ExecuteAsync(processId: "echo", request: request, validateOnly: null, prefer: null);
            Guid job;
            try { await client.ExecuteAsync(processId: "echo", request: request, validateOnly: null, prefer: "respond-async"); return "no job"; }
            catch (ApiException<StatusInfo> accepted) when (accepted.StatusCode == 201) { job = accepted.Result.JobID; }
            StatusInfo status;
            do { await Task.Delay(50); status = await client.GetStatusAsync(job); } while (status.Status is StatusCode.Accepted or StatusCode.Running);
            var later = await client.GetResultAsync(job);
            var listed = await client.GetJobsAsync(limit: 1000, cursor: null, type: null, processID: new[] { "echo" }, status: new[] { StatusCode.Successful }, datetime: null, minDuration: null, maxDuration: null);
            string problem;
            try { await client.GetStatusAsync(Guid.NewGuid()); problem = "none"; }
            catch (ApiException<Problem> missing) { problem = missing.Result.Type.Split('/').Last(); }
            return $"{page.Links.Count > 0} {classes.ConformsTo.Count > 0} {process.Inputs.ContainsKey("message")} {results["message"]} {status.Status} {later["message"]} "
                + $"{listed.Jobs.Any(one => one.JobID == job)} {problem}";
            """);
        Assert.That(told, Is.EqualTo("True True True hello Successful hello True no-such-job"));
    }

    [Test]
    [Requirement("/req/oas30/oas-impl")]
    public async Task ClientOfOneProcess_HasTypesForInputsAndOutputs()
    {
        var package = Package.Running("cp /job/inputs.json /job/outputs/outputs.json; cp /job/inputs/scene/* /job/outputs/copy.txt")
            .Taking("scene", """{"type":"string","contentMediaType":"text/plain"}""")
            .Taking("count", """{"type":"integer","minimum":1}""")
            .Taking("when", """{"type":"string","format":"date-time"}""", minOccurs: 0)
            .Taking("factor", """{"type":["number","null"],"exclusiveMinimum":0}""", minOccurs: 0)
            .Taking("colour", """{"type":"string","enum":["red","light green"]}""")
            .Taking("place", """{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"heights":{"type":"array","items":{"type":"number"}}}}""")
            .Taking("box", """{"allOf":[{"format":"ogc-bbox"}]}""")
            .Giving("copy", """{"type":"string","contentMediaType":"text/plain"}""")
            .Giving("count", """{"type":"integer"}""")
            .Giving("colour", """{"type":"string","enum":["red","light green"]}""")
            .Giving("tags", """{"type":"array","items":{"type":"string"}}""")
            .Giving("place", """{"$ref":"#/$defs/place","$defs":{"place":{"type":"object","properties":{"name":{"type":"string"},"heights":{"type":"array","items":{"type":"number"}}}}}}""");
        package.Process["id"] = $"typed-{Guid.NewGuid():N}";
        package.Process["inputs"]!["tags"] = JsonNode.Parse("""{"minOccurs":2,"maxOccurs":"unbounded","schema":{"type":"string"}}""");
        var deployed = await Server.DeployAsync(package);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        var id = package.Process["id"]!.GetValue<string>();
        var type = $"Typed{char.ToUpperInvariant(id[6])}{id[7..]}";

        var told = await GeneratedClient.RunAsync(new(Server.Http.BaseAddress!, $"/api?process={id}"), $$"""
            var results = await client.Execute{{type}}Async(request: new {{type}}Execute
            {
                Inputs = new {{type}}Inputs
                {
                    Scene = new FileValue { Value = "some text", MediaType = "text/plain" },
                    Count = 3,
                    Colour = {{type}}InputsColour.Light_green,
                    Place = new Place { Name = "Olinda", Heights = new double[] { 1.5, 2 } },
                    Box = new Bbox { Bbox1 = new double[] { 1, 2, 3, 4 } },
                    Tags = new[] { "a", "b" },
                },
                Response = {{type}}ExecuteResponse.Document,
            });
            var copy = results.Copy.Value as string ?? await http.GetStringAsync(results.Copy.Href);
            return $"{copy.Trim()} {results.Count} {results.Colour} {string.Join('+', results.Tags)} {results.Place.Value.Name} {results.Place.Value.Heights.Sum()}";
            """);
        Assert.That(told, Is.EqualTo("some text 3 Light_green a+b Olinda 3.5"));
    }
}
