using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>Part 1, oas30: the definition against the running server. Its form is looked at beside the code that makes it.</summary>
internal sealed class Oas30Tests : ConformanceTests
{
    [TestCase("application/vnd.oai.openapi+json;version=3.0", "application/vnd.oai.openapi+json")]
    [TestCase("text/html", "text/html")]
    [Requirement("/req/oas30/oas-definition-1")]
    public async Task Definition_ByAccept_IsJsonAndAPage(string accept, string mediaType)
    {
        var definition = await Server.GetAsync("/api", accept);
        Assert.That(((int)definition.Status, definition.MediaType), Is.EqualTo((200, mediaType)));
    }

    [Test]
    [Requirement("/req/oas30/oas-definition-2")]
    public async Task Definition_EveryReference_LeadsSomewhere()
    {
        var definition = (await Server.GetAsync("/api")).Json;
        Assert.That(definition["openapi"]!.GetValue<string>(), Does.StartWith("3.0."));
        foreach (var reference in ReferencesIn(definition))
        {
            Assert.That(reference, Does.StartWith("#/"));
            var target = reference[2..].Split('/').Aggregate(
                (JsonNode?)definition, (node, part) => node?[part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)]);
            Assert.That(target, Is.Not.Null, reference);
        }
    }

    [Test]
    [Requirement("/req/oas30/oas-impl")]
    [Requirement("/req/oas30/completeness")]
    [Requirement("/req/oas30/exceptions-codes")]
    public async Task EveryOperation_Asked_AnswersAsItIsDefined()
    {
        var package = await DeployedAsync(Package.Running("echo x > text").Giving("text", """{"type":"string"}"""));
        var job = (await Server.RunAsync(package.Id, "{}")).Json["jobID"]!.GetValue<string>();
        foreach (var (path, method, operation) in await OperationsAsync())
        {
            var asked = path.Replace("{processId}", package.Id, StringComparison.Ordinal).Replace("{jobId}", job, StringComparison.Ordinal)
                .Replace("{outputId}", "text", StringComparison.Ordinal).Replace("{index}", "0", StringComparison.Ordinal);
            // What takes something away is asked of nothing.
            if (method == "delete") asked = asked.Replace(package.Id, "none", StringComparison.Ordinal).Replace(job, $"{Guid.NewGuid()}", StringComparison.Ordinal);
            var body = operation["requestBody"] is null ? null : method == "put" ? package.ToString() : "{}";
            var answer = await Server.SendAsync(new HttpMethod(method.ToUpperInvariant()), asked, body);
            Assert.That(operation["responses"]![$"{(int)answer.Status}"], Is.Not.Null, $"{method} {asked} answers {(int)answer.Status}: {answer.Text}");
        }
    }

    [Test]
    [Requirement("/req/oas30/security")]
    public async Task Security_IsDefinedWhereCallersAreAsked()
    {
        var definition = (await Server.GetAsync("/api")).Json;
        foreach (var (path, method, operation) in await OperationsAsync())
        {
            var isControlled = operation["responses"]!["401"] is not null;
            Assert.That((operation["security"] ?? definition["security"]) is JsonArray { Count: > 0 }, Is.EqualTo(isControlled), $"{method} {path}");
        }
    }

    private static async Task<List<(string Path, string Method, JsonNode Operation)>> OperationsAsync() =>
    [
        .. from path in (await Server.GetAsync("/api")).Json["paths"]!.AsObject()
           from operation in path.Value!.AsObject()
           where operation.Value is JsonObject
           select (path.Key, operation.Key, operation.Value),
    ];

    private static IEnumerable<string> ReferencesIn(JsonNode? node) => node switch
    {
        JsonObject one when one["$ref"] is JsonValue reference => [reference.GetValue<string>()],
        JsonObject one => one.Where(member => member.Key != "example").SelectMany(member => ReferencesIn(member.Value)),
        JsonArray many => many.SelectMany(ReferencesIn),
        _ => [],
    };
}
