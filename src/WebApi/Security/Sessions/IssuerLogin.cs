using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.WebApi.Security.Tokens;

namespace OgcProcesses.WebApi.Security.Sessions;

/// <summary>Logs people in to the pages at the issuer, by authorisation code and PKCE.</summary>
/// <remarks>OpenID Connect Core 1.0, 3.1; RFC 7636. Whom the session is for is told by the access token, judged as if they had sent it.</remarks>
internal static class IssuerLogin
{
    public static AuthenticationBuilder AddIssuerLogin(this AuthenticationBuilder authentication)
    {
        var services = authentication.Services;
        // Its handler is asked about every request, and needs a client: it is there only where one is set.
        services.AddOptions<AuthenticationOptions>().Configure<IOptions<SecurityOptions>>((schemes, security) =>
        {
            if (security.Value.HasIssuerLogin) schemes.AddScheme<OpenIdConnectHandler>(Schemes.Issuer, null);
        });
        services.AddTransient<OpenIdConnectHandler>();
        services.AddSingleton<IPostConfigureOptions<OpenIdConnectOptions>, OpenIdConnectPostConfigureOptions>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<IssuerLoginEvents>();
        services.AddOptions<OpenIdConnectOptions>(Schemes.Issuer).Configure<IOptions<SecurityOptions>, IssuerConnection>(
            (login, security, issuer) => Configure(login, security.Value.OpenIdConnect, issuer));
        return authentication;
    }

    private static void Configure(OpenIdConnectOptions login, IssuerOptions options, IssuerConnection issuer)
    {
        login.SignInScheme = Schemes.Session;
        login.ConfigurationManager = issuer;
        login.Backchannel = issuer.Http;
        login.ClientId = options.Login.ClientId;
        login.ClientSecret = options.Login.ClientSecret;
        login.CallbackPath = "/login/issuer/callback";
        // The issuer ends no session of this server.
        (login.RemoteSignOutPath, login.SignedOutCallbackPath) = (default, default);
        login.ResponseType = OpenIdConnectResponseType.Code;
        // A form that the issuer's page sends would come from another site: without cookies, and of a foreign origin.
        login.ResponseMode = OpenIdConnectResponseMode.Query;
        login.UsePkce = true;
        login.Scope.Clear();
        foreach (var scope in options.Login.Scopes.Prepend("openid").Distinct()) login.Scope.Add(scope);
        login.MapInboundClaims = false;
        login.SaveTokens = false;
        login.DisableTelemetry = true;
        login.EventsType = typeof(IssuerLoginEvents);
        login.TokenValidationParameters.ValidAlgorithms = TokenScheme.Algorithms;
        login.TokenValidationParameters.ClockSkew = options.ClockSkew;
        foreach (var cookie in (CookieBuilder[])[login.CorrelationCookie, login.NonceCookie])
            (cookie.SameSite, cookie.SecurePolicy) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest);
    }
}

/// <summary>What becomes of a login at the issuer.</summary>
internal sealed partial class IssuerLoginEvents(AccessTokens tokens, AuditTrail audit, ILogger<IssuerLoginEvents> logger) : OpenIdConnectEvents
{
    public override async Task TokenValidated(TokenValidatedContext context)
    {
        var token = context.TokenEndpointResponse?.AccessToken ?? throw new RefusedTokenException("there is none");
        context.Principal = CallerClaims.PrincipalOf(await tokens.CallerOfAsync(token, context.HttpContext.RequestAborted), Schemes.Session);
    }

    public override async Task RemoteFailure(RemoteFailureContext context)
    {
        // That the issuer is away is nobody's fault.
        if (context.Failure?.GetBaseException() is OgcException away) throw away;
        LogRefused(context.Failure?.GetBaseException() is RefusedTokenException refused ? $"of its access token, {refused.Message}" : context.Failure?.Message ?? "no reason was given");
        const string Told = "You could not be logged in: the issuer refused it, this server knows you by no role, or it took too long. Try again.";
        await audit.RefuseLoginAsync("issuer", Told);
        throw new OgcException(OgcError.Unauthenticated, Told);
    }

    [LoggerMessage(LogLevel.Information, "A login at the issuer failed: {Reason}")]
    private partial void LogRefused(string reason);
}
