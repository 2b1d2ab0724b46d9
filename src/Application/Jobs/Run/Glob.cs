using System.Text;
using System.Text.RegularExpressions;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>UNIX file name patterns: <c>*</c>, <c>?</c> and <c>[…]</c> within one step of a path, and <c>**</c> over any number of steps.</summary>
/// <remarks>Part 2, outputBinding.yaml: "see man 7 glob".</remarks>
internal static class Glob
{
    /// <summary>A pattern, relative to the outputs folder, as a test of relative paths.</summary>
    /// <exception cref="FormatException">A range in brackets runs backwards, or the pattern is too long to be matched in bounded time.</exception>
    public static Func<string, bool> Compile(string pattern)
    {
        var relative = pattern.StartsWith(ContainerPaths.Outputs + "/", StringComparison.Ordinal)
            ? pattern[(ContainerPaths.Outputs.Length + 1)..]
            : pattern;
        if (relative.StartsWith("./", StringComparison.Ordinal)) relative = relative[2..];
        try
        {
            // Without back-tracking, so that no pattern and no file name can make the match slow.
            var regex = new Regex($@"\A{Translate(relative)}\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
            return regex.IsMatch;
        }
        catch (NotSupportedException tooLarge)
        {
            throw new FormatException("the pattern is too long", tooLarge);
        }
    }

    /// <summary>A text as a pattern that only the text itself matches.</summary>
    public static string Escape(string text) => text
        .Replace("[", "[[]", StringComparison.Ordinal)
        .Replace("*", "[*]", StringComparison.Ordinal)
        .Replace("?", "[?]", StringComparison.Ordinal);

    private static string Translate(string pattern)
    {
        var regex = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*' when pattern.AsSpan(i).StartsWith("**/"):
                    regex.Append("(.*/)?");
                    i += 2;
                    break;
                case '*' when pattern.AsSpan(i).StartsWith("**"):
                    regex.Append(".*");
                    i++;
                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[' when ClassEnd(pattern, i) is var end and > 0:
                    regex.Append(Class(pattern[(i + 1)..end]));
                    i = end;
                    break;
                default:
                    regex.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        }

        return regex.ToString();
    }

    /// <summary>Where a bracket expression ends; a ']' that comes first belongs to it. 0 when it does not end.</summary>
    private static int ClassEnd(string pattern, int start)
    {
        var first = start + 1 < pattern.Length && pattern[start + 1] is '!' or '^' ? start + 2 : start + 1;
        return Math.Max(0, first + 1 < pattern.Length ? pattern.IndexOf(']', first + 1) : -1);
    }

    /// <remarks>No bracket expression matches the '/' between two steps.</remarks>
    private static string Class(string content)
    {
        var negated = content[0] is '!' or '^';
        var members = negated ? content[1..] : content;
        var set = new StringBuilder(negated ? "[^/" : "[");
        for (var i = 0; i < members.Length; i++)
        {
            set.Append(Member(members[i]));
            if (i + 2 >= members.Length || members[i + 1] != '-') continue;
            if (members[i + 2] < members[i]) throw new FormatException($"the range '{members[i..(i + 3)]}' runs backwards");
            set.Append('-').Append(Member(members[i + 2]));
            i += 2;
        }

        return set.Append(negated ? "]" : "-[/]]").ToString();

        static string Member(char character) => character is '\\' or '[' or ']' or '^' or '-' ? $@"\{character}" : character.ToString();
    }
}
