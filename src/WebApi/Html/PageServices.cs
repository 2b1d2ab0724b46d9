using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.WebEncoders;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.WebApi.Http;

namespace OgcProcesses.WebApi.Html;

/// <summary>Registers what pages need besides their views, and serves their style and scripts.</summary>
internal static class PageServices
{
    /// <summary>Adds what views need; after MVC.</summary>
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        // Pages are UTF-8: what is not markup stays legible.
        services.Configure<WebEncoderOptions>(encoder => encoder.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        // Keys of cookies and tokens are made when the first of these is, and not at the start: many servers need none.
        services.Remove(services.Single(service => service.ImplementationType?.Name == "DataProtectionHostedService"));
        return services;
    }

    /// <summary>Leads from Swagger UI's own page, which has a script in itself, to the page that shows the same without one.</summary>
    public static void UseApiPage(this WebApplication app) => app.Use((context, next) =>
    {
        var isPage = context.Request.Path.StartsWithSegments("/api/ui", out var below) && (!below.HasValue || below == "/" || below.Value!.EndsWith(".html", StringComparison.Ordinal));
        if (!isPage) return next(context);
        context.Response.Redirect($"{context.RequestServices.GetRequiredService<ILinks>().Url("api")}?{Representation.Parameter}={Representation.Page}");
        return Task.CompletedTask;
    });

    public static void UsePageAssets(this WebApplication app)
    {
        // In the program itself, wherever it is started from.
        app.Environment.WebRootFileProvider = new EmbeddedFileProvider(Assembly.GetExecutingAssembly(), typeof(PageServices).Namespace);
        app.UseStaticFiles(new StaticFileOptions
        {
            // Pages name their assets by content, so that one that has changed is another one.
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl =
                file.Context.Request.Query.ContainsKey("v") ? "public, max-age=31536000, immutable" : "no-cache",
        });
    }
}
