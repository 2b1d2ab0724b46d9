using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>What the tests of several requirements classes share.</summary>
internal abstract class ConformanceTests : ServerTests
{
    protected const string Relation = "http://www.opengis.net/def/rel/ogc/1.0/";
    protected const string Part1 = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/";
    protected const string Part2 = "http://www.opengis.net/def/exceptions/ogcapi-processes-2/1.0/";

    /// <summary>Executes synchronously what must succeed.</summary>
    protected static async Task<Answer> ResultsAsync(string processId, string execute)
    {
        var answer = await Server.ExecuteAsync(processId, execute);
        Assert.That((int)answer.Status, Is.EqualTo(200), answer.Text);
        return answer;
    }

    /// <summary>The identifier of a job that has just been made.</summary>
    protected static async Task<string> StartAsync(string processId, string execute)
    {
        var answer = await Server.ExecuteAsync(processId, execute, "respond-async");
        Assert.That((int)answer.Status, Is.EqualTo(201), answer.Text);
        return answer.Json["jobID"]!.GetValue<string>();
    }

    /// <summary>A new process; fails the test when it is refused.</summary>
    protected static async Task<Package> DeployedAsync(Package package)
    {
        var deployed = await Server.DeployAsync(package);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        return package;
    }

    /// <summary>A query parameter as the API definition has it; style and explode filled in as OpenAPI does.</summary>
    protected static async Task<(JsonNode Schema, string Style, bool Explode, bool Required)> ParameterAsync(string path, string name)
    {
        var parameters = (await Server.GetAsync("/api")).Json["paths"]![path]!["get"]!["parameters"]!.AsArray();
        var parameter = parameters.Single(one => one!["name"]!.GetValue<string>() == name)!;
        Assert.That(parameter["in"]!.GetValue<string>(), Is.EqualTo("query"));
        var style = parameter["style"]?.GetValue<string>() ?? "form";
        return (parameter["schema"]!, style, parameter["explode"]?.GetValue<bool>() ?? style == "form", parameter["required"]?.GetValue<bool>() ?? false);
    }

    /// <summary>That a list of strings is taken as the standard writes it: status=a&amp;status=b.</summary>
    protected static async Task AssertListParameterAsync(string path, string name)
    {
        var (schema, style, explode, required) = await ParameterAsync(path, name);
        Assert.That((style, explode, required), Is.EqualTo(("form", true, false)));
        Assert.That(schema["type"]!.GetValue<string>(), Is.EqualTo("array"));
        var items = schema["items"]!;
        if (items["$ref"]?.GetValue<string>() is { } reference)
            items = (await Server.GetAsync("/api")).Json["components"]!["schemas"]![reference[(reference.LastIndexOf('/') + 1)..]]!;
        Assert.That(items["type"]!.GetValue<string>(), Is.EqualTo("string"));
    }

    /// <summary>That limit is an integer from 1 on with a maximum and a default between.</summary>
    protected static async Task AssertLimitParameterAsync(string path)
    {
        var (schema, style, _, required) = await ParameterAsync(path, "limit");
        Assert.That((style, required), Is.EqualTo(("form", false)));
        Assert.That(schema["type"]!.GetValue<string>(), Is.EqualTo("integer"));
        Assert.That(schema["minimum"]?.GetValue<double>(), Is.EqualTo(1));
        Assert.That(schema["maximum"]?.GetValue<double>(), Is.EqualTo(10_000));
        Assert.That(schema["default"]?.GetValue<double>(), Is.InRange(1, 10_000));
    }

    /// <summary>That a document links to itself, and to the same in every other media type.</summary>
    protected static async Task AssertSelfAndAlternatesAsync(string path)
    {
        var document = await Server.GetAsync(path);
        var self = document.Links("self").Single();
        Assert.That((await Server.GetAsync(self)).Text, Is.EqualTo(document.Text));
        var offered = (await Server.GetAsync("/api")).Json["paths"]![path]!["get"]!["responses"]!["200"]!["content"]!.AsObject().Select(type => type.Key);
        var linked = document.Json["links"]!.AsArray().Where(link => link!["rel"]!.GetValue<string>() == "alternate");
        Assert.That(linked.Select(link => link!["type"]!.GetValue<string>()), Is.EquivalentTo(offered.Except(["application/json"])));
        foreach (var link in linked)
            Assert.That((await Server.GetAsync(link!["href"]!.GetValue<string>())).MediaType, Is.EqualTo(link["type"]!.GetValue<string>()));
    }
}
