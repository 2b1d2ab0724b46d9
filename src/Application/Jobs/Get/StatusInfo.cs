using System.Text.Json.Serialization;
using OgcProcesses.Application.Common.Links;

namespace OgcProcesses.Application.Jobs.Get;

/// <summary>Where a job stands.</summary>
/// <remarks>Part 1, statusInfo.yaml, with the members of both editions: <c>jobID</c> and <c>id</c>, <c>type</c> and <c>processingEntityType</c>.</remarks>
public sealed record StatusInfo
{
    /// <summary>The process that is executed.</summary>
    [JsonPropertyName("processID")]
    public required string ProcessId { get; init; }

    /// <summary>Always "process".</summary>
    public string Type { get; } = "process";

    /// <summary>The job, as 1.0 names it.</summary>
    [JsonPropertyName("jobID")]
    public required string JobId { get; init; }

    /// <summary>The job, as 2.0 names it.</summary>
    public string Id => JobId;

    /// <summary>2.0: always "ogc-api-processes".</summary>
    public string ProcessingEntityType { get; } = "ogc-api-processes";

    /// <summary>accepted, running, successful, failed or dismissed.</summary>
    public required string Status { get; init; }

    /// <summary>What it does, waits for, or why it ended.</summary>
    public string? Message { get; init; }

    /// <summary>Why it failed.</summary>
    public ExceptionInfo? Exception { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it began to use resources.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>When anything of this last changed.</summary>
    public required DateTimeOffset Updated { get; init; }

    /// <summary>Percentage done, 0 to 100.</summary>
    public required int Progress { get; init; }

    /// <summary>Counts the tries; ours.</summary>
    public required int Attempt { get; init; }

    /// <summary>The tries, oldest first; ours.</summary>
    public IReadOnlyList<JobAttemptInfo> Attempts { get; init; } = [];

    /// <summary>Digest of the image that the last attempt ran; ours.</summary>
    public string? ImageDigest { get; init; }

    /// <summary>The job whose results it was given instead of a run; ours.</summary>
    public string? ReusedFrom { get; init; }

    /// <summary>What it used; ours.</summary>
    public UsageInfo? Usage { get; init; }

    /// <summary>Whether it is kept, however long ago it ended; ours.</summary>
    public bool Pinned { get; init; }

    /// <summary>When it is removed with all that it gave; ours. Left out until its end, and where it is kept for ever.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Where to go from here.</summary>
    public IReadOnlyList<Link> Links { get; init; } = [];
}

/// <summary>One try to run a job; ours.</summary>
/// <param name="Number">Counts the tries, from 1.</param>
/// <param name="Node">The server node that made it.</param>
/// <param name="Status">running, or how it ended: successful, failed or dismissed.</param>
/// <param name="Started">When it began.</param>
/// <param name="Finished">When it ended.</param>
/// <param name="Exception">Why it failed.</param>
public sealed record JobAttemptInfo(int Number, string Node, string Status, DateTimeOffset Started, DateTimeOffset? Finished, ExceptionInfo? Exception);

/// <summary>Why a job failed.</summary>
/// <remarks>Part 1 2.0 draft, statusInfo.yaml, exception.</remarks>
/// <param name="Type">The kind of failure.</param>
/// <param name="Title">A short name of it.</param>
/// <param name="Detail">The cause, in a sentence.</param>
/// <param name="ExitCode">The program's exit code, where it ended by itself.</param>
/// <param name="Stderr">The last lines it wrote to stderr.</param>
/// <param name="Remedy">What to do about it, in a sentence or two; ours.</param>
public sealed record ExceptionInfo(string Type, string Title, string Detail, long? ExitCode, string? Stderr, string Remedy);
