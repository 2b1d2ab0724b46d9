using System.Runtime.InteropServices;
using System.Text.Json;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.Application.Common;

/// <summary>Finds what JSON allows to be written and no text can be: half a surrogate pair.</summary>
internal static class JsonText
{
    /// <summary>As <see cref="FindMalformed"/>, at no cost for a value that escapes nothing: what is not escaped was checked when it was parsed.</summary>
    public static string? FindMalformedEscape(JsonElement value) =>
        JsonMarshal.GetRawUtf8Value(value).IndexOf("\\u"u8) < 0 ? null : FindMalformed(value);

    /// <summary>Where a value holds a name or string that is no text, as a JSON pointer from the value; null when it holds none.</summary>
    public static string? FindMalformed(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    if (!IsText(() => member.Name)) return "";
                    if (FindMalformed(member.Value) is { } below) return $"/{JsonPointer.Escape(member.Name)}{below}";
                }

                return null;
            case JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                    if (FindMalformed(item) is { } below) return $"/{index}{below}";
                return null;
            case JsonValueKind.String:
                return IsText(() => value.GetString()) ? null : "";
            default:
                return null;
        }
    }

    private static bool IsText(Func<string?> read)
    {
        try
        {
            read();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
