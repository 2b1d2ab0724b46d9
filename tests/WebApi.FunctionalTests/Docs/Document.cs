using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OgcProcesses.WebApi.FunctionalTests.Docs;

/// <summary>A document for people, in Markdown, and the session that it shows.</summary>
/// <remarks>
/// A session begins with a block of code that sets <c>server</c>, and goes on to the end of the section that this block stands in.
/// Of its comments two kinds are promises: those that begin a paragraph and name a status, of the next request; and those that end one, of what it has printed.
/// </remarks>
internal sealed partial class Document
{
    private readonly List<Block> _blocks = [];
    private readonly Dictionary<string, string> _files = [];

    public Document(string path)
    {
        var (level, language, text, begin, before) = (0, (string?)null, new StringBuilder(), 0, "");
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (language is not null && line != "```")
            {
                text.Append(line).Append('\n');
                continue;
            }

            if (language is not null)
            {
                _blocks.Add(new(language, text.ToString(), level, begin));
                if (FileName.Match(before) is { Success: true } file) _files[file.Groups["name"].Value] = text.ToString();
                (language, text) = (null, new());
            }
            else if (line.StartsWith("```", StringComparison.Ordinal))
            {
                (language, begin) = (line[3..], index + 2);
                continue;
            }
            else if (Heading.Match(line) is { Success: true } heading)
            {
                level = heading.Length - 1;
                _blocks.Add(new(null, line, level, index + 1));
            }

            if (line.Length > 0) before = line;
        }
    }

    [GeneratedRegex("^#+ ")]
    private static partial Regex Heading { get; }

    [GeneratedRegex(@"^`(?<name>[\w.-]+)`:$")]
    private static partial Regex FileName { get; }

    [GeneratedRegex("^server ?=", RegexOptions.Multiline)]
    private static partial Regex SetsServer { get; }

    [GeneratedRegex(@"^using [\w.]+;$")]
    private static partial Regex UsesNamespace { get; }

    [GeneratedRegex(@"\$\{?server\b")]
    private static partial Regex UsesServer { get; }

    [GeneratedRegex(@"<<-?\s*'?(?<end>\w+)'?")]
    private static partial Regex HereDocument { get; }

    /// <summary>Files that the document shows, by the names that stand before them in lines of their own: <c>`greet.json`:</c>.</summary>
    public IReadOnlyDictionary<string, string> Files => _files;

    /// <summary>Blocks that ask a server and belong to no session.</summary>
    public IEnumerable<Block> Unproved => _blocks.Where(block => block.Language == "sh" && UsesServer.IsMatch(block.Text)).Except(Session("sh"));

    /// <summary>The blocks of the session in one language.</summary>
    public IReadOnlyList<Block> Session(string language)
    {
        var session = new List<Block>();
        int? level = null;
        foreach (var block in _blocks)
        {
            if (block.Language is null && block.Level <= level) level = null;
            if (block.Language != language) continue;
            if (SetsServer.IsMatch(block.Text)) level ??= block.Level;
            if (level is not null) session.Add(block);
        }

        return session;
    }

    /// <summary>The session for a shell, with calls of what <c>session.sh</c> has.</summary>
    public string Shell() => string.Concat(Session("sh").Select(block =>
        "mark\n" + WithChecks(block.Text, mark: "mark", expects: comment => $"expects {Quoted(comment)}", printed: text => $"printed {Quoted(text)}")));

    /// <summary>The session in Python, with calls of what <c>session.py</c> has.</summary>
    public string Python() => string.Concat(Session("python").Select(block =>
        WithChecks(block.Text, mark: "", expects: _ => "", printed: text => $"printed({JsonSerializer.Serialize(text)})")));

    /// <summary>All blocks in C#, as the statements of a method, with calls of <c>Printed</c>; before them the namespaces that they use.</summary>
    public (string Usings, string Statements) CSharp()
    {
        var lines = string.Concat(_blocks.Where(block => block.Language == "csharp")
            .Select(block => WithChecks(block.Text, mark: "", expects: _ => "", printed: text => $"Printed({JsonSerializer.Serialize(text)});", sign: "// "))).Split('\n');
        return (string.Join('\n', lines.Where(line => UsesNamespace.IsMatch(line))), string.Join('\n', lines.Where(line => !UsesNamespace.IsMatch(line))));
    }

    private static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static string WithChecks(string block, string mark, Func<string, string> expects, Func<string, string> printed, string sign = "# ")
    {
        var lines = block.TrimEnd('\n').Split('\n');
        var checks = new StringBuilder();
        string? end = null;
        for (var index = 0; index < lines.Length; index++)
        {
            var line = lines[index];
            if (end is not null || !line.StartsWith(sign, StringComparison.Ordinal))
            {
                checks.Append(end is null && line.Length == 0 ? mark : line).Append('\n');
                if (end is null) end = HereDocument.Match(line) is { Success: true } here ? here.Groups["end"].Value : null;
                else if (line == end) end = null;
                continue;
            }

            var first = index;
            while (index + 1 < lines.Length && lines[index + 1].StartsWith(sign, StringComparison.Ordinal)) index++;
            var comment = string.Join('\n', lines[first..(index + 1)].Select(one => one[sign.Length..]));
            var begins = first == 0 || lines[first - 1].Length == 0;
            var ends = index == lines.Length - 1 || lines[index + 1].Length == 0;
            if (begins != ends) checks.Append(begins ? expects(comment) : printed(comment)).Append('\n');
        }

        return checks.Append('\n').ToString();
    }

    /// <param name="Language">The language of the code; null for a heading.</param>
    /// <param name="Text">The code.</param>
    /// <param name="Level">Of the heading that it stands under.</param>
    /// <param name="Line">Where it begins.</param>
    internal sealed record Block(string? Language, string Text, int Level, int Line);
}
