using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using OgcProcesses.WebApi.Security;

namespace OgcProcesses.WebApi.Http;

/// <summary>Puts on every answer, errors included, what browsers and caches must know of it.</summary>
/// <remarks>What changes at any moment is kept only to be asked for again; answers that know better say so themselves.</remarks>
internal static class AnswerHeaders
{
    /// <summary>What an answer depends on where callers are told apart.</summary>
    private const string SaidByCallers = "Authorization, X-API-Key, Cookie";

    public static void UseAnswerHeaders(this WebApplication app)
    {
        // Who may use the API from a page of another origin may show its pictures there, too.
        var isShared = app.Services.GetRequiredService<IOptions<CrossOriginOptions>>().Value.AllowedOrigins.Count > 0;
        app.Use((context, next) =>
        {
            context.Response.OnStarting(() =>
            {
                var headers = context.Response.Headers;
                headers.XContentTypeOptions = "nosniff";
                if (StringValues.IsNullOrEmpty(headers["Referrer-Policy"])) headers["Referrer-Policy"] = "same-origin";
                headers["Cross-Origin-Resource-Policy"] = isShared ? "cross-origin" : "same-origin";
                // RFC 6797, 7.2: never where the answer is not protected itself. A name of this machine is many servers.
                if (context.Request is { IsHttps: true, Host.Host: not ("localhost" or "127.0.0.1" or "[::1]") }) headers.StrictTransportSecurity = "max-age=31536000";
                // Pages and outputs say more; no other answer is ever to be run, whatever stands in it.
                if (StringValues.IsNullOrEmpty(headers.ContentSecurityPolicy)) headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
                if (StringValues.IsNullOrEmpty(headers.CacheControl)) headers.CacheControl = "no-cache";
                return Task.CompletedTask;
            });
            return next(context);
        });
    }

    /// <summary>Keeps what one caller is told from every other, also in caches between them; for answers that follow in the pipeline.</summary>
    /// <remarks>RFC 9111, 5.2.2.7; RFC 9110, 12.5.5. The caller's own cache may still ask whether what it has is current.</remarks>
    public static void UsePrivateAnswers(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<SecurityOptions>>().Value.IsOpen) return;
        app.Use((context, next) =>
        {
            context.Response.OnStarting(() =>
            {
                var headers = context.Response.Headers;
                headers.Append("Vary", SaidByCallers);
                if (StringValues.IsNullOrEmpty(headers.CacheControl)) headers.CacheControl = "private, no-cache";
                else if (!headers.CacheControl.ToString().Contains("private", StringComparison.Ordinal)) headers.CacheControl = $"private, {headers.CacheControl}";
                return Task.CompletedTask;
            });
            return next(context);
        });
    }
}
