using System.Text.Json;
using System.Text.Json.Nodes;

namespace OgcProcesses.Application.Processes.Cwl;

/// <summary>Puts a tool's <c>arguments</c> and <c>inputBinding</c>s in order.</summary>
/// <remarks>CWL, "Input binding": by position; at the same position the arguments by their order, then the inputs by name.</remarks>
internal sealed class CwlCommandLine(CwlNode tool, Dictionary<string, CwlSource> inputs, CwlReferences references, CwlNotes notes)
{
    private readonly List<(int Position, int Index, string Name, JsonNode Argument, string At)> _arguments = [];

    /// <summary>Writes <c>command</c> and <c>arguments</c> of an execution unit.</summary>
    public void Write(JsonObject unit, CwlPlaces places)
    {
        if (tool.Member("baseCommand") is { IsEmpty: false } command)
        {
            if (command.OneOrMore.Any(part => part.Text is null)) notes.Refuse(command.At, "must be a string or a list of strings");
            else unit["command"] = new JsonArray([.. command.OneOrMore.Select(part => JsonValue.Create(part.Text))]);
            places.Note("/executionUnit/command", command.At);
        }

        if (tool.Member("arguments") is { } arguments)
        {
            if (!arguments.IsArray) notes.Refuse(arguments.At, "must be a list");
            foreach (var (index, argument) in arguments.Items.Index()) AddArgument(argument, index);
        }

        foreach (var (name, node) in notes.Entries(tool.Member("inputs"), "id"))
            if (inputs.TryGetValue(name, out var source)) AddInput(name, node, source);

        var sorted = _arguments.OrderBy(argument => argument.Position).ThenBy(argument => argument.Index).ThenBy(argument => argument.Name, StringComparer.Ordinal).ToList();
        unit["arguments"] = new JsonArray([.. sorted.Select(argument => argument.Argument)]);
        foreach (var (index, argument) in sorted.Index()) places.Note($"/executionUnit/arguments/{index}", argument.At);
    }

    private void AddArgument(CwlNode node, int index)
    {
        if (!node.IsObject)
        {
            if (references.Translate(node) is { } text) Add(0, index, "", Argument(text, null, null), node.At);
            return;
        }

        if (node.Member("valueFrom") is not { } valueFrom)
        {
            notes.Refuse(node.At, "needs 'valueFrom'");
            return;
        }

        var position = Position(node);
        if (references.Translate(valueFrom) is { } value) Add(position, index, "", Argument(value, node, null), node.At);
    }

    private void AddInput(string name, CwlNode node, CwlSource source)
    {
        var type = source.Type;
        var own = node.IsObject ? node.Member("inputBinding") : null;
        var ofType = type.Binding;
        if (own is { IsObject: false } wrong)
        {
            notes.Refuse(wrong.At, "must be an object");
            return;
        }

        if (type.Kind != CwlKind.Array && ofType is not null)
        {
            if (own is not null) notes.Refuse(ofType.Value.At, "the parameter has a binding, too; one is supported");
            (own, ofType) = (own ?? ofType, null);
        }

        if ((own ?? ofType) is not { } binding) return;
        var position = Position(binding);
        var items = ItemsOf(type);
        var value = own?.Member("valueFrom") is { } valueFrom ? references.Translate(valueFrom, self: name) : Whole(source);
        if (value is null) return;
        Add(position, int.MaxValue, name, Argument(value, own, items, source), node.At);
    }

    /// <summary>The value of an input as it is.</summary>
    private static CwlValue Whole(CwlSource source) => source switch
    {
        { ProcessInput: { } input } => CwlValue.Referring($"$(inputs.{input})"),
        { Constant: { ValueKind: JsonValueKind.String } text } => CwlValue.Plain(text.GetString()!),
        { Constant: { } constant } => CwlValue.Of(constant),
        _ => CwlValue.Absent,
    };

    /// <summary>How the items of an array become arguments; null for each as it is.</summary>
    private JsonNode? ItemsOf(CwlType type)
    {
        if (type is not { Kind: CwlKind.Array, Items: { } item }) return null;
        var inner = ItemsOf(item);
        if (type.Binding is not { } binding) return inner is null ? null : Argument(null, null, inner);
        var value = binding.Member("valueFrom") is { } valueFrom ? references.Translate(valueFrom, selfIsItem: item) : null;
        return Argument(value, binding, inner);
    }

    private JsonNode Argument(CwlValue? value, CwlNode? binding, JsonNode? items, CwlSource? source = null)
    {
        if (binding?.Member("shellQuote") is { Json.ValueKind: JsonValueKind.False } shell)
            notes.Refuse(shell.At, "false is not supported: no shell reads the command line");
        var argument = new JsonObject();
        JsonNode? given = value switch
        {
            { Text: { } text } => JsonValue.Create(text),
            { Value: { } constant } => JsonNode.Parse(constant.GetRawText()),
            // Nothing, as false is.
            not null => JsonValue.Create(false),
            null => null,
        };
        if (given is not null) argument["value"] = given;
        foreach (var name in (string[])["prefix", "itemSeparator"])
        {
            if (binding?.Member(name) is not { } member) continue;
            if (member.Text is { } text) argument[name] = text;
            else notes.Refuse(member.At, "must be a string");
        }

        if (binding?.Member("separate") is { } separate)
        {
            if (separate.Json.ValueKind == JsonValueKind.False && binding.Value.Member("prefix") is null) notes.Refuse(separate.At, "false needs a 'prefix'");
            else if (separate.Json.ValueKind == JsonValueKind.False) argument["separate"] = false;
            else if (separate.Json.ValueKind != JsonValueKind.True) notes.Refuse(separate.At, "must be true or false");
        }

        if (items is not null) argument["items"] = items;
        // Nothing stands for an input that is not given, also where valueFrom does not mention it.
        if (source is { ProcessInput: { } input } && value?.Text != $"$(inputs.{input})") argument["ifGiven"] = input;
        if (source is { ProcessInput: null, Constant: null }) argument["value"] = false;
        return argument.Count == 1 && given?.GetValueKind() == JsonValueKind.String ? given.DeepClone() : argument;
    }

    private int Position(CwlNode binding)
    {
        if (binding.Member("position") is not { } position) return 0;
        if (position.Json.ValueKind == JsonValueKind.Number && position.Json.TryGetInt32(out var number)) return number;
        notes.Refuse(position.At, "must be an integer; expressions are not supported here");
        return 0;
    }

    private void Add(int position, int index, string name, JsonNode argument, string at) => _arguments.Add((position, index, name, argument, at));
}
