using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.ActionConstraints;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace OgcProcesses.WebApi.FunctionalTests.OpenApi;

/// <summary>The definition as a whole: valid, complete, current.</summary>
internal sealed class DefinitionTests : ServerTests
{
    /// <summary>Schemas that a package may hold and OpenAPI 3.0 may not, and texts that YAML may take for something else.</summary>
    private static readonly string[] HostileSchemas =
    [
        """{"type":["string","null","integer"],"const":"a","examples":["a"]}""",
        """{"type":["string","null"],"enum":["yes","no","1.0","~",null]}""",
        """{"type":"number","exclusiveMinimum":0,"minimum":-1,"exclusiveMaximum":1e400,"multipleOf":1E-1}""",
        """{"type":"number","minimum":3,"exclusiveMinimum":true,"maxLength":5.0}""",
        """{"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{"next":{"$ref":"#/$defs/node"},"a/b~c":{"$ref":"#"}}}}}""",
        """{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"allOf":[{"$ref":"#/$defs/a"}]}}}""",
        """{"$ref":"https://example.org/nowhere.json"}""",
        """{"type":"array","items":[{"type":"string"},false],"additionalItems":false}""",
        """{"type":"array","prefixItems":[{"type":"string"}],"items":false,"minItems":1.0}""",
        """{"type":"object","patternProperties":{"^x":{"type":"string"}},"additionalProperties":false,"required":[]}""",
        """{"type":"object","properties":{"$ref":{"type":"string"},"discriminator":true},"required":["$ref","$ref"],"discriminator":{"propertyName":5},"xml":7}""",
        """{"if":{"type":"string"},"then":{"minLength":3},"else":{"type":"number"},"not":{"contains":{}}}""",
        """{"oneOf":[{"type":"string"},{"type":"object","dependentRequired":{"a":["b"]}}],"anyOf":[true,false]}""",
        """{"type":"string","description":"- a: 'b' # c\n\t\"d\" <e> \u0001 \u2028 %@`","pattern":"^x+$","x-":1,"readOnly":true,"writeOnly":true}""",
        """{"type":"string","default":"2020-01-01","example":"0x1F","nullable":true,"deprecated":true}""",
    ];

    [Test]
    [Requirement("/req/oas30/oas-definition-2")]
    public async Task Api_WithHostileProcesses_IsValid()
    {
        var packages = await DeployHostileAsync();
        var json = await Server.GetAsync("/api");
        var alone = new List<string>();
        foreach (var id in packages) alone.Add((await Server.GetAsync($"/api?process={Uri.EscapeDataString(id)}")).Text);
        await UndeployAsync(packages);
        Assert.That(Validity.Errors(json.Text), Is.Empty);
        Assert.That(packages.Select(id => $"/processes/{id}/execution"), Is.SubsetOf(Paths(json)));
        foreach (var definition in alone) Assert.That(Validity.Errors(definition), Is.Empty, definition);
    }

    [Test]
    [Requirement("/req/oas30/oas-definition-2")]
    public async Task Api_AsYaml_IsTheSame()
    {
        var packages = await DeployHostileAsync();
        var (json, yaml) = (await Server.GetAsync("/api?f=json"), await Server.GetAsync("/api?f=yaml"));
        await UndeployAsync(packages);
        var fromYaml = Validity.FromYaml(yaml.Text);
        Assert.That(Validity.Errors(fromYaml), Is.Empty);
        Assert.That(Scalars(JsonNode.Parse(fromYaml)), Is.EqualTo(Scalars(json.Json)));
    }

    [TestCase("""{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{"/x":{"get":{"responses":{"200":{}}}}},"components":{}}""")]
    [TestCase("""{"openapi":"3.0.3","info":{"title":"t"},"paths":{},"components":{}}""")]
    [TestCase("""{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{},"components":{"schemas":{"a":{"const":1}}}}""")]
    [TestCase("""{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{},"components":{"schemas":{"a b":{}}}}""")]
    [TestCase("""{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{},"components":{"schemas":{"a":{"$ref":"#/components/schemas/b"}}}}""")]
    public void Validity_OfABrokenDefinition_IsRefused(string json) => Assert.That(Validity.Errors(json), Is.Not.Empty);

    [Test]
    [Requirement("/req/oas30/oas-impl")]
    public async Task Api_HasEveryRouteThatControllersHave()
    {
        var paths = (await Server.GetAsync("/api")).Json["paths"]!.AsObject();
        foreach (var action in Server.Services.GetRequiredService<IActionDescriptorCollectionProvider>().ActionDescriptors.Items)
        {
            var path = "/" + Regex.Replace(action.AttributeRouteInfo!.Template!, @"\{(\w+)[^}]*\}", "{$1}");
            foreach (var method in action.ActionConstraints!.OfType<HttpMethodActionConstraint>().SelectMany(constraint => constraint.HttpMethods))
                Assert.That(paths[path]?[method.ToLowerInvariant()], Is.Not.Null, $"{method} {path}");
        }
    }

    [Test]
    [Requirement("/req/oas30/completeness")]
    public async Task Api_EveryOperation_IsExplained()
    {
        var api = (await Server.GetAsync("/api")).Json;
        foreach (var (where, operation) in Operations(api))
        {
            foreach (var member in (string[])["summary", "description", "operationId"])
                Assert.That(operation[member]?.GetValue<string>(), Is.Not.Null.And.Not.Empty, $"{where}: {member}");
            Assert.That(operation["tags"]?.AsArray(), Is.Not.Null.And.Not.Empty, where);
            foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
                if (parameter!["in"]!.GetValue<string>() != "path") Assert.That(parameter["description"]?.GetValue<string>(), Is.Not.Null.And.Not.Empty, $"{where}: {parameter["name"]}");
            foreach (var (status, response) in operation["responses"]!.AsObject())
                Assert.That(Resolved(api, response!)["description"]!.GetValue<string>(), Is.Not.Empty, $"{where}: {status}");
        }

        Assert.That(Operations(api).Select(operation => operation.Operation["operationId"]!.GetValue<string>()), Is.Unique);
    }

    [Test]
    [Requirement("/req/oas30/completeness")]
    public async Task Api_EveryJsonBody_HasExamplesThatFitItsSchema()
    {
        var api = (await Server.GetAsync("/api")).Json;
        foreach (var (where, operation) in Operations(api).Where(operation => operation.Where.Contains('{') || !operation.Where.Contains("/execution")))
        {
            var bodies = operation["responses"]!.AsObject().Select(response => Resolved(api, response.Value!)["content"])
                .Append(operation["requestBody"]?["content"]).OfType<JsonObject>();
            foreach (var (mediaType, content) in bodies.Select(content => content.First()).Where(content => content.Key.EndsWith("json", StringComparison.Ordinal)))
            {
                Assert.That(content!["examples"]?.AsObject(), Is.Not.Null.And.Not.Empty, $"{where}: {mediaType}");
                foreach (var (name, example) in content["examples"]!.AsObject())
                    Assert.That(await MisfitsAsync(api, content["schema"]!, example!["value"]!), Is.Empty, $"{where}: {name}");
            }
        }
    }

    [Test]
    public async Task Api_AfterDeployReplaceAndUndeploy_IsCurrent()
    {
        var package = Package.Running("true").Taking("first", """{"type":"string"}""");
        var path = $"/processes/{package.Id}/execution";
        var tag = await TagAsync();

        await Server.DeployAsync(package);
        Assert.That(await InputsAsync(), Is.EqualTo(new[] { "first" }));
        Assert.That(await TagAsync(), Is.Not.EqualTo(tag));

        package.Taking("second", """{"type":"string"}""");
        await Server.SendAsync(HttpMethod.Put, $"/processes/{package.Id}", package.ToString(), mediaType: "application/ogcapppkg+json");
        Assert.That(await InputsAsync(), Is.EqualTo(new[] { "first", "second" }));

        await Server.DeleteAsync($"/processes/{package.Id}");
        Assert.That(Paths(await Server.GetAsync("/api")), Does.Not.Contain(path));

        async Task<IEnumerable<string>> InputsAsync()
        {
            var api = await Server.GetAsync("/api");
            Assert.That(Paths(api), Does.Contain(path));
            return api.Json["components"]!["schemas"]![$"{package.Id}-inputs"]!["properties"]!.AsObject().Select(input => input.Key);
        }
    }

    [TestCase("/api")]
    [TestCase("/api?f=yaml")]
    [TestCase("/api?process=echo")]
    public async Task Api_TheClientHasIt_IsNotSentAgain(string path)
    {
        using var server = new Server();
        var first = await server.GetAsync(path);
        var second = await server.AskAsync("GET", path, null, ("If-None-Match", first.Headers.ETag!.Tag));
        Assert.That((int)second.Status, Is.EqualTo(304));
        Assert.That(second.Headers.ETag, Is.EqualTo(first.Headers.ETag));
        Assert.That(first.Headers.ETag!.IsWeak, Is.False);
        Assert.That(second.Body, Is.Empty);
    }

    [Test]
    public async Task Api_UnderAnotherHost_NamesThatHost()
    {
        var here = await Server.GetAsync("/api?process=echo");
        var there = await Server.AskAsync("GET", "/api?process=echo", null, ("Host", "localhost:81"));
        Assert.That(there.Json["servers"]![0]!["url"]!.GetValue<string>(), Is.EqualTo("http://localhost:81"));
        Assert.That(there.Headers.ETag, Is.Not.EqualTo(here.Headers.ETag));
    }

    [Test]
    public async Task Api_OfOneProcess_HasOnlyItsExecutionAndJobs() =>
        Assert.That(Paths(await Server.GetAsync("/api?process=echo")), Is.EquivalentTo(new[]
        {
            "/processes/echo/execution", "/jobs/{jobId}", "/jobs/{jobId}/results", "/jobs/{jobId}/results/{outputId}",
            "/jobs/{jobId}/results/{outputId}/{index}", "/jobs/{jobId}/logs", "/jobs/{jobId}/events", "/jobs/{jobId}/callbacks", "/jobs/{jobId}/inputs",
        }));

    [TestCase("none")]
    [TestCase("no such")]
    public async Task Api_OfNoProcess_IsRefused(string id)
    {
        var answer = await Server.GetAsync($"/api?process={Uri.EscapeDataString(id)}");
        Assert.That((int)answer.Status, Is.EqualTo(404));
        Assert.That(answer.Type, Does.EndWith("/no-such-process"));
    }

    [Test]
    public async Task Api_BeyondItsLimit_LeavesProcessesToDefinitionsOfTheirOwn()
    {
        using var server = new Server(("Api:MaxDefinitionBytes", "0"));
        var api = await server.GetAsync("/api");
        Assert.That(Paths(api), Has.None.EqualTo("/processes/echo/execution"));
        Assert.That(api.Json["info"]!["description"]!.GetValue<string>(), Does.Contain("0 of 2 processes").And.Contains("/api?process="));
        Assert.That(Paths(await server.GetAsync("/api?process=echo")), Does.Contain("/processes/echo/execution"));
    }

    /// <summary>Identifiers that only differ where names of components must not.</summary>
    private static async Task<List<string>> DeployHostileAsync()
    {
        var suffix = Guid.NewGuid().ToString("N");
        List<string> ids = [.. new[] { "a.b", "a:b", "A.b", "a_3Ab", "a.b-inputs", "null", "0.1" }.Select(id => $"{id}{suffix}")];
        foreach (var id in ids)
        {
            var package = Package.Running("true");
            package.Process["id"] = id;
            package.Process["title"] = "\"<b>: #{x} & 'yes'\n\u2028";
            foreach (var (index, schema) in HostileSchemas.Index())
            {
                package.Giving($"o{index}", schema);
                package.Process["inputs"]![$"i{index}"] = new JsonObject { ["schema"] = JsonNode.Parse(schema), ["minOccurs"] = 0, ["maxOccurs"] = (index % 3) + 1 };
            }

            var answer = await Server.DeployAsync(package);
            Assert.That((int)answer.Status, Is.EqualTo(201), answer.Text);
        }

        return ids;
    }

    private static async Task UndeployAsync(IEnumerable<string> ids)
    {
        foreach (var id in ids) await Server.DeleteAsync($"/processes/{id}");
    }

    private static async Task<string> TagAsync() => (await Server.GetAsync("/api")).Headers.ETag!.Tag;

    private static IEnumerable<string> Paths(Answer api) => api.Json["paths"]!.AsObject().Select(path => path.Key);

    private static IEnumerable<(string Where, JsonNode Operation)> Operations(JsonNode api) => api["paths"]!.AsObject()
        .SelectMany(path => path.Value!.AsObject(), (path, method) => ($"{method.Key} {path.Key}", method.Value!));

    private static JsonNode Resolved(JsonNode api, JsonNode response) =>
        response["$ref"] is { } reference ? api["components"]!["responses"]![reference.GetValue<string>().Split('/')[^1]]! : response;

    /// <summary>Where an example breaks its schema.</summary>
    private static async Task<IEnumerable<string>> MisfitsAsync(JsonNode api, JsonNode schema, JsonNode example)
    {
        // The names of single processes' schemas have a hyphen.
        var definitions = api["components"]!["schemas"]!.AsObject().Where(one => !one.Key.Contains('-'))
            .Select(one => KeyValuePair.Create(one.Key, one.Value?.DeepClone()));
        var document = new JsonObject { ["definitions"] = new JsonObject(definitions), ["allOf"] = new JsonArray(schema.DeepClone()) };
        var judge = await NJsonSchema.JsonSchema.FromJsonAsync(
            document.ToJsonString().Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal));
        return judge.Validate(example.ToJsonString(), NJsonSchema.SchemaType.OpenApi3).Select(error => error.ToString());
    }

    /// <summary>Every value with its place; numbers by value, since YAML writes them in its own way.</summary>
    private static List<string> Scalars(JsonNode? node, string at = "") => node switch
    {
        JsonObject members => [.. members.SelectMany(member => Scalars(member.Value, $"{at}/{member.Key}")), $"{at}: {members.Count}"],
        JsonArray items => [.. items.SelectMany((item, index) => Scalars(item, $"{at}/{index}")), $"{at}: {items.Count}"],
        JsonValue value when value.GetValueKind() == JsonValueKind.Number =>
            [$"{at} = {double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)}"],
        _ => [$"{at} = {node?.ToJsonString() ?? "null"}"],
    };
}
