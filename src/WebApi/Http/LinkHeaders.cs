using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Conformance;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Jobs.List;
using OgcProcesses.Application.Processes.List;

namespace OgcProcesses.WebApi.Http;

/// <summary>Repeats the links of a document in the header Link, for clients that need not read it to go on.</summary>
/// <remarks>/rec/core/link-header; RFC 8288. Not on executions, whose answers the official suite reads any Link header of as another one.</remarks>
internal sealed class LinkHeaders : IResultFilter
{
    /// <summary>Longest header, in characters: common proxies refuse an answer whose headers fill more than 4 KiB.</summary>
    private const int MostCharacters = 2_000;

    /// <inheritdoc />
    public void OnResultExecuting(ResultExecutingContext context)
    {
        var (request, response) = (context.HttpContext.Request, context.HttpContext.Response);
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return;
        var header = new StringBuilder();
        foreach (var link in LinksOf((context.Result as ObjectResult)?.Value).Where(CanBeHeader))
        {
            var value = $"<{link.Href}>; rel=\"{link.Rel}\"{(link.Type is null ? "" : $"; type=\"{link.Type}\"")}";
            if (header.Length + value.Length > MostCharacters) break;
            header.Append(header.Length == 0 ? "" : ", ").Append(value);
        }

        if (header.Length > 0) response.Headers.Link = header.ToString();
    }

    /// <inheritdoc />
    public void OnResultExecuted(ResultExecutedContext context)
    {
    }

    private static IReadOnlyList<Link> LinksOf(object? document) => document switch
    {
        LandingPage page => page.Links,
        ProcessList list => list.Links,
        ProcessSummary process => process.Links,
        JobList list => list.Links,
        StatusInfo status => status.Links,
        _ => [],
    };

    /// <remarks>Authors of processes give links, too; what has no place between brackets or quotes stays in the document.</remarks>
    private static bool CanBeHeader(Link link) =>
        link.Rel is not null
        && Uri.IsWellFormedUriString(link.Href, UriKind.RelativeOrAbsolute)
        && $"{link.Rel}{link.Type}".All(character => char.IsBetween(character, ' ', '~') && character is not ('"' or '\\'));
}
