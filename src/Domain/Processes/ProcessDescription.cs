using System.Text.Json;

namespace OgcProcesses.Domain.Processes;

/// <summary>What a process is, takes and gives: a typed view on the JSON that its author deployed.</summary>
/// <remarks>Part 1, process.yaml. The document keeps every member, also those that nobody here knows.</remarks>
public sealed class ProcessDescription
{
    private ProcessDescription(JsonElement document)
    {
        Document = document;
        Id = new(document.GetProperty("id").GetString()!);
        Version = Text("version") ?? "1.0.0";
        Title = Text("title");
        JobControlOptions = ReadJobControlOptions(document);
        Inputs = Members("inputs").ToDictionary(member => member.Name, InputDescription.Read, StringComparer.Ordinal);
        Outputs = Members("outputs").ToDictionary(member => member.Name, OutputDescription.Read, StringComparer.Ordinal);
    }

    /// <summary>The description as deployed.</summary>
    public JsonElement Document { get; }

    /// <summary>The identifier the author chose.</summary>
    public ProcessId Id { get; }

    /// <summary>The author's version of the process.</summary>
    public string Version { get; }

    /// <summary>A name for people.</summary>
    public string? Title { get; }

    /// <summary>How the process may be executed; both ways when the author does not say.</summary>
    public JobControlOptions JobControlOptions { get; }

    /// <summary>The inputs by identifier, in the author's order.</summary>
    public IReadOnlyDictionary<string, InputDescription> Inputs { get; }

    /// <summary>The outputs by identifier, in the author's order.</summary>
    public IReadOnlyDictionary<string, OutputDescription> Outputs { get; }

    /// <summary>Reads a description that has been found valid.</summary>
    public static ProcessDescription Read(JsonElement document) => new(document);

    private static JobControlOptions ReadJobControlOptions(JsonElement document)
    {
        if (!document.TryGetProperty("jobControlOptions", out var options)) return new(Sync: true, Async: true);
        var names = options.EnumerateArray().Select(option => option.GetString()).ToHashSet();
        return new(names.Contains("sync-execute"), names.Contains("async-execute"));
    }

    private string? Text(string member) =>
        Document.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private JsonElement.ObjectEnumerator Members(string member) =>
        Document.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : default;
}

/// <summary>One input of a process.</summary>
/// <remarks>Part 1, inputDescription.yaml.</remarks>
/// <param name="Schema">JSON Schema of one occurrence.</param>
/// <param name="MinOccurs">Fewest occurrences; 0 makes the input optional.</param>
/// <param name="MaxOccurs">Most occurrences; null for unbounded.</param>
public sealed record InputDescription(ValueSchema Schema, int MinOccurs, int? MaxOccurs)
{
    /// <summary>Whether values come as an array of occurrences.</summary>
    /// <remarks>/req/core/process-execute-input-array</remarks>
    public bool IsMultiple => MaxOccurs is null or > 1;

    /// <summary>Whether an execute request has to give it: it must occur, and has no default.</summary>
    public bool IsRequired => MinOccurs > 0 && Schema.Default is null;

    internal static InputDescription Read(JsonProperty member)
    {
        var unbounded = member.Value.TryGetProperty("maxOccurs", out var max) && max.ValueKind == JsonValueKind.String;
        return new(ValueSchema.Of(member), Whole(member, "minOccurs") ?? 1, unbounded ? null : Whole(member, "maxOccurs") ?? 1);
    }

    internal static int? Whole(JsonProperty member, string name) =>
        member.Value.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;
}

/// <summary>One output of a process.</summary>
/// <remarks>Part 1, outputDescription.yaml; <c>minOccurs</c> on an output is ours, for outputs a run need not give.</remarks>
/// <param name="Schema">JSON Schema of the output.</param>
/// <param name="IsRequired">Whether a job without it has failed.</param>
public sealed record OutputDescription(ValueSchema Schema, bool IsRequired)
{
    internal static OutputDescription Read(JsonProperty member) =>
        new(ValueSchema.Of(member), (InputDescription.Whole(member, "minOccurs") ?? 1) > 0);
}
