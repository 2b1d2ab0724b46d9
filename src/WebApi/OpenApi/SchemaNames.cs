using NJsonSchema.Generation;
using OgcProcesses.Application.Processes.Describe;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Names schemas by their types, which bear the names of the standard's files; but one type's name is taken in the code.</summary>
internal sealed class SchemaNames : DefaultSchemaNameGenerator
{
    /// <inheritdoc />
    public override string Generate(Type type) => type == typeof(ProcessDocument) ? "Process" : base.Generate(type);
}
