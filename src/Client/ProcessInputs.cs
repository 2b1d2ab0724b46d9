using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OgcProcesses.Client;

/// <summary>The inputs of an execution by their identifiers, as <c>new() { ["redBand"] = 3, ["image"] = ProcessInput.Link(…) }</c>.</summary>
public sealed class ProcessInputs : IEnumerable<KeyValuePair<string, ProcessInput>>
{
    private readonly Dictionary<string, ProcessInput> _inputs = [];

    /// <summary>The input of an identifier.</summary>
    public ProcessInput this[string id]
    {
        get => _inputs[id];
        set => _inputs[id] = value;
    }

    /// <summary>The members of an object, or the entries of a dictionary, as inputs: <c>new { image = ProcessInput.Link(…), redBand = 3 }</c>.</summary>
    [RequiresUnreferencedCode("Reads the members of any type. Programs that are trimmed use ProcessInputs and its indexer.")]
    [RequiresDynamicCode("Writes any type as JSON. Programs that are compiled ahead of time use ProcessInputs and its indexer.")]
    public static ProcessInputs Of(object inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs is ProcessInputs known) return known;
        var all = new ProcessInputs();
        if (inputs is JsonObject json)
        {
            foreach (var (id, value) in json) all[id] = ProcessInput.Json(value);
            return all;
        }

        if (inputs is IDictionary map) foreach (DictionaryEntry entry in map) all[(string)entry.Key] = InputOf(entry.Value);
        else foreach (var member in inputs.GetType().GetProperties()) all[member.Name] = InputOf(member.GetValue(inputs));
        return all;
    }

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, ProcessInput>> GetEnumerator() => _inputs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    [RequiresUnreferencedCode("Reads the members of any type.")]
    [RequiresDynamicCode("Writes any type as JSON.")]
    private static ProcessInput InputOf(object? value) => value as ProcessInput ?? ProcessInput.Json(JsonSerializer.SerializeToNode(value, JsonSerializerOptions.Web));
}
