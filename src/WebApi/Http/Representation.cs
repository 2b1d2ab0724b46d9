using Microsoft.Net.Http.Headers;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Jobs.Results;

namespace OgcProcesses.WebApi.Http;

/// <summary>Tells whether a request asks for a page for people or for what programs read.</summary>
/// <remarks>
/// RFC 9110, 12.5.1. JSON is what everybody gets who does not ask for a page: without Accept, with any type, and where
/// nothing fits. A query parameter counts for more than Accept, which a link can't set.
/// </remarks>
internal static class Representation
{
    /// <summary>The query parameter that asks for a representation.</summary>
    public const string Parameter = "f";

    public const string Page = "html";

    public const string Json = "json";

    /// <summary>Of a log: lines as a terminal shows them.</summary>
    public const string Text = "text";

    /// <summary>Of results: all of them in one file.</summary>
    public const string Archive = "zip";

    /// <summary>Of the audit trail: all of it as a table.</summary>
    public const string Csv = "csv";

    /// <summary>Of the audit trail: all of it, a line of JSON for each event.</summary>
    public const string JsonLines = "jsonl";

    private static readonly MediaTypeHeaderValue Html = new(OgcNames.Html);
    private static readonly MediaTypeHeaderValue PlainText = new("text/plain");
    private static readonly MediaTypeHeaderValue EventStream = new("text/event-stream");
    private static readonly MediaTypeHeaderValue Zip = new(ResultsArchive.MediaType);

    /// <summary>Whether the request asks for a page.</summary>
    public static bool IsPage(HttpRequest request) => Asks(request, Page, Html, others: []);

    /// <summary>Whether the request asks for plain text rather than for JSON or a page.</summary>
    public static bool IsText(HttpRequest request) => Asks(request, Text, PlainText, others: [Html]);

    /// <summary>Whether the request asks for events as they come. Only Accept can: a link leads to what ends.</summary>
    public static bool IsEventStream(HttpRequest request) =>
        !request.Query.ContainsKey(Parameter) && Asks(request, "", EventStream, others: [Html, PlainText]);

    /// <summary>Whether the request asks for an archive rather than for JSON or a page.</summary>
    public static bool IsArchive(HttpRequest request) => Asks(request, Archive, Zip, others: [Html]);

    private static bool Asks(HttpRequest request, string form, MediaTypeHeaderValue mediaType, MediaTypeHeaderValue[] others)
    {
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return false;
        if (request.Query.TryGetValue(Parameter, out var asked)) return asked == form;
        if (request.Headers.Accept.Count == 0) return false;
        var accept = request.GetTypedHeaders().Accept;
        var wanted = Best(accept.Where(mediaType.IsSubsetOf));
        var json = Best(accept.Where(IsJson));
        // A type that is named counts for more than one that a wildcard admits; all else being equal, JSON is given.
        return wanted.Quality > 0 && wanted.CompareTo(json) > 0 && others.All(other => wanted.CompareTo(Best(accept.Where(other.IsSubsetOf))) >= 0);
    }

    private static bool IsJson(MediaTypeHeaderValue range) =>
        range.MatchesAllTypes || range.MediaType == "application/*" || MediaTypes.IsJson(range.MediaType.ToString());

    /// <summary>The quality of the most specific of some ranges, and how specific that is.</summary>
    private static (double Quality, int Specificity) Best(IEnumerable<MediaTypeHeaderValue> ranges) =>
        ranges.Select(range => (range.Quality ?? 1, range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2))
            .OrderByDescending(range => range.Item2).ThenByDescending(range => range.Item1).FirstOrDefault();
}
