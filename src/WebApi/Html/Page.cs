using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using OgcProcesses.Application.Access.Me;
using OgcProcesses.Application.Conformance;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Jobs.Inputs;
using OgcProcesses.Application.Jobs.List;
using OgcProcesses.Application.Jobs.Logs;
using OgcProcesses.Application.Jobs.Results;
using OgcProcesses.Application.Processes.Describe;
using OgcProcesses.Application.Processes.List;
using OgcProcesses.Application.Processes.Statistics;

namespace OgcProcesses.WebApi.Html;

/// <summary>The page that shows a document to people.</summary>
/// <remarks>/req/html/content: with all that the JSON holds, and every link.</remarks>
internal static class Page
{
    /// <summary>What a page may load and do: nothing but from this server, and nothing that stands in the page itself.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Answers with the page of a document.</summary>
    public static ViewResult Of(object document, HttpResponse response)
    {
        // The pictures of Swagger UI stand in its style.
        Protect(response.Headers, document is ApiPage ? ContentSecurityPolicy.Replace("img-src 'self'", "img-src 'self' data:", StringComparison.Ordinal) : ContentSecurityPolicy);
        return new()
        {
            ViewName = $"/Views/{ViewOf(document)}.cshtml",
            ViewData = new(new EmptyModelMetadataProvider(), new ModelStateDictionary()) { Model = document },
        };
    }

    /// <summary>Writes the page of a document where no action answers.</summary>
    public static Task WriteAsync(object document, HttpContext context) =>
        context.RequestServices.GetRequiredService<IActionResultExecutor<ViewResult>>()
            .ExecuteAsync(new(context, context.GetRouteData(), new ActionDescriptor()), Of(document, context.Response));

    private static string ViewOf(object document) => document switch
    {
        LandingPage => "LandingPage",
        ConfClasses => "Conformance",
        ProcessList => "Processes",
        ProcessDocument => "Process",
        ProcessStatistics => "Statistics",
        JobList => "Jobs",
        StatusInfo => "Job",
        CallerInfo => "Me",
        JobInputs => "Inputs",
        IAsyncEnumerable<LogEntry> => "Logs",
        JobResults => "Results",
        ProblemDetails => "Problem",
        ApiPage => "Api",
        LoginPage => "Login",
        _ => "Document",
    };

    private static void Protect(IHeaderDictionary headers, string contentSecurityPolicy)
    {
        headers.ContentSecurityPolicy = contentSecurityPolicy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
    }
}
