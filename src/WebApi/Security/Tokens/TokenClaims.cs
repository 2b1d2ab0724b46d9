using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.WebApi.Security.Tokens;

/// <summary>Reads what access tokens say of their callers.</summary>
/// <remarks>From the token itself: the framework's flat list of claims can't tell an array from a text, nor a claim that stands there twice.</remarks>
internal static class TokenClaims
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The JSON object of a token's header or claims.</summary>
    /// <exception cref="RefusedTokenException">It is none, or has a member twice.</exception>
    /// <remarks>RFC 7519, 7.2 and 4</remarks>
    public static JsonElement ObjectOf(ReadOnlySpan<char> part)
    {
        try
        {
            using var json = JsonDocument.Parse(Utf8.GetString(Base64Url.DecodeFromChars(part)), Strict);
            return json.RootElement is { ValueKind: JsonValueKind.Object } root ? root.Clone() : throw new RefusedTokenException("a part of it is no JSON object");
        }
        catch (Exception e) when (e is JsonException or FormatException or DecoderFallbackException)
        {
            throw new RefusedTokenException("it can't be read");
        }
    }

    /// <summary>The text of a member; null when it is absent, or no text.</summary>
    public static string? TextOf(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Whether a token is meant for this API.</summary>
    public static bool IsForUs(JsonElement claims, IssuerOptions options) => claims.TryGetProperty("aud", out var audience)
        ? TextsOf(audience).Any(options.Audiences.Contains)
        : TextOf(claims, "token_use") == "access" && TextOf(claims, "client_id") is { } client && options.ClientIds.Contains(client);

    /// <summary>The caller whom a valid access token tells.</summary>
    /// <exception cref="RefusedTokenException">It is no access token, or tells nobody.</exception>
    public static Caller CallerOf(JsonElement claims, IssuerOptions options)
    {
        if (!IsOfAccess(claims)) throw new RefusedTokenException("it is no access token, but of another use");
        if (TextOf(claims, options.UserClaim) is not { } id || !Caller.IsId(id)) throw new RefusedTokenException($"its claim '{options.UserClaim}' is no identifier of a user");
        if (id == Caller.Anonymous.Id || id == Caller.Server.Id) throw new RefusedTokenException($"the user '{id}' is the server's own");
        var values = Values(claims, options.RolesClaim);
        var role = options.Roles.All.Where(role => values.Contains(role.Value)).Max(role => (Role?)role.Role) ?? options.DefaultRole;
        return new(id, role) { Groups = [.. Values(claims, options.GroupsClaim).Where(Caller.IsId)] };
    }

    /// <summary>Whether nothing tells that a token is an ID token, a refresh token or any other: their keys and issuer are the same.</summary>
    /// <remarks>Amazon Cognito: <c>token_use</c>. Keycloak: <c>typ</c>. OpenID Connect Core 1.0, 2 and 3.3.2.11: <c>nonce</c>, <c>at_hash</c>, <c>c_hash</c>.</remarks>
    private static bool IsOfAccess(JsonElement claims)
    {
        if (claims.TryGetProperty("token_use", out var use) && !IsText(use, "access")) return false;
        if (claims.TryGetProperty("at_hash", out _) || claims.TryGetProperty("c_hash", out _)) return false;
        // Older Keycloaks repeat the nonce in their access tokens.
        return claims.TryGetProperty("typ", out var type) ? IsText(type, "Bearer") : !claims.TryGetProperty("nonce", out _);
    }

    /// <summary>The texts of the claim of a name or path.</summary>
    private static HashSet<string> Values(JsonElement claims, string path)
    {
        var value = claims;
        foreach (var name in path.Contains(':') ? [path] : path.Split('.'))
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value)) return [];
        return [.. value.ValueKind == JsonValueKind.String ? value.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries) : TextsOf(value)];
    }

    private static IEnumerable<string> TextsOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!),
        _ => [],
    };

    private static bool IsText(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);
}

/// <summary>A token is not good for this API; the message says why, to the operator alone.</summary>
internal sealed class RefusedTokenException(string reason) : Exception(reason);
