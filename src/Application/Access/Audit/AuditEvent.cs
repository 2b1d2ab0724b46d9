using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OgcProcesses.Application.Access.Audit;

/// <summary>How something ended that is told in the audit trail.</summary>
public enum AuditOutcome
{
    /// <summary>It was done.</summary>
    Done,

    /// <summary>It was refused, and the caller told why.</summary>
    Refused,

    /// <summary>It failed by the server's fault.</summary>
    Failed,
}

/// <summary>One thing that somebody did, or tried to do. Never changed once it is written.</summary>
/// <param name="Id">Tells it from any other, and sorts by time: that in hexadecimal, and a random part.</param>
/// <param name="At">When.</param>
/// <param name="Caller">Who; empty where that is not known.</param>
/// <param name="Means">How they said who they are: the scheme, and after a colon the identifier of the key; <c>server</c> for the server itself.</param>
/// <param name="Action">What, such as <c>process.deploy</c>.</param>
public sealed record AuditEvent(string Id, DateTimeOffset At, string Caller, string Means, string Action)
{
    /// <summary>Longest caller, in characters.</summary>
    public const int MostCaller = Common.Access.Caller.MostIdCharacters;

    /// <summary>Longest means, in characters.</summary>
    public const int MostMeans = 128;

    /// <summary>Longest of what is cut at no other length, in characters.</summary>
    public const int MostText = 256;

    /// <summary>Longest reason, in characters.</summary>
    public const int MostReason = 1_000;

    /// <summary>What it was done to: the identifier of a process, job or key; an output after a slash.</summary>
    public string? Subject { get; init; }

    /// <summary>The process, where it was done to a job of one.</summary>
    public string? Process { get; init; }

    /// <summary>How it ended.</summary>
    public AuditOutcome Outcome { get; init; }

    /// <summary>Why it was not done.</summary>
    public string? Reason { get; init; }

    /// <summary>The address it came from, behind proxies that are known.</summary>
    public string? Address { get; init; }

    /// <summary>Names the request in the server's log.</summary>
    public string? RequestId { get; init; }

    /// <summary>What the client calls itself.</summary>
    public string? UserAgent { get; init; }

    /// <summary>How often it happened: more than once where the same came again within a minute of an event before this one.</summary>
    public int Count { get; init; } = 1;

    /// <summary>An identifier for an event of a moment.</summary>
    internal static string NewId(DateTimeOffset at) =>
        at.UtcTicks.ToString("x16", CultureInfo.InvariantCulture) + RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>The identifier that sorts before all of a moment.</summary>
    public static string FirstId(DateTimeOffset at) => at.UtcTicks.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Text of a client's as one line that shows as it is, and fits its column.</summary>
    internal static string? Clean(string? text, int most)
    {
        if (text is null) return null;
        var clean = string.Concat(text.EnumerateRunes().Select(rune => IsShown(rune) ? rune.ToString() : " "));
        return clean.Length <= most ? clean : clean[..(char.IsHighSurrogate(clean[most - 2]) ? most - 2 : most - 1)] + "…";
    }

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);
}
