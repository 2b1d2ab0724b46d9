using System.Buffers.Text;
using Newtonsoft.Json.Linq;
using NJsonSchema.Validation.FormatValidators;

namespace OgcProcesses.Infrastructure.Schemas;

/// <summary>What the word in <c>format</c> asks of a value.</summary>
internal static class Formats
{
    private const string OgcPrefix = "http://www.opengis.net/def/format/ogcapi-processes/0/";

    /// <remarks>Some of NJsonSchema's formats backtrack; nothing that has one of these formats is longer.</remarks>
    private const int MaxLength = 1024;

    private static readonly Dictionary<string, (IFormatValidator Validator, string Expected)> OfStrings = new(StringComparer.Ordinal)
    {
        ["date"] = (new DateFormatValidator(), "a date such as 2024-05-31"),
        ["time"] = (new TimeFormatValidator(), "a time such as 12:00:00"),
        ["email"] = (new EmailFormatValidator(), "an email address"),
        ["hostname"] = (new HostnameFormatValidator(), "a host name"),
        ["ipv4"] = (new IpV4FormatValidator(), "an IPv4 address"),
        ["ipv6"] = (new IpV6FormatValidator(), "an IPv6 address"),
        ["uuid"] = (new UuidFormatValidator(), "a UUID"),
        ["guid"] = (new GuidFormatValidator(), "a UUID"),
    };

    private static readonly DateTimeFormatValidator DateTimes = new();

    /// <summary>Formats that say how a value is shown or stored and need no check.</summary>
    private static readonly HashSet<string> Hints = new(StringComparer.Ordinal) { "float", "double", "decimal", "password" };

    /// <summary>The rule of a format; null when it has none.</summary>
    /// <param name="format">The word or URI.</param>
    /// <param name="schema">The schema it stands in.</param>
    /// <param name="isEnforced">False when the format is unknown.</param>
    public static Rule? For(string format, CheckedSchema schema, out bool isEnforced)
    {
        isEnforced = true;
        if (GeoJson.OfFormat(ShortCode(format)) is { } shape)
            return schema.TypeNames is [] || schema.TypeNames.Contains("object") ? shape : null;
        if (OfStrings.TryGetValue(format, out var known))
            return OfString(text => text.Length <= MaxLength && known.Validator.IsValid(text, JTokenType.String), known.Expected);
        switch (format)
        {
            // A date alone is a date-time to NJsonSchema. A missing offset is common in requests, and Part 1's own example has none.
            case "date-time":
                return OfString(text => text.Length is > 10 and <= MaxLength && DateTimes.IsValid(text, JTokenType.String),
                    "a date and time such as 2024-05-31T12:00:00Z");
            case "uri": return OfString(IsUri, "a URI with its scheme");
            case "uri-reference":
                return OfString(text => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out _), "a URI or a relative reference");
            case "regex": return OfString(IsPattern, "a regular expression");
            case "byte" or "binary": return Base64Text;
            case "int32": return Between(int.MinValue, int.MaxValue, format);
            case "int64": return Between(long.MinValue, long.MaxValue, format);
        }
        isEnforced = Hints.Contains(format);
        return null;
    }

    /// <summary>A string must be base64.</summary>
    /// <remarks>/req/ogc-process-description/input-binary</remarks>
    public static Rule Base64Text { get; } = OfString(text => Base64.IsValid(text), "base64 text");

    private static string ShortCode(string format) =>
        format.StartsWith(OgcPrefix, StringComparison.Ordinal) ? format[OgcPrefix.Length..] : format;

    private static Rule OfString(Func<string, bool> isValid, string expected) => (value, _, found) =>
    {
        if (value is JValue { Value: string text } && !isValid(text)) found.Add(new Finding(value, $"must be {expected}"));
    };

    private static Rule Between(long least, long most, string format) => (value, _, found) =>
    {
        var isInside = value is not JValue { Value: var number } || number switch
        {
            long integer => integer >= least && integer <= most,
            decimal exact => exact >= least && exact <= most,
            double => false,
            _ => true,
        };
        if (!isInside) found.Add(new Finding(value, $"must be between {least} and {most} ({format})"));
    };

    // On Unix a rooted path counts as an absolute URI of the scheme file.
    private static bool IsUri(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && text.StartsWith(uri.Scheme + ":", StringComparison.OrdinalIgnoreCase);

    private static bool IsPattern(string text)
    {
        try
        {
            return EcmaPattern.Compile(text) is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
