using System.Globalization;
using System.Text.Json;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.WebApi.Html;

/// <summary>What a form asks an input by.</summary>
internal enum FieldKind
{
    /// <summary>A line or more of text.</summary>
    Text,

    /// <summary>A number, whole or not.</summary>
    Number,

    /// <summary>Yes or no.</summary>
    Boolean,

    /// <summary>One of several values.</summary>
    Choice,

    /// <summary>A calendar date.</summary>
    Date,

    /// <summary>A point in time.</summary>
    DateTime,

    /// <summary>An address.</summary>
    Uri,

    /// <summary>Four or six numbers and their reference system.</summary>
    BoundingBox,

    /// <summary>JSON, or a link to it or a file of it.</summary>
    Json,

    /// <summary>A link to a file, or a file.</summary>
    File,
}

/// <summary>The part of a form that asks for one input.</summary>
/// <remarks>Part 1, inputDescription.yaml. It helps to give a valid value; whether it is one, the server checks by the whole schema.</remarks>
internal sealed record InputField
{
    /// <summary>How far <c>$ref</c> and <c>allOf</c> are followed.</summary>
    private const int MostSteps = 8;

    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    private InputField(int index, string id, JsonElement description)
    {
        Element = $"input-{index}";
        Id = id;
        Description = description;
        Schema = new(Member(description, "schema") ?? Nothing);
        Rules = Flatten(Schema.Document);
        MinOccurs = Whole("minOccurs") ?? 1;
        MaxOccurs = Member(description, "maxOccurs") is { ValueKind: JsonValueKind.String } ? null : Whole("maxOccurs") ?? 1;
        Kind = KindOf();
    }

    /// <summary>The identifier of its element in the page.</summary>
    public string Element { get; }

    /// <summary>The input's identifier.</summary>
    public string Id { get; }

    /// <summary>The input as its author describes it.</summary>
    public JsonElement Description { get; }

    /// <summary>The schema of one occurrence.</summary>
    public ValueSchema Schema { get; }

    /// <summary>How a value is asked for.</summary>
    public FieldKind Kind { get; }

    /// <summary>Fewest occurrences.</summary>
    public int MinOccurs { get; }

    /// <summary>Most occurrences; null for any number.</summary>
    public int? MaxOccurs { get; }

    /// <summary>Whether values come as an array of occurrences.</summary>
    public bool IsMultiple => MaxOccurs is null or > 1;

    /// <summary>Whether it has to be given.</summary>
    public bool IsRequired => MinOccurs > 0 && Schema.Default is null;

    /// <summary>Its place in an execute request.</summary>
    public string Pointer => $"/inputs/{JsonPointer.Escape(Id)}";

    /// <summary>A name for people.</summary>
    public string Title => Text(Description, "title") ?? Id;

    /// <summary>What the author says about it.</summary>
    public string? About => Text(Description, "description") ?? Text(Rules, "description");

    /// <summary>The values to choose from.</summary>
    public IEnumerable<JsonElement> Choices =>
        Member(Rules, "enum") is { ValueKind: JsonValueKind.Array } values ? values.EnumerateArray()
        : Member(Rules, "const") is { } only ? [only] : [];

    /// <summary>The media types to choose from.</summary>
    public IReadOnlyList<string> MediaTypes => [.. Schema.MediaTypes.Distinct()];

    /// <summary>Whether a value can be typed in.</summary>
    public bool TakesText => Kind != FieldKind.File || Schema.Alternatives.Any(one => !ValueSchema.IsFile(one) || !ValueSchema.IsBinary(one));

    /// <summary>Whether some value is JSON, not text.</summary>
    public bool TakesJson => Schema.Alternatives.Any(one => !ValueSchema.IsFile(one) && !ValueSchema.IsScalar(one));

    /// <summary>Whether numbers are whole.</summary>
    public bool IsWhole => TypeOf(Rules) == "integer";

    /// <summary>The default of the first occurrence, as it is written into the form; empty where there is none.</summary>
    public string Default => Schema.Default is { } value ? Written(value) : "";

    /// <summary>What the schema asks of a value, in a sentence or two.</summary>
    public string Hint
    {
        get
        {
            var rules = new List<string>();
            if (IsMultiple) rules.Add(MaxOccurs is { } most ? $"{MinOccurs} to {most} values" : MinOccurs > 0 ? $"{MinOccurs} or more values" : "any number of values");
            if (Kind == FieldKind.Number) rules.Add(IsWhole ? "a whole number" : "a number");
            Add("minimum", "at least {0}");
            Add("exclusiveMinimum", "more than {0}");
            Add("maximum", "at most {0}");
            Add("exclusiveMaximum", "less than {0}");
            Add("multipleOf", "a multiple of {0}");
            Add("minLength", "at least {0} characters");
            Add("maxLength", "at most {0} characters");
            Add("minItems", "at least {0} items");
            Add("maxItems", "at most {0} items");
            if (Text(Rules, "pattern") is { } pattern) rules.Add($"like the pattern {pattern}");
            if (Kind == FieldKind.DateTime) rules.Add("a date and time with its offset, such as 2026-01-31T12:00:00Z");
            if (Kind == FieldKind.Json) rules.Add(TypeOf(Rules) is "array" ? "a JSON array, such as [1, 2]" : "JSON");
            if (Text(Rules, "format") is { } format && Kind is FieldKind.Text or FieldKind.Json) rules.Add($"format {format}");
            if (MediaTypes.Count > 0) rules.Add($"as {string.Join(" or ", MediaTypes)}");
            if (Schema.Default is { } standard) rules.Add($"{Shortened(standard)} when left out");
            return rules.Count == 0 ? "" : $"{char.ToUpperInvariant(rules[0][0])}{rules[0][1..]}{string.Concat(rules.Skip(1).Select(rule => $"; {rule}"))}.";

            void Add(string keyword, string rule)
            {
                if (Limit(keyword) is { } limit) rules.Add(string.Format(CultureInfo.InvariantCulture, rule, limit));
            }
        }
    }

    /// <summary>The schema's own rules and those of its <c>allOf</c>, the outer ones first.</summary>
    private JsonElement Rules { get; }

    /// <summary>The fields for the inputs of a process.</summary>
    public static IReadOnlyList<InputField> Of(JsonElement inputs) => inputs.ValueKind != JsonValueKind.Object
        ? []
        : [.. inputs.EnumerateObject().Index().Select(input => new InputField(input.Index, input.Item.Name, input.Item.Value))];

    /// <summary>Whether values of a media type travel as base64.</summary>
    public bool IsBinary(string? mediaType) => Schema.Alternatives.Any(one =>
        ValueSchema.IsBinary(one) && (mediaType is null || Application.Common.MediaTypes.AreSame(Application.Common.MediaTypes.Of(one), mediaType)));

    /// <summary>A value as it is written into a field or an option.</summary>
    public string Written(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && Kind != FieldKind.Choice ? value.GetString()! : value.GetRawText();

    /// <summary>A limit of numbers as its author wrote it; null where there is none.</summary>
    public string? Limit(string keyword) => Member(Rules, keyword) is { ValueKind: JsonValueKind.Number } limit ? limit.GetRawText() : null;

    private FieldKind KindOf()
    {
        if (Choices.Any() && Choices.All(choice => choice.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))) return FieldKind.Choice;
        if (Schema.AllowsFile) return FieldKind.File;
        var format = Text(Rules, "format") ?? "";
        if (format == "ogc-bbox") return FieldKind.BoundingBox;
        return (TypeOf(Rules), format) switch
        {
            ("boolean", _) => FieldKind.Boolean,
            ("integer" or "number", _) => FieldKind.Number,
            ("string", "date") => FieldKind.Date,
            ("string", "date-time") => FieldKind.DateTime,
            ("string", "uri" or "uri-reference" or "iri") => FieldKind.Uri,
            ("string", _) => FieldKind.Text,
            _ => FieldKind.Json,
        };
    }

    private int? Whole(string member) =>
        Member(Description, member) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var whole) ? whole : null;

    private static JsonElement Flatten(JsonElement schema, int step = 0)
    {
        if (step == MostSteps || Member(schema, "allOf") is not { ValueKind: JsonValueKind.Array } all) return schema;
        var members = new Dictionary<string, JsonElement>();
        foreach (var part in all.EnumerateArray().Select(part => Flatten(part, step + 1)).Prepend(schema).Where(part => part.ValueKind == JsonValueKind.Object))
            foreach (var member in part.EnumerateObject())
                members.TryAdd(member.Name, member.Value);
        return JsonSerializer.SerializeToElement(members);
    }

    private static string Shortened(JsonElement value) => value.GetRawText() is { Length: > 40 } text ? text[..40] + "…" : value.GetRawText();

    private static string? TypeOf(JsonElement schema) => Member(schema, "type") switch
    {
        { ValueKind: JsonValueKind.String } one => one.GetString(),
        { ValueKind: JsonValueKind.Array } several => several.EnumerateArray().Select(type => type.GetString()).FirstOrDefault(type => type != "null"),
        _ => null,
    };

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : null;
}
