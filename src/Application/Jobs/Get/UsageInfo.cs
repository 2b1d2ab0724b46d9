using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Get;

/// <summary>What a job used; ours. Of several attempts the last one counts, but for the times since its acceptance and start.</summary>
/// <param name="QueueSeconds">From its acceptance to its start.</param>
/// <param name="WallSeconds">From its start to its end: staging, every attempt, collecting; not there before the end.</param>
/// <param name="CpuSeconds">
/// Time of the program on all cores together, at least: it is looked at while it runs, and what came after the last look is
/// missing. Not there where the program was over before the first look.
/// </param>
/// <param name="PeakMemoryBytes">Most memory of the program at once, at least: cached files and what the engine needs to start it included.</param>
/// <param name="BytesIn">Size of what the program was given: inputs.json and the files beside it.</param>
/// <param name="BytesOut">Size of the outputs that were stored; values as JSON.</param>
public sealed record UsageInfo(
    double QueueSeconds, double? WallSeconds, double? CpuSeconds, long? PeakMemoryBytes, long? BytesIn, long? BytesOut)
{
    /// <summary>What a job used; null before it has started.</summary>
    internal static UsageInfo? Of(Job job) => job.Started is not { } started ? null : new(
        Seconds(started - job.Created),
        job.Duration is { } duration ? Seconds(duration) : null,
        job.Usage.CpuTime is { } time ? Seconds(time) : null,
        job.Usage.PeakMemory,
        job.Usage.BytesIn,
        job.Usage.BytesOut);

    /// <summary>A span of time in seconds, to the millisecond.</summary>
    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);
}
