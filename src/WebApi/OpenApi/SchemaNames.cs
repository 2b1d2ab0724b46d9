using System.Text.Json;
using NJsonSchema.Generation;
using OgcProcesses.Application.Processes.Describe;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Names schemas as the standard's files are named: statusInfo, processSummary, process.</summary>
internal sealed class SchemaNames : DefaultSchemaNameGenerator
{
    /// <inheritdoc />
    public override string Generate(Type type) => type == typeof(ProcessDocument) ? "process" : JsonNamingPolicy.CamelCase.ConvertName(base.Generate(type));
}
