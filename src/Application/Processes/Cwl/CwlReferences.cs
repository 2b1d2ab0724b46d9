using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Cwl;

/// <summary>What a text of CWL becomes.</summary>
internal sealed record CwlValue
{
    /// <summary>CWL's null.</summary>
    public static readonly CwlValue Absent = new();

    /// <summary>The plain text that it is; null where it refers to an input, or is no text.</summary>
    public string? Literal { get; private init; }

    /// <summary>A value that is known at once and no text.</summary>
    public JsonElement? Value { get; private init; }

    /// <summary>The text with references of ours; null where it is no text.</summary>
    public string? Text => Literal is { } literal ? Expression.Escape(literal) : Reference;

    private string? Reference { get; init; }

    public static CwlValue Plain(string text) => new() { Literal = text };

    public static CwlValue Of(JsonElement value) => new() { Value = value };

    public static CwlValue Referring(string expression) => new() { Reference = expression };

    /// <summary>Texts one behind the other.</summary>
    public static CwlValue Join(IEnumerable<CwlValue> texts)
    {
        var (all, literal, refers) = (new StringBuilder(), new StringBuilder(), false);
        foreach (var text in texts)
        {
            if (text.Reference is not { } reference)
            {
                // CWL writes null as it is written in JSON.
                literal.Append(text.Literal ?? "null");
                continue;
            }

            refers = true;
            all.Append(Expression.Escape(literal.ToString())).Append(reference);
            literal.Clear();
        }

        return refers ? Referring(all.Append(Expression.Escape(literal.ToString())).ToString()) : Plain(literal.ToString());
    }
}

/// <summary>Where the value of a tool's input comes from.</summary>
/// <param name="Type">What the tool declares.</param>
/// <param name="ProcessInput">The input of the process that gives it; null where none does.</param>
/// <param name="Constant">What it always is, where no input gives it; null for CWL's null.</param>
internal sealed record CwlSource(CwlType Type, string? ProcessInput, JsonElement? Constant);

/// <summary>Translates texts with CWL's parameter references; nothing is evaluated as a script.</summary>
/// <remarks>CWL, "Parameter references".</remarks>
internal sealed partial class CwlReferences(IReadOnlyDictionary<string, CwlSource> inputs, CwlRuntime runtime, CwlNotes notes)
{
    /// <summary>Most bytes of fixed values, counted at every place where they are used.</summary>
    private const int MostConstants = 1 << 20;

    private long _constants;

    [GeneratedRegex(@"\A\s*(?<root>\w+)(?<step>\.\w+|\['([^'\\]|\\.)*'\]|\[""([^""\\]|\\.)*""\]|\[[0-9]+\])*\s*\z")]
    private static partial Regex ParameterReference { get; }

    /// <summary>Translates a text.</summary>
    /// <param name="node">The text, and its place.</param>
    /// <param name="self">The tool's input that <c>self</c> is; null where there is none.</param>
    /// <param name="selfIsItem">Whether <c>self</c> is an item of an array of that type, and not the input.</param>
    /// <returns>Null when the notes say why not.</returns>
    public CwlValue? Translate(CwlNode node, string? self = null, CwlType? selfIsItem = null)
    {
        if (node.Text is not { } text)
        {
            notes.Refuse(node.At, "must be a string");
            return null;
        }

        if (Split(text, node.At) is not { } parts) return null;
        var values = parts.Select(part => part.Literal is { } literal
            ? CwlValue.Plain(literal)
            : Resolve(part.Reference!, parts.Count == 1, node.At, self, selfIsItem)).ToList();
        if (values.Contains(null)) return null;
        return values is [{ } only] ? only : CwlValue.Join(values!);
    }

    /// <summary>Takes a text apart into literals and what stands in <c>$(…)</c>.</summary>
    private List<(string? Literal, string? Reference)>? Split(string text, string at)
    {
        // As the reference implementation: a backslash is one, unless there is something to escape.
        if (!text.Contains("$(", StringComparison.Ordinal) && !text.Contains("${", StringComparison.Ordinal)) return [(text, null)];
        var parts = new List<(string? Literal, string? Reference)>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length;)
        {
            var rest = text.AsSpan(i);
            if (rest.StartsWith(@"\$(") || rest.StartsWith(@"\${"))
            {
                literal.Append(rest[1..3]);
                i += 3;
            }
            else if (rest.StartsWith(@"\\"))
            {
                literal.Append('\\');
                i += 2;
            }
            else if (rest.StartsWith("${"))
            {
                notes.Refuse(at, "holds JavaScript ('${…}'), which is not supported");
                return null;
            }
            else if (rest.StartsWith("$("))
            {
                var end = EndOf(text, i + 2);
                if (end < 0)
                {
                    notes.Refuse(at, "opens a reference with '$(' and does not close it");
                    return null;
                }

                if (literal.Length > 0) parts.Add((literal.ToString(), null));
                literal.Clear();
                parts.Add((null, text[(i + 2)..end]));
                i = end + 1;
            }
            else
            {
                literal.Append(text[i++]);
            }
        }

        if (literal.Length > 0) parts.Add((literal.ToString(), null));
        return parts;
    }

    /// <summary>Where the parenthesis that is open ends; -1 when it does not.</summary>
    private static int EndOf(string text, int start)
    {
        var (depth, quote) = (1, '\0');
        for (var i = start; i < text.Length; i++)
        {
            if (quote != '\0')
            {
                if (text[i] == '\\') i++;
                else if (text[i] == quote) quote = '\0';
            }
            else if (text[i] is '\'' or '"') quote = text[i];
            else if (text[i] == '(') depth++;
            else if (text[i] == ')' && --depth == 0) return i;
        }

        return -1;
    }

    private CwlValue? Resolve(string reference, bool isAlone, string at, string? self, CwlType? selfIsItem)
    {
        var match = ParameterReference.Match(reference);
        if (!match.Success)
            return Refuse(at, $"'$({reference})' is JavaScript, which is not supported; parameter references such as $(inputs.x.basename) are");
        var steps = match.Groups["step"].Captures.Select(step => Step(step.Value)).ToList();
        return (match.Groups["root"].Value, steps) switch
        {
            ("runtime", [var name]) => runtime.Text(name) is { } text
                ? CwlValue.Plain(text)
                : Refuse(at, $"'$({reference})' is not known before the tool runs, or not at all"),
            ("inputs", [var id, .. var path]) => inputs.TryGetValue(id, out var source)
                ? Resolve(source, reference, path, isAlone, at)
                : Refuse(at, $"'$({reference})': the tool has no input '{id}'"),
            ("self", var path) when selfIsItem is not null => Resolve("self", selfIsItem, reference, path, isAlone, at),
            ("self", var path) when self is not null => Resolve(inputs[self], reference, path, isAlone, at),
            _ => Refuse(at, $"'$({reference})' is not supported here"),
        };
    }

    private CwlValue? Resolve(CwlSource source, string reference, List<string> path, bool isAlone, string at)
    {
        if (source.ProcessInput is { } input) return Resolve($"inputs.{input}", source.Type, reference, path, isAlone, at);
        if (path.Count > 0) return Refuse(at, $"'$({reference})': the workflow gives this input no file");
        if (source.Constant is not { } constant) return CwlValue.Absent;
        // Written out at every place that refers to it: a few references to a long one would fill the memory.
        _constants += JsonMarshal.GetRawUtf8Value(constant).Length;
        if (_constants > MostConstants) return Refuse(at, $"'$({reference})': the values that the workflow fixes come to more than {MostConstants} bytes where they are used");
        return constant.ValueKind == JsonValueKind.String ? CwlValue.Plain(constant.GetString()!)
            : isAlone ? CwlValue.Of(constant)
            : CwlValue.Plain(constant.GetRawText());
    }

    private CwlValue? Resolve(string ours, CwlType type, string reference, List<string> path, bool isAlone, string at) => path switch
    {
        [] when isAlone || type.IsScalar => CwlValue.Referring($"$({ours})"),
        [] => Refuse(at, $"'$({reference})' would put a whole {(type.Kind == CwlKind.File ? "file object" : "list")} into the text; "
            + "name a property of a file, such as .path, or let it stand alone"),
        ["path"] when type.Kind == CwlKind.File => CwlValue.Referring($"$({ours})"),
        // Part 2's .path is the folder: docs/decisions/0006.
        ["dirname"] when type.Kind == CwlKind.File => CwlValue.Referring($"$({ours}.path)"),
        [("basename" or "nameroot" or "nameext") and var property] when type.Kind == CwlKind.File => CwlValue.Referring($"$({ours}.{property})"),
        _ => Refuse(at, $"'$({reference})' is not supported; of a file .path, .dirname, .basename, .nameroot and .nameext are, of other inputs the value alone"),
    };

    private CwlValue? Refuse(string at, string why)
    {
        notes.Refuse(at, why);
        return null;
    }

    private static string Step(string step) => step[0] == '.' ? step[1..]
        : char.IsAsciiDigit(step[1]) ? step
        : Regex.Replace(step[2..^2], @"\\(.)", "$1", RegexOptions.NonBacktracking);
}

/// <summary>What <c>$(runtime.…)</c> stands for.</summary>
/// <param name="Cores">Cores that the tool asks for.</param>
/// <param name="Ram">Memory that it asks for, in MiB.</param>
/// <param name="TmpdirSize">Temporary storage that it asks for, in MiB.</param>
/// <param name="OutdirSize">Storage for outputs that it asks for, in MiB.</param>
internal sealed record CwlRuntime(double Cores, double Ram, double TmpdirSize, double OutdirSize)
{
    public string? Text(string name) => name switch
    {
        "outdir" => Jobs.Run.ContainerPaths.Outputs,
        "tmpdir" => "/tmp",
        "cores" => Whole(Cores),
        "ram" => Whole(Ram),
        "tmpdirSize" => Whole(TmpdirSize),
        "outdirSize" => Whole(OutdirSize),
        _ => null,
    };

    private static string Whole(double number) => Math.Ceiling(number).ToString("0", CultureInfo.InvariantCulture);
}
