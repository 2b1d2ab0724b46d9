using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.WebApi.Http;

namespace OgcProcesses.WebApi.Security;

/// <summary>Refuses web pages of other origins that would change something, unless the operator allows their origin.</summary>
/// <remarks>
/// Browsers keep an answer from such a page, but send its request nonetheless, when it looks like that of a form. They say in Origin where it
/// comes from (Fetch, 3.2), and no page can make them say otherwise. Clients that are no browsers say nothing there and are not asked.
/// </remarks>
internal static class ForeignPages
{
    public static void UseForeignPages(this WebApplication app)
    {
        var cors = app.Services.GetRequiredService<IOptions<CorsOptions>>().Value;
        var allowed = cors.GetPolicy(cors.DefaultPolicyName);
        var publicUrl = app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.PublicUrl;
        app.Use((context, next) =>
        {
            var request = context.Request;
            if (request.Headers.Origin.Count == 0 || IsSafe(request.Method)) return next(context);
            var origin = request.Headers.Origin.ToString();
            if (allowed is not null && (allowed.AllowAnyOrigin || allowed.IsOriginAllowed(origin))) return next(context);
            if (Uri.TryCreate(origin, UriKind.Absolute, out var from) && (IsOf(from, publicUrl) || IsOf(from, AddressOf(request)))) return next(context);
            throw new OgcException(
                OgcError.Forbidden,
                $"A page of '{origin}' may change nothing here. Its operator can allow that origin in Cors:AllowedOrigins; where it is the server's own, seen through "
                + "a proxy, Api:KnownProxies or Api:PublicUrl has to say so.");
        });
    }

    /// <summary>Whether a method changes nothing.</summary>
    /// <remarks>RFC 9110, 9.2.1</remarks>
    public static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    private static Uri? AddressOf(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.ToUriComponent()}", UriKind.Absolute, out var address) ? address : null;

    private static bool IsOf(Uri origin, Uri? address) => address is not null
        && Uri.Compare(origin, address, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;
}
