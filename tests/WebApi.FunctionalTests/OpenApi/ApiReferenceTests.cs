using System.Text;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.OpenApi;

/// <summary>Keeps docs/api.md true. With OGC_UPDATE_DOCS set, writes it anew.</summary>
internal sealed class ApiReferenceTests
{
    [Test]
    public async Task Reference_IsWhatTheDefinitionSays()
    {
        // Only where callers are told apart does the definition tell of roles.
        var (exitCode, output, errors) = await CommandLine.RunAsync("openapi", "--Security:Mode", "ApiKeys");
        Assert.That(exitCode, Is.Zero, errors);
        var file = Path.Combine(Repository(), "docs", "api.md");
        var current = Write(JsonNode.Parse(output)!);

        if (Environment.GetEnvironmentVariable("OGC_UPDATE_DOCS") is not null) await File.WriteAllTextAsync(file, current);
        else Assert.That(await File.ReadAllTextAsync(file), Is.EqualTo(current), "The API has changed. OGC_UPDATE_DOCS=1 dotnet test --filter ApiReferenceTests writes the reference anew.");
    }

    private static string Write(JsonNode definition)
    {
        var page = new StringBuilder("""
            # API reference

            Written from the OpenAPI definition by a test. Each server serves the definition at `/api`, with all parameters, bodies and examples, and the processes that it has;
            `dotnet OgcProcesses.WebApi.dll openapi` writes it without a server. The least role holds where callers are told apart ([security](security.md)); without one, anybody is answered.

            """);
        var operations = definition["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => (Path: path.Key, Method: operation.Key.ToUpperInvariant(), Is: operation.Value!)))
            .ToLookup(operation => operation.Is["tags"]![0]!.GetValue<string>());
        foreach (var tag in definition["tags"]!.AsArray())
        {
            var name = tag!["name"]!.GetValue<string>();
            page.Append($"\n## {name}\n\n{tag["description"]}\n\n| request | what | least role | answers |\n|---|---|---|---|\n");
            foreach (var (path, method, operation) in operations[name])
            {
                var answers = operation["responses"]!.AsObject().Select(answer => answer.Key).Order(StringComparer.Ordinal);
                page.Append($"| `{method} {path}` | {operation["summary"]} | {operation["x-required-role"]} | {string.Join(", ", answers)} |\n");
            }
        }

        return page.ToString();
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "OgcProcesses.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
