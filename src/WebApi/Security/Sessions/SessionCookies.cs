using Microsoft.AspNetCore.Authentication.Cookies;

namespace OgcProcesses.WebApi.Security.Sessions;

/// <summary>Names the cookie of sessions so that browsers take it from this server alone, as far as the request's address lets them.</summary>
/// <remarks>
/// RFC 6265bis, 4.1.3: with <c>__Host-</c> no other host of the domain can set it, with <c>__Secure-</c> nobody on the way. Whether a request came
/// over https, and below which path, is known of each request alone.
/// </remarks>
internal sealed class SessionCookies : ICookieManager
{
    private const string Name = "ogc-session";

    private readonly ChunkingCookieManager _cookies = new();

    public static string NameFor(HttpRequest request) => (request.IsHttps, request.PathBase.HasValue) switch
    {
        (true, false) => $"__Host-{Name}",
        (true, true) => $"__Secure-{Name}",
        _ => Name,
    };

    public string? GetRequestCookie(HttpContext context, string key) => _cookies.GetRequestCookie(context, NameFor(context.Request));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        _cookies.AppendResponseCookie(context, NameFor(context.Request), value, options);

    public void DeleteCookie(HttpContext context, string key, CookieOptions options) => _cookies.DeleteCookie(context, NameFor(context.Request), options);
}
