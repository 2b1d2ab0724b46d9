using Microsoft.Extensions.Primitives;

namespace OgcProcesses.WebApi.Http;

/// <summary>Puts on every answer, errors included, what browsers and caches must know of it.</summary>
/// <remarks>What changes at any moment is kept only to be asked for again; answers that know better say so themselves.</remarks>
internal static class AnswerHeaders
{
    public static void UseAnswerHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            // Pages and outputs say more; no other answer is ever to be run, whatever stands in it.
            if (StringValues.IsNullOrEmpty(headers.ContentSecurityPolicy)) headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
            if (StringValues.IsNullOrEmpty(headers.CacheControl)) headers.CacheControl = "no-cache";
            return Task.CompletedTask;
        });
        return next(context);
    });
}
