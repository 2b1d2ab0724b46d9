namespace OgcProcesses.Application.Common.Links;

/// <summary>The links of a document to itself, as JSON and as a page.</summary>
/// <remarks>/req/core/pl-links, /req/job-list/links</remarks>
internal static class Representations
{
    /// <summary>The query parameter that asks for a representation.</summary>
    private const string Format = "f";

    /// <summary>The document of the current request: in the representation that is given, and in the other.</summary>
    public static IEnumerable<Link> ToItself(this ILinks links, string title) =>
        links.ToItself(links.Current(), format => links.Current(KeyValuePair.Create(Format, format)), title);

    /// <summary>The document at a path below the API's root: in the representation that is given, and in the other.</summary>
    public static IEnumerable<Link> ToItself(this ILinks links, string path, string title) =>
        links.ToItself(links.Url(path), format => $"{links.Url(path)}?{Format}={format}", title);

    private static IEnumerable<Link> ToItself(this ILinks links, string self, Func<string, string> inFormat, string title)
    {
        var (given, other, format, how) = links.AnswersPage
            ? (OgcNames.Html, OgcNames.Json, "json", "as JSON")
            : (OgcNames.Json, OgcNames.Html, "html", "as a page");
        yield return new() { Href = self, Rel = "self", Type = given, Title = title };
        yield return new() { Href = inFormat(format), Rel = "alternate", Type = other, Title = $"{title} {how}" };
    }
}
