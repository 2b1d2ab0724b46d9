using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Access.Keys;
using OgcProcesses.Application.Access.Sessions;
using OgcProcesses.Application.Common.Access;

namespace OgcProcesses.WebApi.Security.Sessions;

/// <summary>Lets in whoever has logged in to the pages, by a sealed cookie.</summary>
/// <remarks>
/// A session by key holds the key, and shows it again with each request: it ends with the key, and whoever reads the database can seal none.
/// One by issuer holds the caller as the issuer told them.
/// </remarks>
internal static class SessionScheme
{
    private const string KeyItem = "key";

    public static AuthenticationBuilder AddSessions(this AuthenticationBuilder authentication)
    {
        var services = authentication.Services;
        services.AddOptions<PageSessionOptions>()
            .BindConfiguration(PageSessionOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        // All nodes of a database open what one of them has sealed, wherever they are installed.
        services.AddDataProtection().SetApplicationName("OgcProcesses");
        services.AddOptions<KeyManagementOptions>().Configure<IProtectionKeyStore>((management, keys) => management.XmlRepository = new ProtectionKeys(keys));
        services.AddSingleton<SessionEvents>();
        authentication.AddCookie(Schemes.Session);
        services.AddOptions<CookieAuthenticationOptions>(Schemes.Session).Configure<IOptions<PageSessionOptions>>((cookie, sessions) =>
        {
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.CookieManager = new SessionCookies();
            cookie.ExpireTimeSpan = sessions.Value.Lifetime;
            cookie.SlidingExpiration = false;
            cookie.EventsType = typeof(SessionEvents);
        });
        services.Configure<AntiforgeryOptions>(tokens =>
        {
            tokens.Cookie.Name = "ogc-form";
            tokens.Cookie.SameSite = SameSiteMode.Lax;
            tokens.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            tokens.HeaderName = PageTokens.Header;
            // The policy of pages says who may frame them.
            tokens.SuppressXFrameOptionsHeader = true;
        });
        return authentication;
    }

    /// <summary>Whether a request brings a session, be it over or not, and nothing that counts for more.</summary>
    public static bool IsFor(HttpRequest request) =>
        request.Cookies.ContainsKey(SessionCookies.NameFor(request)) && !request.Headers.ContainsKey("Authorization") && !request.Headers.ContainsKey(KeyScheme.Header);

    /// <summary>Whether somebody is known by a session.</summary>
    public static bool IsOf(ClaimsPrincipal user) => user.Identity is { IsAuthenticated: true, AuthenticationType: { } means } && means.Split(':')[0] == Schemes.Session;

    /// <summary>Begins a session by key, in the place of any that there is.</summary>
    public static Task BeginAsync(HttpContext context, KeyHolder holder, string key)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var end = now + context.RequestServices.GetRequiredService<IOptions<PageSessionOptions>>().Value.Lifetime;
        var properties = new AuthenticationProperties { IssuedUtc = now, ExpiresUtc = holder.Caller.Expires < end ? holder.Caller.Expires : end };
        properties.Items[KeyItem] = key;
        // Whom the key stands for is asked of the key, each time.
        return context.SignInAsync(Schemes.Session, CallerClaims.PrincipalOf(Caller.Nobody, Schemes.Session), properties);
    }

    /// <summary>The key of a session by key; null for one by issuer.</summary>
    public static string? KeyOf(AuthenticationProperties properties) => properties.Items.TryGetValue(KeyItem, out var key) ? key : null;
}

/// <summary>Asks with each request whether a session still stands for somebody.</summary>
internal sealed class SessionEvents(KnownKeys keys, IOptions<SecurityOptions> security) : CookieAuthenticationEvents
{
    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        if (await PrincipalAsync(context) is { } principal) context.ReplacePrincipal(principal);
        else context.RejectPrincipal();
    }

    /// <remarks>Pages are led to the login before; what is no page is answered as without a session. RFC 9110, 11.6.1</remarks>
    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }

    private async Task<ClaimsPrincipal?> PrincipalAsync(CookieValidatePrincipalContext context)
    {
        var end = context.Properties.ExpiresUtc;
        if (SessionScheme.KeyOf(context.Properties) is not { } key)
            return security.Value.HasIssuerLogin ? CallerClaims.PrincipalOf(CallerClaims.CallerOf(context.Principal!) with { Expires = end }, Schemes.Session) : null;
        return security.Value.TakesKeys && await keys.FindHolderAsync(key, context.HttpContext.RequestAborted) is { } holder
            ? CallerClaims.PrincipalOf(holder.Caller with { Expires = end }, $"{Schemes.Session}:{holder.KeyId}")
            : null;
    }
}
