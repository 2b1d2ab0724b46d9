using NJsonSchema;
using NSwag;
using NSwag.Generation.Processors;
using NSwag.Generation.Processors.Contexts;
using OgcProcesses.Application.Access.Links;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.WebApi.Security;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Tells the limits, defaults and words of query parameters, which validators know and types don't.</summary>
/// <remarks>Part 1, limit.yaml, status.yaml, type.yaml.</remarks>
internal sealed class QueryParameters : IOperationProcessor
{
    /// <inheritdoc />
    public bool Process(OperationProcessorContext context)
    {
        var operation = context.OperationDescription.Operation.OperationId;
        if (context.MethodInfo.IsDefined(typeof(TakesResultLinksAttribute), false))
        {
            context.OperationDescription.Operation.Parameters.Add(new()
            {
                Name = ResultLinks.Parameter, Kind = OpenApiParameterKind.Query, Schema = new() { Type = JsonObjectType.String },
                Description = "Of a signed link, which needs no key or token: as results documents give it, and with no other parameter.",
            });
        }

        foreach (var parameter in context.OperationDescription.Operation.Parameters.Where(one => one.Kind == OpenApiParameterKind.Query))
        {
            var schema = parameter.Schema;
            // A parameter is left out, never null.
            schema.IsNullableRaw = null;
            switch (parameter.Name)
            {
                case "limit" or "tail" or "attempt" when operation == "getLogs":
                    schema.Minimum = 1;
                    break;
                case "skip":
                    (schema.Minimum, schema.Default) = (0, 0);
                    break;
                case "since":
                    schema.Format = JsonFormatStrings.DateTime;
                    break;
                case "stream":
                    parameter.Schema = Words("logStream", "stdout", "stderr");
                    break;
                case "limit":
                    (schema.Minimum, schema.Maximum, schema.Default) = (1, PageSize.Most, PageSize.Default);
                    break;
                case "minDuration" or "maxDuration":
                    schema.Minimum = 0;
                    break;
                case "status":
                    schema.Item = new() { Reference = context.SchemaGenerator.Generate(typeof(JobStatus), context.SchemaResolver).ActualSchema };
                    break;
                case "type":
                    schema.Item = Words("jobType", "process");
                    break;
                case "f":
                    parameter.Schema = operation switch
                    {
                        "getLogs" => Words("logForm", "json", "html", "text"),
                        "getResult" => Words("resultsForm", "json", "html", "zip"),
                        "getAudit" => Words("auditForm", "json", "html", "csv", "jsonl"),
                        _ => Words("definitionForm", "json", "yaml", "html"),
                    };
                    break;
            }
        }

        return true;
    }

    /// <summary>Words that a parameter may have.</summary>
    /// <param name="title">Their name, by which they become a schema of their own that all operations share.</param>
    /// <param name="words">The words.</param>
    public static JsonSchema Words(string title, params string[] words)
    {
        var schema = new JsonSchema { Type = JsonObjectType.String, Title = title };
        foreach (var word in words) schema.Enumeration.Add(word);
        return schema;
    }
}
