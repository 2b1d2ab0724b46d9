using System.Web;

namespace OgcProcesses.Client.Http;

/// <summary>What answers say besides their content.</summary>
internal static class Answers
{
    /// <summary>How long the server wants to be left alone (RFC 9110, 10.2.3).</summary>
    public static TimeSpan? RetryAfter(this HttpResponseMessage response, TimeProvider clock) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - clock.GetUtcNow() is { Ticks: > 0 } left => left,
        { Date: not null } => TimeSpan.Zero,
        _ => null,
    };

    /// <summary>The cursor of the next page; null when this was the last.</summary>
    /// <remarks>Of the link only this is taken, so that pages are found where the client reaches the server by another address than its own.</remarks>
    public static string? NextCursor(this IEnumerable<Link> links) =>
        links.FirstOrDefault(link => link.Rel == "next") is { } next ? HttpUtility.ParseQueryString(new Uri(new Uri("http://server"), next.Href).Query)["cursor"] : null;
}
