using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common.Access;

namespace OgcProcesses.WebApi.Security;

/// <summary>The ways in which callers say who they are, by name.</summary>
internal static class Schemes
{
    /// <summary>Chooses among the others by the request.</summary>
    public const string Any = "Any";

    /// <summary>Nobody needs to say it.</summary>
    public const string Open = "Open";

    /// <summary>The request comes by a signed link to a result.</summary>
    public const string ResultLink = "ResultLink";

    /// <summary>By a key of this server.</summary>
    public const string Key = "Key";

    /// <summary>By an access token of an issuer.</summary>
    public const string Token = "Token";

    /// <summary>By the cookie of somebody who has logged in to the pages.</summary>
    public const string Session = "Session";

    /// <summary>At the issuer, where a session begins.</summary>
    public const string Issuer = "Issuer";

    /// <summary>The request does not say it.</summary>
    public const string Closed = "Closed";
}

/// <summary>Takes everybody for the same caller, who may do everything.</summary>
internal sealed class OpenScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private static readonly ClaimsPrincipal Anonymous = CallerClaims.PrincipalOf(Caller.Anonymous, Schemes.Open);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(AuthenticateResult.Success(new(Anonymous, Schemes.Open)));
}

/// <summary>Finds nobody: what a request without any key, token or session comes to.</summary>
internal sealed class ClosedScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());

    /// <remarks>RFC 9110, 11.6.1</remarks>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }
}
