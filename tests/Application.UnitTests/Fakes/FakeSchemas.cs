using System.Text.Json;
using OgcProcesses.Application.Common.Schemas;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>As much of JSON Schema as these tests need: <c>type</c>, <c>enum</c>, <c>required</c>, <c>properties</c>, <c>items</c>, <c>oneOf</c>.</summary>
internal sealed class FakeSchemas : ISchemaValidator
{
    public IReadOnlyList<SchemaViolation> Validate(JsonElement schema, JsonElement value) => [.. Check(schema, value, "")];

    /// <remarks>A type nobody knows is an error; the keyword 'x-warned' is one that is not enforced.</remarks>
    public SchemaReview Review(JsonElement schema)
    {
        var unknown = schema.TryGetProperty("type", out var type) && !Fits(type.GetString(), default, out var known) && !known;
        return new(unknown ? $"'{type}' is not a type" : null, schema.TryGetProperty("x-warned", out _) ? ["'x-warned' is not enforced"] : []);
    }

    private static IEnumerable<SchemaViolation> Check(JsonElement schema, JsonElement value, string at)
    {
        if (schema.ValueKind != JsonValueKind.Object) yield break;
        if (schema.TryGetProperty("oneOf", out var alternatives) && !alternatives.EnumerateArray().Any(one => !Check(one, value, at).Any()))
            yield return new(at, "fits no alternative");
        if (schema.TryGetProperty("type", out var type) && !Fits(type.GetString(), value, out _))
        {
            yield return new(at, $"must be of type {type}");
            yield break;
        }

        if (schema.TryGetProperty("enum", out var choices) && !choices.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value)))
            yield return new(at, "must be one of the choices");
        if (schema.TryGetProperty("required", out var required) && value.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in required.EnumerateArray().Select(name => name.GetString()!).Where(name => !value.TryGetProperty(name, out _)))
                yield return new(at, $"the member '{name}' is required");
        }

        if (schema.TryGetProperty("properties", out var members) && value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in members.EnumerateObject())
            {
                if (!value.TryGetProperty(member.Name, out var inner)) continue;
                foreach (var violation in Check(member.Value, inner, $"{at}/{member.Name}")) yield return violation;
            }
        }

        if (schema.TryGetProperty("items", out var items) && value.ValueKind == JsonValueKind.Array)
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
                foreach (var violation in Check(items, item, $"{at}/{index}")) yield return violation;
        }
    }

    private static bool Fits(string? type, JsonElement value, out bool known)
    {
        JsonValueKind[] kinds = type switch
        {
            "string" => [JsonValueKind.String],
            "number" or "integer" => [JsonValueKind.Number],
            "boolean" => [JsonValueKind.True, JsonValueKind.False],
            "object" => [JsonValueKind.Object],
            "array" => [JsonValueKind.Array],
            _ => [],
        };
        known = kinds.Length > 0;
        return kinds.Contains(value.ValueKind) && (type != "integer" || value.TryGetInt64(out _));
    }
}
