using System.Text;
using Microsoft.Extensions.Primitives;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.WebApi.Http;

/// <summary>Reads the header Idempotency-Key.</summary>
/// <remarks>
/// draft-ietf-httpapi-idempotency-key-header, 2.1: a string of RFC 8941, in quotes. Most clients leave these out; the key is the same then.
/// </remarks>
internal static class IdempotencyKeyHeader
{
    public const string Name = "Idempotency-Key";

    private const int Longest = 255;

    /// <summary>The key; null where the header is absent.</summary>
    /// <exception cref="OgcException">It is not a key.</exception>
    public static string? Read(StringValues headers)
    {
        if (headers.Count == 0) return null;
        var key = headers.Count == 1 ? Unquote(headers.ToString().Trim()) : null;
        if (key is { Length: > 0 and <= Longest } && key.All(character => character is >= ' ' and <= '~')) return key;
        throw new OgcException([Violation.InHeader(Name, $"must be one string of 1 to {Longest} printable ASCII characters, in quotes or without")]);
    }

    /// <summary>What the quotes hold, or all where there are none; null where they are not closed, or more follows.</summary>
    private static string? Unquote(string text)
    {
        if (!text.StartsWith('"')) return text;
        var key = new StringBuilder();
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"') return i == text.Length - 1 ? key.ToString() : null;
            if (text[i] == '\\' && (++i == text.Length || text[i] is not ('"' or '\\'))) return null;
            key.Append(text[i]);
        }

        return null;
    }
}
