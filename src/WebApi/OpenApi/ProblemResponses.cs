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
    private static readonly Dictionary<int, string> Always = new() { [500] = "The server made a mistake" };

    /// <inheritdoc />
    public bool Process(OperationProcessorContext context)
    {
        var path = context.OperationDescription.Path;
        var hasBody = context.OperationDescription.Operation.RequestBody is not null;
        var problems = new SortedDictionary<int, string>(Always);
        if (hasBody || context.OperationDescription.Operation.Parameters.Any(parameter => parameter.Kind == OpenApiParameterKind.Query))
            problems[400] = "The request is not valid; 'errors' says where";
        if (path.Contains('{')) problems[404] = "There is no such process, job or result";
        if (hasBody)
        {
            problems[413] = "The body is too large";
            problems[415] = "The body's media type is not supported";
        }

        if (path.StartsWith("/processes", StringComparison.Ordinal) && context.OperationDescription.Method is "post" or "put" or "delete")
            problems[403] = "The process is built in";
        if (path == "/processes" && context.OperationDescription.Method == "post") problems[409] = "The process exists already";
        if (path.StartsWith("/jobs/", StringComparison.Ordinal)) problems[410] = "The job was dismissed";
        if (path.EndsWith("execution", StringComparison.Ordinal)) problems[503] = "The server takes no jobs at the moment";

        var schema = context.SchemaGenerator.Generate(typeof(ProblemDetails), context.SchemaResolver);
        foreach (var (status, description) in problems)
        {
            var response = new OpenApiResponse { Description = description };
            var reference = new JsonSchema { Reference = schema.ActualSchema };
            response.Content["application/json"] = new() { Schema = reference };
            response.Content["application/problem+json"] = new() { Schema = reference };
            context.OperationDescription.Operation.Responses.TryAdd(status.ToString(System.Globalization.CultureInfo.InvariantCulture), response);
        }

        return true;
    }
}
