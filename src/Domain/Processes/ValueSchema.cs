using System.Text.Json;

namespace OgcProcesses.Domain.Processes;

/// <summary>The JSON Schema of an input or output, and what it says about how values travel.</summary>
/// <remarks>Part 1, schema.yaml.</remarks>
/// <param name="Document">The schema as deployed.</param>
public sealed record ValueSchema(JsonElement Document)
{
    /// <summary>The value used when a request gives none.</summary>
    public JsonElement? Default => Member(Document, "default");

    /// <summary>The schemas a value may choose from: those of <c>oneOf</c> or <c>anyOf</c>, else the schema itself.</summary>
    /// <remarks>/req/ogc-process-description/input-mixed-type: the first is the default format.</remarks>
    public IEnumerable<JsonElement> Alternatives =>
        (Member(Document, "oneOf") ?? Member(Document, "anyOf")) is { ValueKind: JsonValueKind.Array } alternatives
            ? alternatives.EnumerateArray()
            : [Document];

    /// <summary>Whether some value of it is a file: encoded bytes, or text of a media type of its own.</summary>
    public bool AllowsFile => Alternatives.Any(IsFile);

    /// <summary>Whether every value of it is a file.</summary>
    public bool IsAlwaysFile => Alternatives.All(IsFile);

    /// <summary>Whether a value is plain text, which needs no JSON around it.</summary>
    public bool IsText => Alternatives.All(schema => TypeOf(schema) == "string");

    /// <summary>Media types the schema names, the default one first.</summary>
    public IEnumerable<string> MediaTypes =>
        Alternatives.Select(schema => Member(schema, "contentMediaType")?.GetString()).OfType<string>();

    /// <summary>Whether every value of this schema is a string, a number or a Boolean.</summary>
    public static bool IsScalar(JsonElement schema) => TypeOf(schema) is "string" or "number" or "integer" or "boolean";

    /// <summary>Whether a value of this schema is a file rather than a JSON value.</summary>
    public static bool IsFile(JsonElement schema) =>
        TypeOf(schema) is null or "string"
        && (Member(schema, "contentMediaType") is not null || IsBinary(schema));

    /// <summary>Whether a value of this schema in line is base64 text.</summary>
    /// <remarks>/req/ogc-process-description/input-binary</remarks>
    public static bool IsBinary(JsonElement schema) =>
        Member(schema, "contentEncoding")?.GetString() is "base64" or "binary"
        || Member(schema, "format")?.GetString() is "byte" or "binary";

    internal static ValueSchema Of(JsonProperty description) => new(description.Value.GetProperty("schema"));

    private static string? TypeOf(JsonElement schema) =>
        Member(schema, "type") is { ValueKind: JsonValueKind.String } type ? type.GetString() : null;

    private static JsonElement? Member(JsonElement schema, string name) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(name, out var value) ? value : null;
}
