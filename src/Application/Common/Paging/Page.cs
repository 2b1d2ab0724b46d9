using System.Buffers.Text;
using System.Text;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.Application.Common.Paging;

/// <summary>A page of a list, and where its neighbours begin.</summary>
/// <param name="Items">The items, in the list's order.</param>
/// <param name="Next">Leads to the page after this one; null on the last.</param>
/// <param name="Previous">Leads to the page before this one; null on the first.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, Cursor? Next, Cursor? Previous);

/// <summary>Makes pages of what a store read.</summary>
public static class Page
{
    /// <summary>Makes a page of what was read from a cursor on: one item more than the page holds, where there are more.</summary>
    /// <param name="read">The items in reading order, which is the reverse of the list's order when reading backwards.</param>
    /// <param name="limit">Most items of a page.</param>
    /// <param name="from">The cursor that was read from; null for the first page.</param>
    /// <param name="keyOf">The sort key of an item, as it is put into cursors.</param>
    public static Page<T> Of<T>(IReadOnlyList<T> read, int limit, Cursor? from, Func<T, string> keyOf)
    {
        var backwards = from is { Backwards: true };
        var more = read.Count > limit;
        var items = read.Take(limit).ToList();
        if (backwards) items.Reverse();
        if (items.Count == 0) return new(items, null, null);
        var next = backwards || more ? new Cursor(keyOf(items[^1]), Backwards: false) : null;
        var previous = (backwards ? more : from is not null) ? new Cursor(keyOf(items[0]), Backwards: true) : null;
        return new(items, next, previous);
    }
}

/// <summary>A place in a list: the key of the item beside it, and the direction to read in.</summary>
/// <remarks>Pages found by key stay right while items come and go, and the thousandth costs as much as the first.</remarks>
public sealed record Cursor(string Key, bool Backwards)
{
    /// <summary>Reads the form that links carry; anything else is the client's mistake.</summary>
    public static Cursor? Parse(string? text)
    {
        if (text is null) return null;
        if (text.Length > 0 && Base64Url.IsValid(text))
        {
            var decoded = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));
            if (decoded is ['<' or '>', ..]) return new(decoded[1..], decoded[0] == '<');
        }

        throw NotOurs();
    }

    /// <summary>The error for a cursor that no link of this server carried.</summary>
    public static OgcException NotOurs() => new([Violation.InQuery("cursor", "is not one that a link of this server carried")]);

    /// <summary>The opaque form for links.</summary>
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes((Backwards ? '<' : '>') + Key));
}

/// <summary>How much of a list is given at once.</summary>
/// <remarks>/req/core/pl-limit-definition; the standard lets a server choose the numbers.</remarks>
public static class PageSize
{
    /// <summary>Items of a page when the request says nothing.</summary>
    public const int Default = 100;

    /// <summary>Most items of a page.</summary>
    public const int Most = 10_000;

    /// <summary>The size to use: a larger wish than the maximum is not an error, the maximum applies.</summary>
    /// <remarks>/req/core/pl-limit-response</remarks>
    public static int Effective(int? limit) => Math.Min(limit ?? Default, Most);
}
