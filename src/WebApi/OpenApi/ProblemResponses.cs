using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using NJsonSchema;
using NSwag;
using NSwag.Generation.Processors;
using NSwag.Generation.Processors.Contexts;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Adds the errors that an operation may answer.</summary>
/// <remarks>/req/oas30/completeness, /req/oas30/exceptions-codes</remarks>
internal sealed class ProblemResponses : IOperationProcessor
{
    private static readonly Dictionary<int, string> Descriptions = new()
    {
        [400] = "The request is not valid; 'errors' says where",
        [403] = "The process is built in",
        [404] = "There is no such process, job or result",
        [409] = "The process exists already",
        [410] = "The job was dismissed",
        [412] = "The process is not at the revision that If-Match names",
        [413] = "The body is too large",
        [415] = "The body's media type is not supported",
        [500] = "The job failed, or the server made a mistake",
        [503] = "The server takes no jobs at the moment",
    };

    /// <inheritdoc />
    public bool Process(OperationProcessorContext context)
    {
        var operation = context.OperationDescription.Operation;
        var schema = context.SchemaGenerator.Generate(typeof(ProblemDetails), context.SchemaResolver);
        foreach (var status in StatusesOf(operation, context.MethodInfo))
        {
            var response = new OpenApiResponse { Description = Descriptions[status] };
            var reference = new JsonSchema { Reference = schema.ActualSchema };
            response.Content["application/json"] = new() { Schema = reference };
            response.Content["application/problem+json"] = new() { Schema = reference };
            operation.Responses.TryAdd(status.ToString(CultureInfo.InvariantCulture), response);
        }

        return true;
    }

    private static SortedSet<int> StatusesOf(OpenApiOperation operation, MethodInfo action)
    {
        var statuses = new SortedSet<int>(action.GetCustomAttribute<ProblemsAttribute>()?.Statuses ?? []) { 500 };
        if (operation.RequestBody is not null) statuses.UnionWith([400, 413, 415]);
        if (operation.Parameters.Any(parameter => parameter.Kind == OpenApiParameterKind.Query)) statuses.Add(400);
        return statuses;
    }
}
