using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Access.Keys;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.WebApi.Security;

/// <summary>Lets callers in by a key of this server, as <c>Authorization: Bearer ogcp_…</c> or <c>X-API-Key: ogcp_…</c>.</summary>
/// <remarks>RFC 6750, 2.1. Never in the query, which is kept in logs and histories.</remarks>
internal sealed class KeyScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KnownKeys keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Header = "X-API-Key";

    private const string Bearer = "Bearer ";

    /// <summary>Whether a request brings a key, valid or not.</summary>
    public static bool IsFor(HttpRequest request) =>
        request.Headers.ContainsKey(Header) || request.Headers.Authorization.Any(value => BearerOf(value)?.StartsWith(KeyText.Prefix, StringComparison.Ordinal) == true);

    /// <summary>The token that an Authorization header brings; null for another scheme's.</summary>
    public static string? BearerOf(string? authorization) =>
        authorization?.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) == true ? authorization[Bearer.Length..].Trim() : null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Two that differ stand for two callers, and none of them is more right than the other.
        string?[] sent = [.. Request.Headers[Header], .. Request.Headers.Authorization.Select(BearerOf)];
        if (sent.Distinct().ToList() is not [{ } text]) return Refused("More than one key or token was sent; which one is meant can't be told.");
        return await keys.FindHolderAsync(text, Context.RequestAborted) is { } holder
            ? AuthenticateResult.Success(new(CallerClaims.PrincipalOf(holder.Caller, $"{Scheme.Name}:{holder.KeyId}"), Scheme.Name))
            : Refused("The key is not valid: it is unknown, revoked or expired.");
    }

    private static AuthenticateResult Refused(string why) => AuthenticateResult.Fail(new OgcException(OgcError.Unauthenticated, why));

    /// <remarks>RFC 6750, 3</remarks>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        return Task.CompletedTask;
    }
}
