using System.Text.Json;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.WebApi.Html;

/// <summary>The part of a form that asks whether and how an output is wanted.</summary>
/// <remarks>Part 1, outputDescription.yaml and output.yaml.</remarks>
internal sealed class OutputField(int index, JsonProperty output)
{
    /// <summary>The identifier of its element in the page.</summary>
    public string Element => $"output-{index}";

    /// <summary>The output's identifier.</summary>
    public string Id => output.Name;

    /// <summary>The output as its author describes it.</summary>
    public JsonElement Description => output.Value;

    /// <summary>Its place in an execute request.</summary>
    public string Pointer => $"/outputs/{JsonPointer.Escape(Id)}";

    /// <summary>A name for people.</summary>
    public string Title => Text("title") ?? Id;

    /// <summary>What the author says about it.</summary>
    public string? About => Text("description");

    /// <summary>The media types to choose from.</summary>
    public IReadOnlyList<string> MediaTypes =>
        Description.ValueKind == JsonValueKind.Object && Description.TryGetProperty("schema", out var schema)
            ? [.. new ValueSchema(schema).MediaTypes.Distinct()] : [];

    private string? Text(string name) =>
        Description.ValueKind == JsonValueKind.Object && Description.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString() : null;
}
