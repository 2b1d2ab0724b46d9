using System.Text;
using System.Text.RegularExpressions;

namespace OgcProcesses.Domain.Processes;

/// <summary>
/// Text with parameter references: <c>$(self)</c> or <c>$(inputs.ID)</c>, each with an optional <c>.path</c>,
/// <c>.basename</c>, <c>.nameroot</c> or <c>.nameext</c>; and <c>$($)</c> for a dollar sign that begins none.
/// </summary>
/// <remarks>Part 2, inputBinding.yaml, leaves the language open; this much is parsed, and nothing is ever evaluated as a script.</remarks>
public sealed partial class Expression
{
    /// <summary>Most characters of a text with its references filled in; no system takes arguments nearly as long.</summary>
    public const int MostCharacters = 4 << 20;

    private readonly IReadOnlyList<Part> _parts;

    private Expression(string source, IReadOnlyList<Part> parts) => (Source, _parts) = (source, parts);

    /// <summary>The text as the deployer wrote it.</summary>
    public string Source { get; }

    /// <summary>The inputs it refers to, apart from <c>self</c>.</summary>
    public IEnumerable<string> ReferencedInputs => _parts.Select(part => part.InputId).OfType<string>();

    /// <summary>Whether it is one reference and nothing else.</summary>
    public bool IsReference => _parts is [{ Literal: null }];

    /// <summary>Whether it stands for a value as it is: one reference, without a property.</summary>
    public bool IsValue => _parts is [{ Literal: null, Property: null }];

    [GeneratedRegex(@"\A(self|inputs\.(?<id>[A-Za-z0-9_:.-]+?))(\.(?<property>path|basename|nameroot|nameext))?\z")]
    private static partial Regex Reference { get; }

    /// <summary>Reads an expression; throws <see cref="FormatException"/> where it says something this language can't.</summary>
    public static Expression Parse(string source)
    {
        var parts = new List<Part>();
        for (var at = 0; at < source.Length;)
        {
            var open = source.IndexOf("$(", at, StringComparison.Ordinal);
            if (open != at) parts.Add(new Part(Literal: source[at..(open < 0 ? source.Length : open)]));
            if (open < 0) break;
            var close = source.IndexOf(')', open);
            if (close < 0) throw new FormatException($"'{source}' opens a reference with '$(' and does not close it.");
            parts.Add(source[(open + 2)..close] is "$" ? new Part(Literal: "$") : ParseReference(source[(open + 2)..close]));
            at = close + 1;
        }

        if (source.Contains("${", StringComparison.Ordinal))
            throw new FormatException($"'{source}' holds a script '${{…}}'; only $(self) and $(inputs.ID) with .path, .basename, .nameroot or .nameext are understood.");
        return new Expression(source, parts);
    }

    /// <summary>The text as an expression that stands for nothing but it.</summary>
    public static string Escape(string text) => text
        .Replace("$(", "$($)(", StringComparison.Ordinal)
        .Replace("${", "$($){", StringComparison.Ordinal);

    /// <summary>Whether an input's identifier could be taken for another's property.</summary>
    public static bool EndsLikeProperty(string inputId) => Reference.Match($"inputs.{inputId}").Groups["property"].Success;

    /// <inheritdoc />
    public override string ToString() => Source;

    /// <summary>Fills the references in; throws <see cref="FormatException"/> where that gives more than <see cref="MostCharacters"/>.</summary>
    /// <param name="self">The value of the input the expression belongs to; null where there is none.</param>
    /// <param name="inputs">Values by input identifier; a file is its path.</param>
    /// <param name="escape">What is done to every value that is filled in; null for nothing.</param>
    public string Evaluate(string? self, IReadOnlyDictionary<string, string> inputs, Func<string, string>? escape = null)
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            if (part.Literal is { } literal) text.Append(literal);
            else text.Append((escape ?? (value => value))(part.Select(part.InputId is { } id ? inputs.GetValueOrDefault(id, "") : self ?? "")));
            if (text.Length > MostCharacters) throw new FormatException($"give a text of more than {MostCharacters} characters");
        }

        return text.ToString();
    }

    private static Part ParseReference(string reference)
    {
        var match = Reference.Match(reference);
        if (!match.Success)
            throw new FormatException($"'$({reference})' is not understood; only $(self) and $(inputs.ID) with .path, .basename, .nameroot or .nameext are.");
        return new Part(
            InputId: match.Groups["id"] is { Success: true } id ? id.Value : null,
            Property: match.Groups["property"] is { Success: true } property ? property.Value : null);
    }

    private sealed record Part(string? Literal = null, string? InputId = null, string? Property = null)
    {
        public string Select(string value) => Property switch
        {
            "basename" => Path.GetFileName(value),
            "nameroot" => Path.GetFileNameWithoutExtension(value),
            "nameext" => Path.GetExtension(value),
            // The standard's text gives the folder for .path; a value without one is its own path.
            "path" => Path.GetDirectoryName(value) is { Length: > 0 } folder ? folder : value,
            _ => value,
        };
    }
}
