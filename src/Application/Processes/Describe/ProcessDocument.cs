using System.Text.Json;
using System.Text.Json.Serialization;
using OgcProcesses.Application.Processes.List;

namespace OgcProcesses.Application.Processes.Describe;

/// <summary>A process in full: what it takes and gives.</summary>
/// <remarks>Part 1, process.yaml. Members that nobody here knows are given back as deployed.</remarks>
public sealed record ProcessDocument : ProcessSummary
{
    /// <summary>Its inputs by identifier.</summary>
    [JsonPropertyOrder(1)]
    public required JsonElement Inputs { get; init; }

    /// <summary>Its outputs by identifier.</summary>
    [JsonPropertyOrder(1)]
    public required JsonElement Outputs { get; init; }

    /// <summary>Whether its image can run at once; ours.</summary>
    [JsonPropertyOrder(1)]
    public required ImageState Image { get; init; }

    /// <summary>Every other member the author wrote.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; init; }
}

/// <summary>Whether the image of a process can run at once.</summary>
/// <param name="Reference">The image as the execution unit names it.</param>
/// <param name="Status">unknown, pulling, present or unavailable.</param>
/// <param name="Message">The state of a pull, or why there is no image.</param>
public sealed record ImageState(string Reference, string Status, string? Message);
