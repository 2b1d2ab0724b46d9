using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OgcProcesses.Infrastructure.Schemas;

/// <summary>Regular expressions of schemas, which are ECMAScript's, run by .NET without hanging.</summary>
/// <remarks>
/// Where .NET can, matching takes linear time (<see cref="RegexOptions.NonBacktracking"/>); else it ends by a timeout. Expressions with
/// large counts are left to the timeout, because the linear engine would unroll them.
/// </remarks>
internal static partial class EcmaPattern
{
    private const int MaxLength = 4096;
    private const int MaxUnrolled = 1000;
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(250);

    /// <exception cref="ArgumentException">It is not a regular expression.</exception>
    public static Regex Compile(string pattern)
    {
        if (pattern.Length > MaxLength) throw new ArgumentException($"it is longer than {MaxLength} characters");
        var translated = Translate(pattern);
        // As if all counts were nested in each other: at worst too many, which only costs the better engine.
        var unrolled = Counts.Matches(translated).Aggregate(1.0, (product, match) => product * Count(match.Groups["count"]));
        if (unrolled <= MaxUnrolled)
        {
            try
            {
                return new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchTimeout);
            }
            catch (NotSupportedException)
            {
                // Look-arounds and back-references need the other engine.
            }
        }
        return new Regex(translated, RegexOptions.CultureInvariant, MatchTimeout);
    }

    /// <summary>Writes what means something else in .NET in .NET's words: \d \w \D \W, $, \/, and [ or - within a class.</summary>
    private static string Translate(string pattern)
    {
        var result = new StringBuilder(pattern.Length + 16);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                c = pattern[++i];
                result.Append((c, inClass) switch
                {
                    ('d', true) => "0-9",
                    ('d', false) => "[0-9]",
                    ('w', true) => "a-zA-Z0-9_",
                    ('w', false) => "[a-zA-Z0-9_]",
                    ('D', false) => "[^0-9]",
                    ('W', false) => "[^a-zA-Z0-9_]",
                    ('/' or '_', _) => $"{c}",
                    _ => $"\\{c}",
                });
                // [\w-.] is no range, but would become one (_-.) with \w written out.
                if (!inClass || c is not ('d' or 'w' or 's') || i + 1 >= pattern.Length || pattern[i + 1] != '-') continue;
                result.Append(@"\-");
                i++;
            }
            else if (inClass)
            {
                inClass = c != ']';
                result.Append(c == '[' ? "\\[" : c);
            }
            else if (c == '[')
            {
                var isEverything = pattern.AsSpan(i).StartsWith("[^]");
                var isNothing = pattern.AsSpan(i).StartsWith("[]");
                if (isEverything || isNothing)
                {
                    result.Append(isEverything ? @"[\s\S]" : @"[^\s\S]");
                    i += isEverything ? 2 : 1;
                    continue;
                }
                inClass = true;
                result.Append(c);
                if (i + 1 < pattern.Length && pattern[i + 1] == '^') result.Append(pattern[++i]);
            }
            else
            {
                result.Append(c == '$' ? @"\z" : c);
            }
        }
        return result.ToString();
    }

    /// <summary>The larger of {n}, {n,} or {n,m}.</summary>
    private static double Count(Group counts) =>
        counts.Captures.Max(count => double.Parse(count.ValueSpan, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\{(?<count>[0-9]+)(?:,(?<count>[0-9]+)?)?\}")]
    private static partial Regex Counts { get; }
}
