using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using NJsonSchema;
using NJsonSchema.Generation;
using OgcProcesses.Application.Processes.Deploy;
using OgcProcesses.Application.Processes.Describe;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Names schemas as the standard's files are named, which most types are, too.</summary>
internal sealed class SchemaNames : DefaultSchemaNameGenerator
{
    private static readonly Dictionary<Type, string> Others = new()
    {
        [typeof(ApplicationPackage)] = "ogcapppkg",
        [typeof(JobStatus)] = "statusCode",
        // Not "exception" as in exception.yaml: clients that are generated would have a type of that name beside their language's own.
        [typeof(ProblemDetails)] = "problem",
        [typeof(ProcessDocument)] = "process",
    };

    /// <inheritdoc />
    public override string Generate(Type type) => Others.TryGetValue(type, out var name) ? name : base.Generate(type);

    /// <summary>Begins the names with a small letter, as the standard's files do.</summary>
    internal sealed class Small : DefaultTypeNameGenerator
    {
        /// <inheritdoc />
        public override string Generate(JsonSchema schema, string? typeNameHint, IEnumerable<string> reservedTypeNames) =>
            JsonNamingPolicy.CamelCase.ConvertName(base.Generate(schema, typeNameHint, reservedTypeNames));
    }
}
