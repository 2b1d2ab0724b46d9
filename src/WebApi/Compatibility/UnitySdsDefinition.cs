using NJsonSchema;
using NSwag;
using NSwag.Generation.Processors;
using NSwag.Generation.Processors.Contexts;
using OgcProcesses.Application.Common.Links;

namespace OgcProcesses.WebApi.Compatibility;

/// <summary>Tells the profile's path and parameter, and the form in which it gives a new job.</summary>
/// <remarks>/req/oas30/completeness</remarks>
internal sealed class UnitySdsDefinition : IDocumentProcessor
{
    /// <summary>The path of the original's health check.</summary>
    public const string Health = "/health";

    /// <inheritdoc />
    public void Process(DocumentProcessorContext context)
    {
        var paths = context.Document.Paths;
        paths[Health] = new() { [OpenApiOperationMethod.Get] = HealthCheck() };
        paths["/processes/{processId}"][OpenApiOperationMethod.Delete].Parameters.Add(new()
        {
            Name = "force", Kind = OpenApiParameterKind.Query, Schema = new() { Type = JsonObjectType.Boolean },
            Description = "Changes nothing: jobs under way never keep a process from being undeployed, and go on.",
        });
        foreach (var path in (string[])["/processes/{processId}/execution", "/execution"]) AddPairs(paths[path][OpenApiOperationMethod.Post].Responses["200"]);
    }

    private static OpenApiOperation HealthCheck()
    {
        var schema = new JsonSchema { Type = JsonObjectType.Object, Properties = { ["status"] = new() { Type = JsonObjectType.String } }, RequiredProperties = { "status" } };
        return new()
        {
            OperationId = "getHealth",
            Summary = "Tells that the server lives.",
            Description = "Nothing else is looked at; /health/ready tells whether it can take jobs.",
            Tags = ["Health"],
            Responses = { ["200"] = new() { Description = "It does.", Content = { [OgcNames.Json] = new() { Schema = schema, Example = new { status = "OK" } } } } },
        };
    }

    private static void AddPairs(OpenApiResponse answer)
    {
        answer.Description += " To a client whose User-Agent is OpenAPI-Generator/VERSION/python also a new job, as an array of pairs of name and value.";
        answer.Headers["Location"] = new OpenApiHeader { Description = "Of a new job: where its status is found.", Schema = new() { Type = JsonObjectType.String } };
        var json = answer.Content[OgcNames.Json];
        var pair = new JsonSchema { Type = JsonObjectType.Array, Item = new(), MinItems = 2, MaxItems = 2 };
        json.Schema = new() { AnyOf = { json.Schema, new() { Type = JsonObjectType.Array, Item = pair } } };
    }
}
