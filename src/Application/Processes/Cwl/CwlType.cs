using System.Text.Json.Nodes;

namespace OgcProcesses.Application.Processes.Cwl;

/// <summary>The kinds of values that CWL's types tell apart.</summary>
internal enum CwlKind
{
    /// <summary>Anything but null.</summary>
    Any,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A whole number of 64 bits.</summary>
    Long,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A text.</summary>
    Text,

    /// <summary>One of several texts.</summary>
    Enum,

    /// <summary>A file.</summary>
    File,

    /// <summary>Values of one type.</summary>
    Array,

    /// <summary>A value of one of several types.</summary>
    Union,

    /// <summary>Only null.</summary>
    Null,

    /// <summary>The tool's standard input; for inputs.</summary>
    Stdin,

    /// <summary>What the tool writes to standard output; for outputs.</summary>
    Stdout,

    /// <summary>What the tool writes to standard error; for outputs.</summary>
    Stderr,

    /// <summary>What is refused; the notes say why.</summary>
    Refused,
}

/// <summary>A type of CWL.</summary>
/// <param name="Kind">What its values are.</param>
internal sealed record CwlType(CwlKind Kind)
{
    /// <summary>Longer than any name with as many brackets as make sense.</summary>
    private const int LongestName = 64;

    /// <summary>Whether null is a value, too.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The type of an array's items.</summary>
    public CwlType? Items { get; init; }

    /// <summary>The types that a union chooses from.</summary>
    public IReadOnlyList<CwlType> Alternatives { get; init; } = [];

    /// <summary>The texts of an enumeration.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>How a value, or each item of an array, becomes arguments, where the type itself says so.</summary>
    public CwlNode? Binding { get; init; }

    /// <summary>Whether every value has one plain text.</summary>
    public bool IsScalar => Kind is CwlKind.Boolean or CwlKind.Integer or CwlKind.Long or CwlKind.Number or CwlKind.Text or CwlKind.Enum
        || (Kind == CwlKind.Union && Alternatives.All(alternative => alternative.IsScalar));

    /// <summary>Whether values are files, one or several.</summary>
    public bool IsFiles => Kind == CwlKind.File || this is { Kind: CwlKind.Array, Items.Kind: CwlKind.File }
        || (Kind == CwlKind.Union && Alternatives.All(alternative => alternative.IsFiles));

    /// <summary>Whether a value may be several files.</summary>
    public bool IsSeveralFiles => IsFiles && Kind != CwlKind.File;

    private bool HasFiles => Kind == CwlKind.File || Items?.HasFiles == true || Alternatives.Any(alternative => alternative.HasFiles);

    /// <summary>Reads a type as CWL writes it: a name, a list of alternatives, or an object.</summary>
    public static CwlType Read(CwlNode node, CwlNotes notes)
    {
        var type = node switch
        {
            { Text: { } name } => OfName(name, node.At, notes),
            { IsArray: true } => OfList([.. node.Items.Select(item => Read(item, notes))], node.At, notes),
            { IsObject: true } => OfObject(node, notes),
            _ => Refuse(node.At, "must be the name of a type, a list of types or an object with 'type'", notes),
        };
        // Files are staged one by one, so they can't lie deeper than in one list.
        return type.HasFiles && !type.IsFiles && !IsChoiceWithFile(type)
            ? Refuse(node.At, "files are supported by themselves and in a list, not deeper", notes)
            : type;
    }

    /// <summary>The JSON Schema of a value; that of one file where there may be several.</summary>
    /// <param name="mediaTypes">What files are, where it is declared.</param>
    /// <param name="unknownFile">The schema of a file of no declared kind.</param>
    public JsonObject Schema(IReadOnlyList<string> mediaTypes, Func<JsonObject> unknownFile) => Kind switch
    {
        _ when IsFiles => mediaTypes switch
        {
            [] => unknownFile(),
            [var one] => OfMediaType(one),
            _ => new() { ["oneOf"] = new JsonArray([.. mediaTypes.Select(OfMediaType)]) },
        },
        CwlKind.Boolean => new() { ["type"] = "boolean" },
        CwlKind.Integer => new() { ["type"] = "integer" },
        CwlKind.Long => new() { ["type"] = "integer", ["format"] = "int64" },
        CwlKind.Number => new() { ["type"] = "number" },
        CwlKind.Text => new() { ["type"] = "string" },
        CwlKind.Enum => new() { ["type"] = "string", ["enum"] = new JsonArray([.. Symbols.Select(symbol => JsonValue.Create(symbol))]) },
        CwlKind.Array => new() { ["type"] = "array", ["items"] = Items!.Schema(mediaTypes, unknownFile) },
        CwlKind.Union => new() { ["anyOf"] = new JsonArray([.. Alternatives.Select(alternative => alternative.Schema(mediaTypes, unknownFile))]) },
        _ => [],
    };

    private static JsonObject OfMediaType(string mediaType) => new() { ["type"] = "string", ["contentMediaType"] = mediaType };

    private static bool IsChoiceWithFile(CwlType type) =>
        type.Kind == CwlKind.Union && type.Alternatives.All(alternative => alternative.Kind == CwlKind.File || !alternative.HasFiles);

    private static CwlType OfName(string name, string at, CwlNotes notes)
    {
        if (name.Length > LongestName) return Refuse(at, "is too long for the name of a type", notes);
        if (name.EndsWith('?')) return OfName(name[..^1], at, notes) with { IsOptional = true };
        if (name.EndsWith("[]", StringComparison.Ordinal)) return new(CwlKind.Array) { Items = OfName(name[..^2], at, notes) };
        return name switch
        {
            "null" => new(CwlKind.Null) { IsOptional = true },
            "Any" => new(CwlKind.Any),
            "boolean" => new(CwlKind.Boolean),
            "int" => new(CwlKind.Integer),
            "long" => new(CwlKind.Long),
            "float" or "double" => new(CwlKind.Number),
            "string" => new(CwlKind.Text),
            "File" => new(CwlKind.File),
            "stdin" => new(CwlKind.Stdin),
            "stdout" => new(CwlKind.Stdout),
            "stderr" => new(CwlKind.Stderr),
            "Directory" => Refuse(at, "directories are not supported: a process takes and gives files and values", notes),
            "record" or "array" or "enum" => Refuse(at, $"'{name}' needs a type object of its own, such as {{\"type\": {{\"type\": \"array\", \"items\": \"string\"}}}}", notes),
            _ => Refuse(at, $"type '{name}' is not supported", notes),
        };
    }

    private static CwlType OfList(List<CwlType> types, string at, CwlNotes notes)
    {
        var isOptional = types.Exists(type => type.IsOptional);
        var real = types.Where(type => type.Kind != CwlKind.Null).ToList();
        if (real.Exists(type => type.Kind == CwlKind.Refused)) return new(CwlKind.Refused) { IsOptional = isOptional };
        if (real.Exists(type => type.Kind is CwlKind.Stdin or CwlKind.Stdout or CwlKind.Stderr) && real.Count > 1)
            return Refuse(at, "'stdin', 'stdout' and 'stderr' are no alternatives", notes);
        if (real.Count > 1 && real.Find(type => type.Binding is not null)?.Binding is { } binding)
            notes.Refuse(binding.At, "a binding of one of several types is not supported; give the parameter a binding");
        return real switch
        {
            [] when types.Count == 0 => Refuse(at, "names no type", notes),
            [] => new(CwlKind.Null) { IsOptional = true },
            [var only] => only with { IsOptional = isOptional },
            _ => new(CwlKind.Union) { Alternatives = real, IsOptional = isOptional },
        };
    }

    private static CwlType OfObject(CwlNode node, CwlNotes notes)
    {
        var binding = node.Member("inputBinding");
        switch (node.Member("type"))
        {
            case { Text: "array" }:
                if (node.Member("items") is not { } items) return Refuse(node.At, "an array needs 'items'", notes);
                return new(CwlKind.Array) { Items = ReadItems(items, notes), Binding = binding };
            case { Text: "enum" }:
                var symbols = node.Member("symbols");
                if (symbols is not { IsArray: true } || !symbols.Value.Items.Any() || symbols.Value.Items.Any(symbol => symbol.Text is null))
                    return Refuse(node.At, "an enum needs 'symbols', a list of strings", notes);
                return new(CwlKind.Enum) { Symbols = [.. symbols.Value.Items.Select(symbol => Symbol(symbol.Text!)).Distinct()], Binding = binding };
            case { Text: "record" }:
                return Refuse(node.At, "records are not supported; declare their fields as parameters", notes);
            case { } inner:
                return Read(inner, notes);
            default:
                return Refuse(node.At, "needs 'type'", notes);
        }
    }

    /// <summary>A symbol as a value has it: tools of CWL write its place before it.</summary>
    private static string Symbol(string symbol) => symbol.Contains('#', StringComparison.Ordinal) ? CwlNode.NameOf(symbol) : symbol;

    private static CwlType ReadItems(CwlNode items, CwlNotes notes)
    {
        var type = Read(items, notes);
        return type.IsOptional ? Refuse(items.At, "items that may be null are not supported", notes) : type;
    }

    private static CwlType Refuse(string at, string why, CwlNotes notes)
    {
        notes.Refuse(at, why);
        return new(CwlKind.Refused);
    }
}
