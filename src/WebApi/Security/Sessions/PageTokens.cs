using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.WebApi.Security.Sessions;

/// <summary>Marks an endpoint that takes the form of a page, also from who is not logged in.</summary>
internal sealed class TakesForm;

/// <summary>Lets a session change something only by what the server's own pages send: a browser adds its cookies whoever makes it ask.</summary>
internal static class PageTokens
{
    /// <summary>The header in which scripts send the token that their page has in <c>meta</c>.</summary>
    public const string Header = "RequestVerificationToken";

    public static void UsePageTokens(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<SecurityOptions>>().Value.IsOpen) return;
        var tokens = app.Services.GetRequiredService<IAntiforgery>();
        app.Use(async (context, next) =>
        {
            var isAsked = !ForeignPages.IsSafe(context.Request.Method)
                && (SessionScheme.IsOf(context.User) || context.GetEndpoint()?.Metadata.GetMetadata<TakesForm>() is not null);
            if (isAsked) await CheckAsync(tokens, context);
            await next(context);
        });
    }

    private static async Task CheckAsync(IAntiforgery tokens, HttpContext context)
    {
        try
        {
            await tokens.ValidateRequestAsync(context);
        }
        catch (AntiforgeryValidationException)
        {
            throw new OgcException(
                OgcError.Forbidden,
                $"A page changes something only with its token, in the header {Header} or its form, and this one's is missing or of another session. Reload the page and try again; "
                + "programs send a key or a token of their own instead of a cookie.");
        }
    }
}
