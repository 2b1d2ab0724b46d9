using System.Text.Json.Serialization;
using OgcProcesses.Application.Common.Links;

namespace OgcProcesses.Application.Processes.Statistics;

/// <summary>How many jobs a process has had, and what they used; ours.</summary>
/// <remarks>Measures are of successful jobs, the newest <see cref="JobSample.Most"/> at most; <see cref="Sample"/> tells how many.</remarks>
public sealed record ProcessStatistics
{
    /// <summary>The process.</summary>
    [JsonPropertyName("processID")]
    public required string ProcessId { get; init; }

    /// <summary>When the jobs were created, as the request asked; not there for all times.</summary>
    public string? Datetime { get; init; }

    /// <summary>How many jobs there are, by status.</summary>
    public required JobCounts Jobs { get; init; }

    /// <summary>The jobs that were measured.</summary>
    public required JobSample Sample { get; init; }

    /// <summary>From acceptance to start.</summary>
    public Spread? QueueSeconds { get; init; }

    /// <summary>From start to end.</summary>
    public Spread? WallSeconds { get; init; }

    /// <summary>Time of the programs on all cores together.</summary>
    public Spread? CpuSeconds { get; init; }

    /// <summary>Most memory of the programs at once.</summary>
    public Spread? PeakMemoryBytes { get; init; }

    /// <summary>Size of what the programs were given.</summary>
    public Spread? BytesIn { get; init; }

    /// <summary>Size of the outputs.</summary>
    public Spread? BytesOut { get; init; }

    /// <summary>This document, its process and its jobs.</summary>
    public required IReadOnlyList<Link> Links { get; init; }
}

/// <summary>Numbers of jobs.</summary>
/// <param name="Accepted">Those that wait.</param>
/// <param name="Running">Those that run.</param>
/// <param name="Successful">Those that ended well.</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="Dismissed">Those that were dismissed.</param>
/// <param name="CountedUpTo">How far each was counted: a number that is this stands for as many or more.</param>
public sealed record JobCounts(int Accepted, int Running, int Successful, int Failed, int Dismissed, int CountedUpTo);

/// <summary>The jobs that were measured: successful ones, the newest.</summary>
/// <param name="Jobs">How many they are.</param>
/// <param name="Most">How many are measured at most.</param>
/// <param name="From">When the oldest of them was created.</param>
/// <param name="To">When the newest of them was created.</param>
public sealed record JobSample(int Jobs, int Most, DateTimeOffset? From, DateTimeOffset? To);

/// <summary>How a measure is spread over the jobs.</summary>
/// <param name="Jobs">How many jobs have it: not every program is seen before its end.</param>
/// <param name="Min">The least.</param>
/// <param name="Median">The one in the middle; of an even number of jobs, the mean of the two there.</param>
/// <param name="Max">The most.</param>
public sealed record Spread(int Jobs, double Min, double Median, double Max)
{
    /// <summary>The spread of values, of which some may be missing; null when all are.</summary>
    internal static Spread? Of(IEnumerable<double?> values)
    {
        var sorted = values.OfType<double>().Order().ToList();
        return sorted.Count == 0 ? null : new(
            sorted.Count, sorted[0], Math.Round((sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2, 3), sorted[^1]);
    }
}
