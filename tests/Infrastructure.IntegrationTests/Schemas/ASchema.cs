using System.Text.Json;
using OgcProcesses.Application.Common.Schemas;
using OgcProcesses.Infrastructure.Schemas;

namespace OgcProcesses.Infrastructure.IntegrationTests.Schemas;

/// <summary>Short ways to ask the validator; single quotes stand for double ones.</summary>
internal static class ASchema
{
    private static readonly NJsonSchemaValidator Validator = new();

    public static IReadOnlyList<SchemaViolation> Check(string schema, string value) => Validator.Validate(Json(schema), Json(value));

    public static SchemaReview Review(string schema) => Validator.Review(Json(schema));

    public static JsonElement Json(string text) =>
        JsonDocument.Parse(text.Replace('\'', '"'), new JsonDocumentOptions { MaxDepth = 1000 }).RootElement;
}
