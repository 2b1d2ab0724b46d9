using NJsonSchema;
using NJsonSchema.Generation;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Marks members as required that can't be null, since every answer has them; the serializer leaves out only nulls.</summary>
internal sealed class AlwaysPresent : ISchemaProcessor
{
    /// <inheritdoc />
    public void Process(SchemaProcessorContext context)
    {
        foreach (var property in context.Schema.ActualProperties.Values)
            if (!property.IsNullable(SchemaType.OpenApi3)) property.IsRequired = true;
    }
}
