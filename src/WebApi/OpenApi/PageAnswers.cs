using NJsonSchema;
using NSwag;
using NSwag.Generation.Processors;
using NSwag.Generation.Processors.Contexts;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.WebApi.Http;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Tells that what can be read as JSON can be read as a page, too, its errors included.</summary>
/// <remarks>/req/html/definition; after all else that adds answers.</remarks>
internal sealed class PageAnswers : IOperationProcessor
{
    /// <inheritdoc />
    public bool Process(OperationProcessorContext context)
    {
        if (context.OperationDescription.Method != OpenApiOperationMethod.Get) return true;
        var operation = context.OperationDescription.Operation;
        foreach (var answer in operation.Responses.Values.Where(answer => answer.Content.Keys.Any(MediaTypes.IsJson)))
            answer.Content.TryAdd(OgcNames.Html, new() { Schema = new() { Type = JsonObjectType.String } });
        var isDocument = operation.Responses.TryGetValue("200", out var success) && success.Content.ContainsKey(OgcNames.Html);
        if (isDocument && operation.Parameters.All(parameter => parameter.Name != Representation.Parameter)) operation.Parameters.Add(Format());
        return true;
    }

    private static OpenApiParameter Format() => new()
    {
        Name = Representation.Parameter, Kind = OpenApiParameterKind.Query, Description = "JSON or a page; overrides Accept.",
        Schema = QueryParameters.Words("representation", Representation.Json, Representation.Page),
    };
}
