using System.Reflection;
using System.Text.Json.Nodes;
using NSwag.Generation;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>The part of the definition that is the same whatever is deployed: what NSwag reads from the controllers.</summary>
/// <remarks>
/// Schemas.json, a merge patch (RFC 7396), adds what the standard says of members that the code keeps as any JSON, and the
/// schemas that only single processes' inputs and outputs refer to.
/// </remarks>
public sealed class GenericDefinition(IOpenApiDocumentGenerator generator)
{
    private readonly Lock _generating = new();
    private Task<JsonObject>? _generated;

    /// <summary>The document, without servers. It must not be changed.</summary>
    public Task<JsonObject> GetAsync()
    {
        lock (_generating) return _generated is null or { IsFaulted: true } ? _generated = GenerateAsync() : _generated;
    }

    private async Task<JsonObject> GenerateAsync()
    {
        var document = await generator.GenerateAsync(ApiDefinition.DocumentName);
        document.Servers.Clear();
        var root = JsonNode.Parse(document.ToJson())!.AsObject();
        root.Remove("x-generator");
        root["openapi"] = "3.0.3";
        root["components"]!["schemas"]!.AsObject().Merge(Schemas());
        ShareAnswersOfExecution(root);
        ShareWords(root);
        return root;
    }

    /// <summary>Puts what all executions answer alike into one place, to which those of single processes refer, too.</summary>
    private static void ShareAnswersOfExecution(JsonObject root)
    {
        var shared = new JsonObject();
        foreach (var path in (string[])["/processes/{processId}/execution", "/execution"])
        {
            var responses = root["paths"]![path]!["post"]!["responses"]!.AsObject();
            foreach (var (status, response) in responses.Where(response => response.Key != "200").ToList())
            {
                var name = $"execution-{status}";
                responses[status] = new JsonObject { ["$ref"] = $"#/components/responses/{name}" };
                shared[name] ??= response;
            }
        }

        root["components"]!["responses"] = shared;
    }

    /// <summary>Makes schemas of their own of the words that parameters may have, so that those which are generated from them have one type and a name.</summary>
    private static void ShareWords(JsonObject root)
    {
        var schemas = root["components"]!["schemas"]!.AsObject();
        var parameters = root["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(operation => operation.Value!["parameters"] as JsonArray)
            .SelectMany(all => all ?? []);
        foreach (var schema in parameters.Select(parameter => parameter!["schema"]!.AsObject()).Select(schema => schema["items"] as JsonObject ?? schema))
        {
            if (schema["enum"] is null || schema["title"]?.GetValue<string>() is not { } title) continue;
            schema.Remove("title");
            schemas.TryAdd(title, schema.DeepClone());
            schema.Clear();
            schema["$ref"] = $"#/components/schemas/{title}";
        }
    }

    private static JsonObject Schemas()
    {
        using var content = Assembly.GetExecutingAssembly().GetManifestResourceStream(typeof(GenericDefinition), "Schemas.json")!;
        return JsonNode.Parse(content)!.AsObject();
    }
}
