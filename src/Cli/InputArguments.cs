using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OgcProcesses.Client;

namespace OgcProcesses.Cli;

/// <summary>Makes inputs of <c>--name value</c>, by what the process says of them.</summary>
internal sealed class InputArguments(Process process)
{
    private static readonly string[] Alternatives = ["oneOf", "anyOf", "allOf"];

    /// <summary>The inputs of what follows the process on the command line.</summary>
    /// <exception cref="UsageException">There is no such input, or the value does not fit.</exception>
    public ProcessInputs Read(IReadOnlyList<string> arguments)
    {
        var values = new Dictionary<string, List<ProcessInput>>();
        for (var index = 0; index < arguments.Count; index++)
        {
            var argument = arguments[index];
            if (!argument.StartsWith("--", StringComparison.Ordinal)) throw new UsageException($"'{argument}' belongs to no input: write --NAME {argument}. {Names()}");
            var (name, value) = argument[2..].Split('=', 2) is [var before, var after] ? (before, after) : (argument[2..], null);
            var id = IdOf(name);
            if (value is null && (index + 1 >= arguments.Count || arguments[index + 1].StartsWith("--", StringComparison.Ordinal)))
                value = IsOf(id, "boolean") ? "true" : throw new UsageException($"--{name} has no value.");
            value ??= arguments[++index];
            if (!values.TryGetValue(id, out var several)) values[id] = several = [];
            several.Add(ValueOf(id, value));
        }

        var inputs = new ProcessInputs();
        foreach (var (id, several) in values) inputs[id] = several is [var only] ? only : ProcessInput.Several(several);
        return inputs;
    }

    /// <summary>The input of a name: the whole of it, or the beginning of one alone.</summary>
    private string IdOf(string name)
    {
        if (process.Inputs.ContainsKey(name)) return name;
        var matches = process.Inputs.Keys.Where(id => id.StartsWith(name, StringComparison.OrdinalIgnoreCase)).ToList();
        return matches switch
        {
            [var only] => only,
            [] => throw new UsageException($"'{process.Id}' has no input '{name}'. {Names()}"),
            _ => throw new UsageException($"--{name} could be {string.Join(" or ", matches.Select(id => $"--{id}"))}."),
        };
    }

    private string Names() => process.Inputs.Count == 0 ? "The process takes no inputs." : $"Its inputs are {string.Join(", ", process.Inputs.Keys.Select(id => $"--{id}"))}.";

    private ProcessInput ValueOf(string id, string text) => text switch
    {
        ['@', '-'] => Literal(id, Console.In.ReadToEnd()),
        ['@', .. var path] => File.Exists(path) ? ProcessInput.File(path) : throw new UsageException($"--{id}: there is no file '{path}'."),
        _ when !IsOf(id, "string", outright: true) && Uri.TryCreate(text, UriKind.Absolute, out var link) && link.Scheme is "http" or "https" => ProcessInput.Link(link),
        _ => Literal(id, text),
    };

    private ProcessInput Literal(string id, string text)
    {
        if (IsOf(id, "integer") && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        if (IsOf(id, "number") && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
        if (IsOf(id, "boolean") && bool.TryParse(text, out var truth)) return truth;
        if (SchemaOf(id).Contains("ogc-bbox", StringComparison.Ordinal) && BoxOf(text) is { } box) return new JsonObject { ["bbox"] = box };
        if (IsOf(id, "string")) return text;
        try
        {
            return ProcessInput.Json(JsonNode.Parse(text));
        }
        catch (JsonException)
        {
            // The server says what is wrong with a text, by the input's schema.
            return text;
        }
    }

    private static JsonArray? BoxOf(string text)
    {
        var numbers = text.Split(',').Select(part => double.TryParse(part, CultureInfo.InvariantCulture, out var number) ? number : (double?)null).ToList();
        return numbers.Count is 4 or 6 && numbers.TrueForAll(number => number is not null) ? [.. numbers.Select(number => JsonValue.Create(number!.Value))] : null;
    }

    /// <summary>Whether an input takes values of a type.</summary>
    /// <param name="id">The input.</param>
    /// <param name="type">As JSON Schema names it.</param>
    /// <param name="outright">Not as the content of a file.</param>
    private bool IsOf(string id, string type, bool outright = false) => IsOf(JsonNode.Parse(SchemaOf(id)), type, outright);

    private static bool IsOf(JsonNode? schema, string type, bool outright)
    {
        if (schema is not JsonObject one || (outright && (one.ContainsKey("contentMediaType") || one.ContainsKey("contentEncoding")))) return false;
        return one["type"] switch
        {
            JsonArray types => types.Any(name => name!.GetValue<string>() == type),
            JsonValue name => name.GetValue<string>() == type,
            _ => Alternatives.Any(keyword => (one[keyword] as JsonArray)?.Any(other => IsOf(other, type, outright)) is true),
        };
    }

    private string SchemaOf(string id) => JsonSerializer.Serialize(process.Inputs[id].Schema);
}
