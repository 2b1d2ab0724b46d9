using System.Globalization;
using System.Text.Json;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.Infrastructure.Schemas;

/// <summary>JSON values as NJsonSchema takes them.</summary>
internal static class Tokens
{
    private const int MaxDepth = 128;

    /// <summary>The value, its numbers exact to 28 digits; whole ones are <see cref="long"/> where they fit, so 1.0 equals 1.</summary>
    /// <exception cref="WalkAbortedException">It is nested too deeply.</exception>
    public static JToken From(JsonElement value) => From(value, out _);

    /// <inheritdoc cref="From(JsonElement)"/>
    /// <param name="value">The value.</param>
    /// <param name="count">How many values it is made of.</param>
    public static JToken From(JsonElement value, out int count)
    {
        count = 0;
        return From(value, 0, ref count);
    }

    private static JToken From(JsonElement value, int depth, ref int count)
    {
        count++;
        if (depth > MaxDepth) throw new WalkAbortedException(JValue.CreateNull(), $"is nested more than {MaxDepth} levels deep");
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JObject();
                foreach (var member in value.EnumerateObject()) members[member.Name] = From(member.Value, depth + 1, ref count);
                return members;
            case JsonValueKind.Array:
                var items = new JArray();
                foreach (var item in value.EnumerateArray()) items.Add(From(item, depth + 1, ref count));
                return items;
            case JsonValueKind.String: return new JValue(value.GetString());
            case JsonValueKind.Number: return Number(value);
            case JsonValueKind.True: return new JValue(true);
            case JsonValueKind.False: return new JValue(false);
            default: return JValue.CreateNull();
        }
    }

    /// <remarks>No BigInteger: NJsonSchema's bounds throw on it.</remarks>
    private static JValue Number(JsonElement value)
    {
        if (value.TryGetInt64(out var integer)) return new JValue(integer);
        if (!IsExactDecimal(value, out var number)) return new JValue(value.GetDouble());
        return decimal.IsInteger(number) && number is >= long.MinValue and <= long.MaxValue ? new JValue((long)number) : new JValue(number);
    }

    /// <remarks>1e-400 is read as the decimal 0; such numbers are left to double.</remarks>
    private static bool IsExactDecimal(JsonElement value, out decimal number) =>
        value.TryGetDecimal(out number) && (number != 0 || value.GetDouble() == 0);

    /// <summary>Where a value is within its document: RFC 6901.</summary>
    public static string Pointer(JToken token)
    {
        var steps = new Stack<string>();
        for (var current = token; current is not null; current = current.Parent)
        {
            if (current is JProperty property) steps.Push(JsonPointer.Escape(property.Name));
            else if (current.Parent is JArray array) steps.Push(array.IndexOf(current).ToString(CultureInfo.InvariantCulture));
        }
        return string.Concat(steps.Select(step => "/" + step));
    }

    /// <summary>What JSON Schema calls the type of a value.</summary>
    public static string TypeName(JToken value) => value.Type switch
    {
        JTokenType.Object => "object",
        JTokenType.Array => "array",
        JTokenType.String => "string",
        JTokenType.Boolean => "boolean",
        JTokenType.Null => "null",
        _ => IsWhole(value) ? "integer" : "number",
    };

    public static bool IsNumber(JToken value) => value.Type is JTokenType.Integer or JTokenType.Float;

    public static bool IsWhole(JToken value) => value is JValue { Value: var number } && number switch
    {
        long => true,
        decimal exact => decimal.IsInteger(exact),
        double rounded => double.IsInteger(rounded),
        _ => false,
    };

    /// <summary>The value as JSON for a message, shortened.</summary>
    public static string Show(JToken value)
    {
        // The overload without converters is missing from the older Newtonsoft.Json that test hosts bring along.
        var text = value.ToString(Formatting.None, Array.Empty<JsonConverter>());
        return text.Length <= 60 ? text : text[..57] + "...";
    }
}
