using System.Text.Json;
using System.Text.Json.Nodes;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.Processes.Cwl;

/// <summary>What was made of a CWL document.</summary>
/// <param name="Description">The process description, without what the document does not say.</param>
/// <param name="Unit">The execution unit.</param>
/// <param name="Places">Where its parts come from.</param>
internal sealed record TranslatedCwl(JsonObject Description, JsonObject Unit, CwlPlaces Places);

/// <summary>Translates CWL into a process description and an execution unit of the container contract.</summary>
/// <remarks>
/// Common Workflow Language v1.0 to v1.2, CommandLineTool; docs/cwl.md lists what of it.
/// 1. The tool to run, and its workflow where there is one. 2. Requirements. 3. Inputs. 4. The command line.
/// 5. Standard streams and environment. 6. Outputs. Each goes on after what it refuses, so that all obstacles are told at once.
/// </remarks>
internal sealed class CwlTranslator(CwlDocument document, RunnerOptions limits, CwlNotes notes)
{
    /// <summary>A file of no declared kind: text in line is its bytes.</summary>
    private static readonly Func<JsonObject> UnknownInput = () => new() { ["type"] = "string", ["contentMediaType"] = MediaTypes.Unknown };

    /// <summary>A file of no declared kind: its name will tell.</summary>
    private static readonly Func<JsonObject> UnknownOutput = () => new() { ["type"] = "string", ["format"] = "binary" };

    private readonly CwlPlaces _places = new();
    private readonly CwlFormats _formats = new(document.Namespaces);

    /// <summary>Translates a tool or workflow; what is in the way is in the notes, and then the result is of no use.</summary>
    /// <param name="name">The one to run; null for the first.</param>
    public TranslatedCwl? Translate(string? name)
    {
        if (document.Find(name) is not { } root) return null;
        CwlStep? step = null;
        CwlNode tool;
        switch (root.TextOf("class"))
        {
            case "CommandLineTool":
                tool = root;
                break;
            case "Workflow" when ReadStep(root) is { } only:
                (step, tool) = (only, only.Tool);
                break;
            case "Workflow":
                return null;
            default:
                notes.Refuse($"{root.At}/class", $"must be 'CommandLineTool' or 'Workflow'; '{root.TextOf("class") ?? "nothing"}' is not supported");
                return null;
        }

        var requirements = new CwlRequirements(step is null ? [tool] : [root, step.Node, tool], limits, notes);
        var unit = new JsonObject { ["type"] = "docker", ["keepEntrypoint"] = true };
        requirements.Write(unit, _places);
        var inputs = ReadInputs(root, tool, step, out var description);
        var references = new CwlReferences(inputs, requirements.Runtime(document.Version), notes);
        new CwlCommandLine(tool, inputs, references, notes).Write(unit, _places);
        WriteStreams(tool, unit, inputs, references);
        requirements.WriteEnvironment(unit, references, _places);
        CheckExitCodes(tool);
        var toolOutputs = new CwlOutputs(tool, references, _formats, notes).Read(unit);
        return new(Describe(root, description, WriteOutputs(root, step, toolOutputs, unit)), unit, _places);
    }

    private JsonObject Describe(CwlNode root, JsonObject inputs, JsonObject outputs)
    {
        var description = new JsonObject();
        if (root.TextOf("id") is { } id)
        {
            description["id"] = CwlNode.NameOf(id);
            _places.Note("/processDescription/id", $"{root.At}/id");
        }

        WriteTexts(root, description);
        if ((Of("version") ?? Of("softwareVersion")) is { } version) description["version"] = version.Text ?? version.Json.GetRawText();
        description["inputs"] = inputs;
        description["outputs"] = outputs;
        return description;

        // Of schema.org, whatever its prefix is called.
        CwlNode? Of(string name) => root.Members
            .Where(member => document.Expand(member.Name) is { } full && (full == $"https://schema.org/{name}" || full == $"http://schema.org/{name}"))
            .Select(member => (CwlNode?)member.Value)
            .FirstOrDefault(member => member!.Value.Json.ValueKind is JsonValueKind.String or JsonValueKind.Number);
    }

    private static void WriteTexts(CwlNode node, JsonObject description)
    {
        if (node.TextOf("label") is { } label) description["title"] = label;
        if (node.Member("doc") is { } doc)
            description["description"] = string.Join('\n', doc.OneOrMore.Select(line => line.Text).OfType<string>());
    }

    private CwlStep? ReadStep(CwlNode workflow)
    {
        var steps = notes.Entries(workflow.Member("steps"), "id");
        if (steps.Count != 1)
            notes.Refuse($"{workflow.At}/steps", $"a workflow of exactly one step is supported, and this has {steps.Count}");
        var tools = new List<CwlNode?>();
        foreach (var (_, step) in steps)
        {
            foreach (var unsupported in (string[])["scatter", "scatterMethod", "when", "loop"])
                if (step.Member(unsupported) is { } member) notes.Refuse(member.At, $"'{unsupported}' is not supported");
            tools.Add(document.ToolOf(step));
        }

        if (steps is not [var (id, node)] || tools is not [{ } tool]) return null;
        var connections = new Dictionary<string, CwlConnection>();
        foreach (var (name, connection) in notes.Entries(node.Member("in"), "id"))
            connections[name] = ReadConnection(connection);
        return new(id, node, tool, connections);
    }

    private CwlConnection ReadConnection(CwlNode node)
    {
        foreach (var unsupported in (string[])["valueFrom", "linkMerge", "pickValue", "loadContents"])
            if (node.Member(unsupported) is { IsEmpty: false } member) notes.Refuse(member.At, $"'{unsupported}' of a step's input is not supported");
        var source = node.IsObject ? node.Member("source") : node;
        var sources = source?.OneOrMore.ToList() ?? [];
        if (sources.Count > 1) notes.Refuse(source!.Value.At, "several sources of one input are not supported");
        if (sources.Exists(one => one.Text is null)) notes.Refuse(source!.Value.At, "must be the name of a workflow's input");
        return new(
            sources is [{ Text: { } name } only] ? (CwlNode.NameOf(name), only.At) : null,
            node.IsObject ? node.Member("default") : null);
    }

    private Dictionary<string, CwlSource> ReadInputs(CwlNode root, CwlNode tool, CwlStep? step, out JsonObject description)
    {
        description = [];
        var sources = new Dictionary<string, CwlSource>();
        var declared = ReadParameters(tool);
        var ofProcess = step is null ? declared : ReadParameters(root);
        var consumers = (step?.Connections ?? []).ToLookup(connection => connection.Value.Source?.Name, connection => connection.Key);
        foreach (var (name, parameter) in ofProcess)
        {
            // What the tool falls back on when the process is given nothing.
            var consumer = consumers[name].FirstOrDefault();
            var standard = parameter.Default
                ?? (consumer is null ? null : step!.Connections[consumer].Default ?? declared.GetValueOrDefault(consumer)?.Default);
            description[name] = DescribeInput(parameter, standard);
            _places.Note($"/processDescription/inputs/{JsonPointer.Escape(name)}", parameter.Node.At);
        }

        foreach (var (name, parameter) in declared)
        {
            var connection = step?.Connections.GetValueOrDefault(name);
            if (connection?.Source is { } source && !ofProcess.ContainsKey(source.Name))
                notes.Refuse(source.At, $"the workflow has no input '{source.Name}'");
            var input = step is null ? name : connection?.Source?.Name;
            var constant = input is null ? connection?.Default ?? parameter.Default : null;
            if (input is null && constant is null && !parameter.Type.IsOptional && parameter.Type.Kind != CwlKind.Refused)
                notes.Refuse(parameter.Node.At, $"the workflow gives the tool's required input '{name}' nothing");
            if (constant is { IsObject: true } file)
                notes.Refuse(file.At, "a file that is not an input of the workflow is not supported");
            sources[name] = new(parameter.Type, input, constant?.Json);
        }

        foreach (var unknown in (step?.Connections ?? []).Keys.Except(declared.Keys))
            notes.Refuse($"{step!.Node.At}/in", $"the tool has no input '{unknown}'");
        return sources;
    }

    private Dictionary<string, CwlParameter> ReadParameters(CwlNode node)
    {
        var parameters = new Dictionary<string, CwlParameter>();
        foreach (var (name, entry) in notes.Entries(node.Member("inputs"), "id"))
        {
            // An object with 'type' describes the parameter; a name or list is its type.
            var type = entry.IsObject ? entry.Member("type") : entry;
            if (type is null) notes.Refuse(entry.At, "needs 'type'");
            if (entry.Member("secondaryFiles") is { IsEmpty: false } secondary)
                notes.Refuse(secondary.At, "'secondaryFiles' is not supported; declare each file as an input");
            parameters[name] = new(
                entry, type is null ? new(CwlKind.Refused) : CwlType.Read(type.Value, notes), entry.IsObject ? entry.Member("default") : null);
        }

        return parameters;
    }

    private JsonObject DescribeInput(CwlParameter parameter, CwlNode? standard)
    {
        var (node, type, _) = parameter;
        if (type.Kind is CwlKind.Stdout or CwlKind.Stderr) notes.Refuse(node.At, "is no type of an input");
        if (type.Kind == CwlKind.Stdin) type = new(CwlKind.File);
        var schema = type.Schema(_formats.Read(node.Member("format"), notes), UnknownInput);
        var input = new JsonObject();
        WriteTexts(node, input);
        input["schema"] = schema;
        if (standard is { } value) schema["default"] = DefaultOf(value, type);
        if (type.IsOptional || standard is not null) input["minOccurs"] = 0;
        if (type.IsSeveralFiles) input["maxOccurs"] = "unbounded";
        return input;
    }

    /// <remarks>A file is given by its content: the server has nothing that a path could lead to.</remarks>
    private JsonNode? DefaultOf(CwlNode value, CwlType type)
    {
        if (!type.IsFiles && !(value.IsObject && value.TextOf("class") is "File" or "Directory")) return JsonNode.Parse(value.Json.GetRawText());
        if (value.TextOf("class") == "File" && value.TextOf("contents") is { } contents) return JsonValue.Create(contents);
        notes.Refuse(value.At, "a file as default must give its 'contents'");
        return null;
    }

    private void WriteStreams(CwlNode tool, JsonObject unit, Dictionary<string, CwlSource> inputs, CwlReferences references)
    {
        foreach (var stream in (string[])["stdin", "stdout", "stderr"])
        {
            if (tool.Member(stream) is not { } node || references.Translate(node) is not { } value) continue;
            if (value.Text is { } text) unit[stream] = text;
            _places.Note($"/executionUnit/{stream}", node.At);
        }

        foreach (var (name, source) in inputs.Where(input => input.Value.Type.Kind == CwlKind.Stdin))
        {
            if (unit.ContainsKey("stdin")) notes.Refuse(tool.At, $"has both 'stdin' and the input '{name}' of that type");
            else if (source.ProcessInput is { } input) unit["stdin"] = $"$(inputs.{input})";
        }
    }

    private void CheckExitCodes(CwlNode tool)
    {
        if (tool.Member("successCodes") is { } codes && codes.Items.Any(code => !(code.Json.ValueKind == JsonValueKind.Number && code.Json.GetDouble() == 0)))
            notes.Refuse(codes.At, "only exit code 0 is a success here");
    }

    private JsonObject WriteOutputs(CwlNode root, CwlStep? step, Dictionary<string, CwlOutput> ofTool, JsonObject unit)
    {
        var (description, bindings) = (new JsonObject(), new JsonObject());
        unit["bindings"] = new JsonObject { ["outputBindings"] = bindings };
        if (step is null)
        {
            foreach (var (name, output) in ofTool) Add(name, output, output.Node);
            return description;
        }

        foreach (var (name, node) in notes.Entries(root.Member("outputs"), "id"))
        {
            var sources = node.Member("outputSource")?.OneOrMore.ToList() ?? [];
            if (sources is not [{ Text: { } source } only])
            {
                notes.Refuse(node.At, "needs 'outputSource', one output of the step");
                continue;
            }

            foreach (var unsupported in (string[])["linkMerge", "pickValue"])
                if (node.Member(unsupported) is { } member) notes.Refuse(member.At, $"'{unsupported}' is not supported");
            if (ofTool.TryGetValue(CwlNode.NameOf(source), out var output)) Add(name, output, node);
            else notes.Refuse(only.At, $"step '{step.Id}' has no output '{CwlNode.NameOf(source)}'");
        }

        return description;

        void Add(string name, CwlOutput output, CwlNode node)
        {
            var described = new JsonObject();
            WriteTexts(node, described);
            described["schema"] = output.Type.Schema(output.MediaTypes, UnknownOutput);
            // A list of no file is a list to CWL.
            if (output.Type.IsOptional || output.Type.IsSeveralFiles) described["minOccurs"] = 0;
            description[name] = described;
            bindings[name] = new JsonObject { ["glob"] = new JsonArray([.. output.Globs.Select(glob => JsonValue.Create(glob))]) };
            _places.Note($"/processDescription/outputs/{JsonPointer.Escape(name)}", node.At);
            _places.Note($"/executionUnit/bindings/outputBindings/{JsonPointer.Escape(name)}", node.At);
        }
    }

    /// <summary>An input as it is declared.</summary>
    private sealed record CwlParameter(CwlNode Node, CwlType Type, CwlNode? Default);

    /// <summary>The one step of a workflow.</summary>
    private sealed record CwlStep(string Id, CwlNode Node, CwlNode Tool, Dictionary<string, CwlConnection> Connections);

    /// <summary>What a step gives to an input of its tool.</summary>
    private sealed record CwlConnection((string Name, string At)? Source, CwlNode? Default);
}
