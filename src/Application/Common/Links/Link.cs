using System.Text.Json;
using System.Text.Json.Serialization;

namespace OgcProcesses.Application.Common.Links;

/// <summary>A typed link.</summary>
/// <remarks>Part 1, link.yaml; RFC 8288.</remarks>
public sealed record Link
{
    /// <summary>Where it leads, absolute.</summary>
    public required string Href { get; init; }

    /// <summary>What it leads to, in relation to the document it stands in.</summary>
    public string? Rel { get; init; }

    /// <summary>Media type behind it.</summary>
    public string? Type { get; init; }

    /// <summary>A name for people.</summary>
    public string? Title { get; init; }

    /// <summary>Every other member that the author of a process wrote, such as <c>hreflang</c>.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; init; }
}

/// <summary>Makes absolute links to this API as the client reaches it, behind whatever proxy or path base.</summary>
public interface ILinks
{
    /// <summary>The API's root as the client of the current request reaches it.</summary>
    Uri Root { get; }

    /// <summary>Makes links from another root until what it gives is disposed: for what is written outside of a request.</summary>
    IDisposable From(Uri root);

    /// <summary>The absolute URL of a path below the API's root.</summary>
    string Url(string path);

    /// <summary>The absolute URL of the current request, with some query parameters set anew.</summary>
    string Current(params IEnumerable<KeyValuePair<string, string>> query);

    /// <summary>Whether the current request is answered by a page for people, not by JSON.</summary>
    bool AnswersPage { get; }
}

/// <summary>Relations and media types that the standard names.</summary>
public static class OgcNames
{
    /// <summary>Media type of changes of a JSON document: RFC 7396.</summary>
    public const string MergePatch = "application/merge-patch+json";

    /// <summary>Relation from the landing page to the conformance declaration.</summary>
    public const string Conformance = "http://www.opengis.net/def/rel/ogc/1.0/conformance";

    /// <summary>Relation from the landing page to the process list.</summary>
    public const string Processes = "http://www.opengis.net/def/rel/ogc/1.0/processes";

    /// <summary>Relation from the landing page to the job list.</summary>
    public const string JobList = "http://www.opengis.net/def/rel/ogc/1.0/job-list";

    /// <summary>Relation from a description to the execution of the process.</summary>
    public const string Execute = "http://www.opengis.net/def/rel/ogc/1.0/execute";

    /// <summary>Relation from a job to its results.</summary>
    public const string Results = "http://www.opengis.net/def/rel/ogc/1.0/results";

    /// <summary>Relation from a failed job to the reason.</summary>
    public const string Exceptions = "http://www.opengis.net/def/rel/ogc/1.0/exceptions";

    /// <summary>Relation from a job to its log.</summary>
    public const string Log = "http://www.opengis.net/def/rel/ogc/1.0/log";

    /// <summary>JSON.</summary>
    public const string Json = "application/json";

    /// <summary>A page for people.</summary>
    public const string Html = "text/html";

    /// <summary>An application package.</summary>
    /// <remarks>/req/ogcapppkg/body</remarks>
    public const string Package = "application/ogcapppkg+json";
}
