using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>Puts the JSON Schema of an input or output into the words of OpenAPI 3.0.</summary>
/// <remarks>
/// What OpenAPI can't say is left out, so that it takes every value the schema takes, and some more: the server's own check
/// is the strict one. Whatever the schema holds, what comes out is valid.
/// <para>A schema that another refers to becomes a component of its own, also where it contains itself.</para>
/// </remarks>
/// <param name="root">The schema as deployed.</param>
/// <param name="nameNext">Gives a name for one more component.</param>
internal sealed class SchemaTranslation(JsonElement root, Func<string> nameNext)
{
    /// <summary>Readers of JSON give up at 64 levels; what surrounds a schema takes a few.</summary>
    private const int Deepest = 40;

    /// <summary>Schemas beyond these numbers are loosened, so that none costs more time than it is worth.</summary>
    private const int MostComponents = 500;
    private const int MostLookedAt = 2_000;

    /// <summary>Keywords that refuse values and have no counterpart.</summary>
    private static readonly HashSet<string> Unsaid =
    [
        "if", "dependentRequired", "dependentSchemas", "dependencies", "patternProperties", "propertyNames", "contains", "prefixItems",
        "additionalItems", "unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef",
    ];

    /// <summary>Formats of the standard whose schema it fixes.</summary>
    private static readonly Dictionary<string, string> Known = new()
    {
        ["ogc-bbox"] = "bbox",
        ["geojson-geometry"] = "geometryGeoJSON",
        ["geojson-feature"] = "featureGeoJSON",
        ["geojson-feature-collection"] = "featureCollectionGeoJSON",
    };

    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, bool> _losses = [];
    private readonly Queue<(string Name, JsonElement Schema)> _waiting = new();

    /// <summary>Translates the schema, or a part of it.</summary>
    public JsonObject Translate(JsonElement schema) => Translate(schema, 0);

    /// <summary>The components that the translations so far refer to.</summary>
    public IEnumerable<KeyValuePair<string, JsonObject>> Components()
    {
        while (_waiting.TryDequeue(out var next)) yield return new(next.Name, Translate(next.Schema, 0));
    }

    /// <summary>A schema that refers to a component.</summary>
    public static JsonObject Reference(string component) => new() { ["$ref"] = $"#/components/schemas/{component}" };

    /// <summary>Whether the values of a schema are objects; null where they may be or not.</summary>
    public bool? IsOfObjects(JsonElement schema) => IsOfObjects(schema, 0);

    private bool? IsOfObjects(JsonElement schema, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > Deepest) return null;
        if (Member(schema, "type") is { ValueKind: JsonValueKind.String } type) return type.GetString() == "object";
        if (Member(schema, "type") is { ValueKind: JsonValueKind.Array } types)
            return !Names(types).Contains("object") ? false : Names(types).Except(["null"]).Count() == 1 ? true : null;
        if (Member(schema, "$ref") is { ValueKind: JsonValueKind.String } reference && Resolve(reference.GetString()!) is { } target)
            return IsOfObjects(target, depth + 1);
        if (Member(schema, "allOf") is { ValueKind: JsonValueKind.Array } all)
            return all.EnumerateArray().Select(part => IsOfObjects(part, depth + 1)).FirstOrDefault(part => part is not null);
        foreach (var keyword in (string[])["oneOf", "anyOf"])
        {
            if (Member(schema, keyword) is { ValueKind: JsonValueKind.Array } some)
                return some.EnumerateArray().Select(part => IsOfObjects(part, depth + 1)).Distinct().ToList() is [var single] ? single : null;
        }

        return Known.ContainsKey(Member(schema, "format").ToString()) ? true : null;
    }

    private JsonObject Translate(JsonElement schema, int depth)
    {
        if (schema.ValueKind == JsonValueKind.False) return new() { ["not"] = new JsonObject() };
        if (schema.ValueKind != JsonValueKind.Object || depth > Deepest) return [];
        var translated = new JsonObject();
        foreach (var keyword in schema.EnumerateObject()) Add(translated, schema, keyword.Name, keyword.Value, depth);
        if (translated["type"]?.GetValue<string>() == "array" && !translated.ContainsKey("items")) translated["items"] = new JsonObject();
        // Nullable says something only of a type that stands beside it.
        if (!translated.ContainsKey("type")) translated.Remove("nullable");
        return Unwrap(translated);
    }

    private void Add(JsonObject to, JsonElement schema, string keyword, JsonElement value, int depth)
    {
        switch (keyword)
        {
            case "title" or "description" or "pattern" when value.ValueKind == JsonValueKind.String:
                to[keyword] = value.GetString();
                break;
            case "format" when value.ValueKind == JsonValueKind.String:
                if (Known.TryGetValue(value.GetString()!, out var known)) Include(to, Reference(known));
                else to[keyword] = value.GetString();
                break;
            case "contentEncoding" when value.ValueKind == JsonValueKind.String && value.GetString() is "base64" or "binary":
                to["format"] = "byte";
                break;
            case "default" or "example" when IsSayable(value, depth):
                to[keyword] = JsonNode.Parse(value.GetRawText());
                break;
            case "examples" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && IsSayable(value[0], depth):
                to.TryAdd("example", JsonNode.Parse(value[0].GetRawText()));
                break;
            case "deprecated" or "uniqueItems" or "nullable" when value.ValueKind == JsonValueKind.True:
                to[keyword] = true;
                break;
            case "type":
                AddType(to, value);
                break;
            case "enum" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && IsSayable(value, depth):
                if (!schema.TryGetProperty("const", out _)) to["enum"] = JsonNode.Parse(value.GetRawText());
                break;
            case "const" when IsSayable(value, depth):
                to["enum"] = new JsonArray(JsonNode.Parse(value.GetRawText()));
                break;
            case "multipleOf" when Number(value) is > 0 and var divisor:
                to[keyword] = divisor;
                break;
            case "minimum" or "exclusiveMinimum":
                AddBound(to, schema, "minimum", "exclusiveMinimum", (one, other) => one >= other);
                break;
            case "maximum" or "exclusiveMaximum":
                AddBound(to, schema, "maximum", "exclusiveMaximum", (one, other) => one <= other);
                break;
            case "minLength" or "maxLength" or "minItems" or "maxItems" or "minProperties" or "maxProperties" when Number(value) is >= 0 and var count:
                to[keyword] = (int)Math.Min(count, int.MaxValue);
                break;
            case "required" when Names(value) is { Count: > 0 } names:
                to[keyword] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]);
                break;
            case "properties" when value.ValueKind == JsonValueKind.Object:
                to[keyword] = new JsonObject(value.EnumerateObject().DistinctBy(property => property.Name)
                    .Select(property => KeyValuePair.Create(property.Name, (JsonNode?)Translate(property.Value, depth + 2))));
                break;
            case "additionalProperties" when !schema.TryGetProperty("patternProperties", out _):
                to[keyword] = value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : Translate(value, depth + 1);
                break;
            case "items" when !schema.TryGetProperty("prefixItems", out _):
                to[keyword] = Translate(value, depth + 1);
                break;
            case "allOf" or "anyOf" or "oneOf" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0:
                AddAlternatives(to, keyword, value, depth);
                break;
            case "not" when !Loses(value, depth):
                to[keyword] = Translate(value, depth + 1);
                break;
            case "$ref" when value.ValueKind == JsonValueKind.String && Component(value.GetString()!) is { } component:
                Include(to, Reference(component));
                break;
        }
    }

    /// <remarks>Of several types none can be named, but that null is one of them can.</remarks>
    private static void AddType(JsonObject to, JsonElement value)
    {
        var types = value.ValueKind == JsonValueKind.String ? [value.GetString()!] : Names(value);
        if (types.Contains("null")) to["nullable"] = true;
        if (types.Except(["null"]).ToList() is [var single]) to["type"] = single;
    }

    /// <summary>Both forms of a limit: a number of its own, and a Boolean beside the number that it excludes.</summary>
    private static void AddBound(JsonObject to, JsonElement schema, string inclusive, string exclusive, Func<decimal, decimal, bool> isStricter)
    {
        var bound = Number(Member(schema, inclusive));
        var strict = Number(Member(schema, exclusive));
        var isStrict = strict is { } limit && (bound is not { } other || isStricter(limit, other));
        if ((isStrict ? strict : bound) is not { } number) return;
        to[inclusive] = number;
        if (isStrict || Member(schema, exclusive).ValueKind == JsonValueKind.True) to[exclusive] = true;
    }

    /// <remarks>An alternative that lost something may fit values that another one fits, too.</remarks>
    private void AddAlternatives(JsonObject to, string keyword, JsonElement value, int depth)
    {
        var alternatives = value.EnumerateArray().Select(one => Translate(one, depth + 2)).ToList();
        if (keyword == "oneOf" && value.EnumerateArray().Any(one => Loses(one, depth))) keyword = "anyOf";
        if (keyword == "allOf") foreach (var one in alternatives.Where(one => one.Count > 0)) Include(to, one);
        else if (!to.ContainsKey(keyword)) to[keyword] = new JsonArray([.. alternatives]);
        else Include(to, new() { [keyword] = new JsonArray([.. alternatives]) });
    }

    private static void Include(JsonObject to, JsonObject schema)
    {
        if (to["allOf"] is JsonArray all) all.Add(schema);
        else to["allOf"] = new JsonArray(schema);
    }

    /// <summary>What stands alone in an <c>allOf</c> needs none; beside a reference nothing else would count.</summary>
    private static JsonObject Unwrap(JsonObject schema)
    {
        if (schema is not { Count: 1 } || schema["allOf"] is not JsonArray { Count: 1 } all) return schema;
        var single = all[0]!.AsObject();
        all.Clear();
        return single;
    }

    /// <summary>The component of a local reference; null where the reference leads elsewhere, nowhere or in a circle.</summary>
    private string? Component(string reference)
    {
        if (_names.TryGetValue(reference, out var known)) return known;
        if (_names.Count >= MostComponents || Resolve(reference) is not { } target || LeadsTo(reference, target)) return null;
        var name = _names[reference] = nameNext();
        _waiting.Enqueue((name, target));
        return name;
    }

    private JsonElement? Resolve(string reference)
    {
        if (reference == "#") return root;
        if (!reference.StartsWith("#/", StringComparison.Ordinal)) return null;
        var found = root;
        foreach (var step in reference[2..].Split('/'))
        {
            var name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (found.ValueKind == JsonValueKind.Object && found.TryGetProperty(name, out var member)) found = member;
            else if (found.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < found.GetArrayLength()) found = found[index];
            else return null;
        }

        return found;
    }

    /// <summary>Whether a schema asks of a value that it fit the very same schema, which generators of clients can't bear.</summary>
    private bool LeadsTo(string start, JsonElement schema)
    {
        var seen = new HashSet<string>();
        var waiting = new Stack<JsonElement>([schema]);
        for (var looked = 0; waiting.TryPop(out var next); looked++)
        {
            if (looked > MostLookedAt) return true;
            if (next.ValueKind != JsonValueKind.Object) continue;
            if (Member(next, "$ref") is { ValueKind: JsonValueKind.String } text && text.GetString() is { } reference)
            {
                if (reference == start) return true;
                if (seen.Add(reference) && Resolve(reference) is { } target) waiting.Push(target);
            }

            waiting.Push(Member(next, "not"));
            foreach (var keyword in (string[])["allOf", "anyOf", "oneOf"])
                if (Member(next, keyword) is { ValueKind: JsonValueKind.Array } parts) foreach (var part in parts.EnumerateArray()) waiting.Push(part);
        }

        return false;
    }

    /// <summary>Whether the translation of a schema takes values that the schema refuses.</summary>
    private bool Loses(JsonElement schema, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object) return false;
        return depth > Deepest || schema.EnumerateObject().Any(keyword => keyword.Name switch
        {
            "type" => keyword.Value.ValueKind == JsonValueKind.Array,
            "$ref" => LosesAt(keyword.Value.ToString(), depth),
            "allOf" or "anyOf" or "oneOf" => keyword.Value.ValueKind == JsonValueKind.Array
                && keyword.Value.EnumerateArray().Any(part => Loses(part, depth + 2)),
            "not" or "items" or "additionalProperties" => Loses(keyword.Value, depth + 1),
            "properties" => keyword.Value.ValueKind == JsonValueKind.Object
                && keyword.Value.EnumerateObject().Any(property => Loses(property.Value, depth + 2)),
            var name => Unsaid.Contains(name),
        });
    }

    private bool LosesAt(string reference, int depth)
    {
        if (_losses.TryGetValue(reference, out var known)) return known;
        if (Component(reference) is null || Resolve(reference) is not { } target) return _losses[reference] = true;
        // A schema that contains itself loses what its other parts lose.
        _losses[reference] = false;
        return _losses[reference] = Loses(target, depth + 2);
    }

    /// <summary>Whether a value can stand in the definition: neither nested too deeply nor with numbers that readers can't hold.</summary>
    private static bool IsSayable(JsonElement value, int depth) => depth <= Deepest && value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().All(item => IsSayable(item, depth + 1)),
        JsonValueKind.Object => value.EnumerateObject().All(member => IsSayable(member.Value, depth + 1)),
        JsonValueKind.Number => Number(value) is not null,
        _ => true,
    };

    private static JsonElement Member(JsonElement schema, string name) => schema.TryGetProperty(name, out var value) ? value : default;

    private static decimal? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) ? number : null;

    private static List<string> Names(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? [.. value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!).Distinct()]
        : [];
}
