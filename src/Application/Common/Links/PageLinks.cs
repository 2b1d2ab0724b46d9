using OgcProcesses.Application.Common.Paging;

namespace OgcProcesses.Application.Common.Links;

/// <summary>The links every list carries.</summary>
internal static class PageLinks
{
    /// <summary>This page and its neighbours.</summary>
    /// <remarks>/req/core/pl-links, /rec/core/next-1</remarks>
    public static IReadOnlyList<Link> For<T>(this ILinks links, Page<T> page)
    {
        var all = links.ToItself("This list").ToList();
        if (page.Next is { } next) all.Add(Neighbour("next", next, "Next page"));
        if (page.Previous is { } previous) all.Add(Neighbour("prev", previous, "Previous page"));
        return all;

        Link Neighbour(string rel, Cursor cursor, string title) =>
            new() { Href = links.Current(new KeyValuePair<string, string>("cursor", cursor.ToString())), Rel = rel, Type = all[0].Type, Title = title };
    }
}
