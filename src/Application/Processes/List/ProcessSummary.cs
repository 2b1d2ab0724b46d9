using System.Text.Json;
using System.Text.Json.Serialization;
using OgcProcesses.Application.Common.Links;

namespace OgcProcesses.Application.Processes.List;

/// <summary>A process in brief.</summary>
/// <remarks>Part 1, processSummary.yaml; <see cref="Mutable"/> is Part 2's, staticIndicator.yaml.</remarks>
public record ProcessSummary
{
    /// <summary>The process's identifier.</summary>
    public required string Id { get; init; }

    /// <summary>A name for people.</summary>
    public string? Title { get; init; }

    /// <summary>What it does.</summary>
    public string? Description { get; init; }

    /// <summary>The author's version of it.</summary>
    public required string Version { get; init; }

    /// <summary>Words to find it by.</summary>
    public JsonElement? Keywords { get; init; }

    /// <summary>More about it.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>More about it, by name.</summary>
    public JsonElement? AdditionalParameters { get; init; }

    /// <summary>How it may be executed: sync-execute, async-execute, dismiss.</summary>
    public required IReadOnlyList<string> JobControlOptions { get; init; }

    /// <summary>How outputs may be given: value, reference.</summary>
    public required IReadOnlyList<string> OutputTransmission { get; init; }

    /// <summary>Whether it may be replaced and undeployed.</summary>
    [JsonPropertyName("mutable")]
    public required bool Mutable { get; init; }

    /// <summary>Where to go from here.</summary>
    public required IReadOnlyList<Link> Links { get; init; }

    /// <summary>The revision it shows, from which its entity tag is made.</summary>
    [JsonIgnore]
    public Guid Revision { get; init; }

    /// <summary>In the answer to a deployment or replacement: what in the package's schemas is kept and given back, but not enforced.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }
}

/// <summary>A list of processes.</summary>
/// <remarks>Part 1, processList.yaml.</remarks>
/// <param name="Processes">The processes.</param>
/// <param name="Links">This page and its neighbours.</param>
public sealed record ProcessList(IReadOnlyList<ProcessSummary> Processes, IReadOnlyList<Link> Links);
