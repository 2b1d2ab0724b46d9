using System.Text.Json;
using System.Text.Json.Nodes;

namespace OgcProcesses.Application.Processes;

/// <summary>Gives additionalParameters the form that 1.0 has for them.</summary>
/// <remarks>
/// Part 1, descriptionType.yaml: an object whose <c>parameters</c> have arrays as values. Packages with a bare array of names and values are about,
/// Part 2's official suite has one; given back so in the list, they would spoil it for every client that checks it.
/// </remarks>
internal static class AdditionalParameters
{
    private const string Member = "additionalParameters";

    /// <summary>The object, whether it was written as one or as an array.</summary>
    public static JsonElement? AsObject(JsonElement? parameters) =>
        parameters is { ValueKind: JsonValueKind.Array } array ? JsonSerializer.SerializeToElement(ObjectOf(array)) : parameters;

    /// <summary>The same for every one of a map of inputs or outputs.</summary>
    public static JsonElement AsObjectsIn(JsonElement descriptions)
    {
        if (!descriptions.EnumerateObject().Any(one => IsArrayIn(one.Value))) return descriptions;
        var all = JsonObject.Create(descriptions)!;
        foreach (var one in descriptions.EnumerateObject().Where(one => IsArrayIn(one.Value)))
            all[one.Name]![Member] = ObjectOf(one.Value.GetProperty(Member));
        return JsonSerializer.SerializeToElement(all);
    }

    private static bool IsArrayIn(JsonElement description) =>
        description.ValueKind == JsonValueKind.Object && description.TryGetProperty(Member, out var parameters) && parameters.ValueKind == JsonValueKind.Array;

    private static JsonObject ObjectOf(JsonElement array)
    {
        var parameters = JsonArray.Create(array)!;
        foreach (var parameter in parameters.OfType<JsonObject>())
            if (parameter["value"] is { } value and not JsonArray) parameter["value"] = new JsonArray(value.DeepClone());
        return new() { ["parameters"] = parameters };
    }
}
