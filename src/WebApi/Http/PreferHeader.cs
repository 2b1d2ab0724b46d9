using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Primitives;
using OgcProcesses.Application.Jobs.Execute;

namespace OgcProcesses.WebApi.Http;

/// <summary>Reads the header Prefer.</summary>
/// <remarks>RFC 7240: a list, over one or several headers; what is not understood is ignored, of a name given twice the first counts.</remarks>
internal static class PreferHeader
{
    /// <summary>The preferences that an execution can honour.</summary>
    public static Preference Read(StringValues headers)
    {
        var preferences = Parse(headers);
        return new(preferences.ContainsKey("respond-async"), Wait(preferences.GetValueOrDefault("wait")));
    }

    /// <summary>Whether the answer to a change should show what it made.</summary>
    public static bool AsksForRepresentation(StringValues headers) => Parse(headers).GetValueOrDefault("return") == "representation";

    private static Dictionary<string, string?> Parse(StringValues headers)
    {
        var preferences = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in headers.OfType<string>().SelectMany(Split))
        {
            if (NameValueWithParametersHeaderValue.TryParse(item, out var preference))
                preferences.TryAdd(preference.Name, preference.Value?.Trim('"'));
        }

        return preferences;
    }

    private static TimeSpan? Wait(string? seconds) =>
        int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? TimeSpan.FromSeconds(whole) : null;

    /// <summary>Splits at commas that are not inside a quoted string.</summary>
    private static IEnumerable<string> Split(string header)
    {
        var item = new StringBuilder();
        var (quoted, escaped) = (false, false);
        foreach (var character in header)
        {
            if (character == ',' && !quoted)
            {
                yield return item.ToString().Trim();
                item.Clear();
                continue;
            }

            if (character == '"' && !escaped) quoted = !quoted;
            escaped = quoted && character == '\\' && !escaped;
            item.Append(character);
        }

        yield return item.ToString().Trim();
    }
}
