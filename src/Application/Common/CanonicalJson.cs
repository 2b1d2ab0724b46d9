using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace OgcProcesses.Application.Common;

/// <summary>Writes JSON so that what means the same is the same text.</summary>
/// <remarks>
/// As RFC 8785 has it: no white space, members by name, one spelling of strings. Numbers differ: those that are equal are
/// spelled alike here, too, but none is rounded to what a double can hold, or two long integers could pass for each other.
/// </remarks>
internal static class CanonicalJson
{
    /// <summary>Writes a value.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="value">The value.</param>
    /// <param name="numbersAsWritten">Whether numbers stay as they are spelled, so that 1 and 1.0 differ.</param>
    public static void Write(Utf8JsonWriter json, JsonElement value, bool numbersAsWritten = false)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    json.WritePropertyName(member.Name);
                    Write(json, member.Value, numbersAsWritten);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(json, item, numbersAsWritten);
                json.WriteEndArray();
                break;
            case JsonValueKind.Number when !numbersAsWritten:
                json.WriteRawValue(Number(value.GetRawText()));
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    /// <summary>A number as an integer without zeros at its end, and the power of ten that it is multiplied by.</summary>
    private static string Number(string text)
    {
        var parts = text.TrimStart('-').Split('e', 'E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        var significant = digits.TrimEnd('0');
        if (significant.Length == 0) return "0";
        var exponent = parts.Length > 1 ? BigInteger.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        exponent += digits.Length - significant.Length - (point < 0 ? 0 : parts[0].Length - point - 1);
        return $"{(text[0] == '-' ? "-" : "")}{significant}e{exponent.ToString(CultureInfo.InvariantCulture)}";
    }
}
