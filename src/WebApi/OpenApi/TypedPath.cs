using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.WebApi.OpenApi;

/// <summary>The execution of one process as an operation of its own, with the schemas of its inputs and outputs.</summary>
/// <remarks>
/// A copy of the operation <c>execute</c>, so that it answers, asks for and takes everything that the general one does.
/// Of the forms an input may come in, it shows the plain one, and for files also links and qualified values; an output
/// that was asked for by reference is a link whatever its schema.
/// </remarks>
internal sealed class TypedPath
{
    private readonly Dictionary<string, JsonObject> _schemas = [];
    private readonly ProcessDescription _process;
    private readonly string _name;
    private Dictionary<string, JsonElement> _descriptions = [];
    private int _others;

    private TypedPath(ProcessDescription process)
    {
        _process = process;
        _name = NameOf(process.Id);
        ResultsSchema = $"{_name}-results";
    }

    /// <summary>The operation's path.</summary>
    public string Path => $"/processes/{_process.Id}/execution";

    /// <summary>The path item, as UTF-8 JSON.</summary>
    public byte[] Item { get; private set; } = [];

    /// <summary>The schemas by name, as UTF-8 JSON.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> Schemas { get; private set; } = [];

    /// <summary>The name of the schema of the process's results.</summary>
    public string ResultsSchema { get; }

    /// <summary>What it adds to a definition, in bytes.</summary>
    public long Length => Item.Length + Schemas.Sum(schema => (long)schema.Key.Length + schema.Value.Length);

    /// <summary>Makes the operation of a process.</summary>
    /// <param name="process">The process.</param>
    /// <param name="generic">The part of the definition that is the same for all processes.</param>
    public static TypedPath Of(ProcessDescription process, JsonObject generic)
    {
        var path = new TypedPath(process);
        var item = new JsonObject { ["post"] = path.Operation(generic["paths"]!["/processes/{processId}/execution"]!["post"]!) };
        path.AddExecute(generic["components"]!["schemas"]!["execute"]!.DeepClone().AsObject());
        path.AddParameters("inputs", process.Inputs.Select(input => KeyValuePair.Create(input.Key, input.Value.Schema)), path.Input);
        path.AddParameters("results", process.Outputs.Select(output => KeyValuePair.Create(output.Key, output.Value.Schema)), path.Result);
        path._descriptions = [];
        path.Item = Bytes(item);
        path.Schemas = [.. path._schemas.Select(schema => KeyValuePair.Create(schema.Key, Bytes(schema.Value)))];
        return path;
    }

    /// <summary>A name for components that no other process has; identifiers may hold a colon, names of components may not.</summary>
    private static string NameOf(ProcessId id) => id.Value.Contains(':', StringComparison.Ordinal)
        // No identifier begins with '_'.
        ? "_" + id.Value.Replace("_", "_5F", StringComparison.Ordinal).Replace(":", "_3A", StringComparison.Ordinal)
        : id.Value;

    private static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString(DefinitionJson.Options));

    private JsonObject Operation(JsonNode execute)
    {
        var operation = execute.DeepClone().AsObject();
        operation["operationId"] = $"execute-{_name}";
        operation["summary"] = $"Executes '{_process.Id}'{(_process.Title is { } title ? $": {title}" : "")}";
        if (Text(_process.Document, "description") is { } description) operation["description"] = description;
        var parameters = operation["parameters"]!.AsArray();
        parameters.Remove(parameters.Single(parameter => (string?)parameter!["name"] == "processId"));
        foreach (var content in operation["requestBody"]!["content"]!.AsObject())
            operation["requestBody"]!["content"]![content.Key] = new JsonObject { ["schema"] = SchemaTranslation.Reference($"{_name}-execute") };
        var answers = operation["responses"]!["200"]!["content"]!.AsObject();
        answers["application/json"] = new JsonObject { ["schema"] = Results(answers["application/json"]!["schema"]!) };
        return operation;
    }

    /// <summary>The process's own results in the place of any, beside the other forms that an execution may answer.</summary>
    private JsonObject Results(JsonNode general)
    {
        var own = SchemaTranslation.Reference(ResultsSchema);
        return general["anyOf"] is JsonArray forms ? new() { ["anyOf"] = new JsonArray([own, .. forms.Skip(1).Select(form => form!.DeepClone())]) } : own;
    }

    /// <remarks>What an execute request has besides inputs and outputs is the same for all.</remarks>
    private void AddExecute(JsonObject execute)
    {
        var members = execute["properties"]!.AsObject();
        members.Remove("process");
        members["inputs"] = SchemaTranslation.Reference($"{_name}-inputs");
        members["outputs"] = SchemaTranslation.Reference($"{_name}-outputs");
        if (_process.Inputs.Values.Any(input => input.IsRequired)) execute["required"] = new JsonArray("inputs");
        execute["description"] = $"An execute request for '{_process.Id}'.";
        _schemas[$"{_name}-execute"] = execute;
        _schemas[$"{_name}-outputs"] = new()
        {
            ["type"] = "object",
            ["description"] = "The outputs wanted, and how; all when left out.",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(_process.Outputs.Keys.Select(id =>
                KeyValuePair.Create(id, (JsonNode?)SchemaTranslation.Reference("output")))),
        };
    }

    private void AddParameters(
        string kind, IEnumerable<KeyValuePair<string, ValueSchema>> parameters, Func<string, ValueSchema, SchemaTranslation, JsonObject> schemaOf)
    {
        // Once for all: looking one up in the document goes through all of them.
        _descriptions = _process.Document.TryGetProperty(kind == "results" ? "outputs" : kind, out var members)
            ? members.EnumerateObject().ToDictionary(member => member.Name, member => member.Value)
            : [];
        var properties = new JsonObject();
        var translations = new List<SchemaTranslation>();
        foreach (var (id, schema) in parameters)
        {
            var translation = new SchemaTranslation(schema.Document, () => $"{_name}-schema{++_others}");
            properties[id] = schemaOf(id, schema, translation);
            translations.Add(translation);
        }

        var all = new JsonObject { ["type"] = "object", ["description"] = $"The {kind} of '{_process.Id}'.", ["properties"] = properties };
        if (kind == "inputs")
        {
            all["additionalProperties"] = false;
            var required = _process.Inputs.Where(input => input.Value.IsRequired).Select(input => (JsonNode?)input.Key).ToArray();
            if (required.Length > 0) all["required"] = new JsonArray(required);
        }

        _schemas[$"{_name}-{kind}"] = all;
        foreach (var (name, component) in translations.SelectMany(translation => translation.Components())) _schemas[name] = component;
    }

    private JsonObject Input(string id, ValueSchema schema, SchemaTranslation translation)
    {
        var input = _process.Inputs[id];
        var value = schema.AllowsFile ? File(schema, translation, inLine: true) : translation.Translate(schema.Document);
        if (input.IsMultiple)
        {
            var standard = value["default"];
            value.Remove("default");
            value = new() { ["type"] = "array", ["items"] = value };
            if (input.MinOccurs > 0) value["minItems"] = input.MinOccurs;
            if (input.MaxOccurs is { } most) value["maxItems"] = most;
            if (standard is JsonArray) value["default"] = standard;
        }

        return Described(value, id, schema, isNullable: !input.IsRequired);
    }

    private JsonObject Result(string id, ValueSchema schema, SchemaTranslation translation) => Described(
        schema.AllowsFile ? File(schema, translation, inLine: false) : Value(schema.Document, translation),
        id, schema, isNullable: !_process.Outputs[id].IsRequired);

    /// <summary>A value as it stands in a document: an object as a qualified value, but a bounding box and anything else as it is.</summary>
    private static JsonObject Value(JsonElement schema, SchemaTranslation translation)
    {
        var value = translation.Translate(schema);
        return translation.IsOfObjects(schema) switch
        {
            _ when IsBoundingBox(value) => value,
            true => new()
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["value"] = value, ["mediaType"] = new JsonObject { ["type"] = "string" } },
            },
            false => value,
            // Either; the two forms have no type in common.
            null => [],
        };
    }

    private static bool IsBoundingBox(JsonObject schema) => (string?)schema["$ref"] == "#/components/schemas/bbox";

    /// <summary>A file as a link or qualified value; besides as text in an execute request, or as one of several in results.</summary>
    /// <remarks>The form that generators of clients go by comes first.</remarks>
    private static JsonObject File(ValueSchema schema, SchemaTranslation translation, bool inLine)
    {
        var file = SchemaTranslation.Reference("fileValue");
        if (!schema.IsAlwaysFile) return new() { ["anyOf"] = new JsonArray(translation.Translate(schema.Document), file) };
        var other = inLine
            ? new JsonObject { ["type"] = "string" }
            : new JsonObject { ["type"] = "array", ["items"] = file.DeepClone() };
        return new() { ["oneOf"] = new JsonArray(file, other) };
    }

    private JsonObject Described(JsonObject value, string id, ValueSchema schema, bool isNullable)
    {
        var description = _descriptions[id];
        var title = Text(description, "title");
        var words = new List<string?> { Text(description, "description") ?? (string?)value["description"] };
        if (schema.MediaTypes.Distinct().ToList() is { Count: > 0 } types) words.Add($"Media type: {string.Join(", ", types)}.");
        var text = string.Join(' ', words.OfType<string>());
        // Beside a reference nothing else would count.
        if (value.ContainsKey("$ref") && (title is not null || text.Length > 0)) value = new() { ["allOf"] = new JsonArray(value) };
        if (title is not null) value["title"] = title;
        if (text.Length > 0) value["description"] = text;
        // A member that is null counts as absent.
        if (!isNullable || !value.ContainsKey("type")) return value;
        value["nullable"] = true;
        if (value["enum"] is JsonArray choices && choices.All(choice => choice is not null)) choices.Add(null);
        return value;
    }

    private static string? Text(JsonElement of, string member) =>
        of.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
