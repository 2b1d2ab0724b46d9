using System.Text.Json;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Schemas;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Execute;

/// <summary>One occurrence of an input, as a request writes it.</summary>
/// <remarks>Part 1, inlineOrRefData.yaml.</remarks>
internal abstract record InputValue
{
    /// <summary>A JSON value.</summary>
    public sealed record Literal(JsonElement Value) : InputValue;

    /// <summary>A file given in line.</summary>
    /// <param name="Text">What the request holds.</param>
    /// <param name="Base64">Whether it is encoded.</param>
    /// <param name="MediaType">Its media type.</param>
    public sealed record InlineFile(string Text, bool Base64, string? MediaType) : InputValue;

    /// <summary>A value or file given by a link.</summary>
    public sealed record Reference(string Href, string? MediaType) : InputValue;

    /// <summary>The occurrences of an input: the items of an array where several are allowed, else the value itself.</summary>
    /// <remarks>/req/core/process-execute-input-array. A single value without its array is understood, too.</remarks>
    public static IReadOnlyList<JsonElement> OccurrencesOf(JsonElement value, InputDescription input) =>
        input.IsMultiple && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];

    /// <summary>Tells what an occurrence is, which its schema decides where its form alone does not.</summary>
    public static InputValue Read(JsonElement value, ValueSchema schema, ISchemaValidator schemas)
    {
        if (TextMember(value, "href") is { } href) return new Reference(href, MediaTypeOf(value));
        if (!TryUnwrap(value, out var inner)) return ReadInline(value, null, encoding: null, schema, schemas);
        // An object input may itself have a member 'value': what fits as it stands is not unwrapped.
        if (schemas.Validate(schema.Document, inner).Count > 0 && schemas.Validate(schema.Document, value).Count == 0)
            return new Literal(value);
        return ReadInline(inner, MediaTypeOf(value), EncodingOf(value), schema, schemas);
    }

    private static InputValue ReadInline(JsonElement value, string? mediaType, string? encoding, ValueSchema schema, ISchemaValidator schemas)
    {
        if (value.ValueKind != JsonValueKind.String || !schema.AllowsFile) return new Literal(value);
        var alternative = schema.Alternatives.FirstOrDefault(candidate => mediaType is not null
            ? MediaTypes.AreSame(MediaTypes.Of(candidate), mediaType)
            : schemas.Validate(candidate, value).Count == 0);
        if (alternative.ValueKind == JsonValueKind.Undefined) alternative = schema.Alternatives.First(ValueSchema.IsFile);
        if (!ValueSchema.IsFile(alternative)) return new Literal(value);
        return new InlineFile(value.GetString()!, encoding == "base64" || ValueSchema.IsBinary(alternative), mediaType ?? MediaTypes.Of(alternative));
    }

    /// <remarks>Part 1, qualifiedInputValue.yaml.</remarks>
    private static bool TryUnwrap(JsonElement value, out JsonElement inner)
    {
        inner = default;
        return value.ValueKind == JsonValueKind.Object && value.TryGetProperty("value", out inner);
    }

    /// <remarks>Some clients, the official suite among them, put mediaType and encoding into a member 'format'.</remarks>
    private static string? MediaTypeOf(JsonElement value) =>
        TextMember(value, "mediaType") ?? TextMember(Format(value), "mediaType") ?? TextMember(value, "type");

    private static string? EncodingOf(JsonElement value) => TextMember(value, "encoding") ?? TextMember(Format(value), "encoding");

    private static JsonElement Format(JsonElement value) => value.TryGetProperty("format", out var format) ? format : default;

    private static string? TextMember(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString() : null;
}
