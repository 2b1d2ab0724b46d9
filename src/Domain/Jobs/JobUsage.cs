namespace OgcProcesses.Domain.Jobs;

/// <summary>What the last attempt of a job used; null where it was never seen.</summary>
/// <remarks>
/// The program is looked at while it runs, and what it does after the last look is missing: <see cref="CpuTime"/> and
/// <see cref="PeakMemory"/> are what it used at least.
/// </remarks>
/// <param name="CpuTime">Time on all cores together, in user and kernel.</param>
/// <param name="PeakMemory">Most memory at once, in bytes, cached files included.</param>
/// <param name="BytesIn">Size of what the program was given: values and files.</param>
/// <param name="BytesOut">Size of the outputs that were stored: values and files.</param>
public sealed record JobUsage(TimeSpan? CpuTime = null, long? PeakMemory = null, long? BytesIn = null, long? BytesOut = null)
{
    /// <summary>Nothing seen.</summary>
    public static readonly JobUsage None = new();

    /// <summary>This and what was seen besides. Nothing here ever shrinks, so the larger value is the later one.</summary>
    public JobUsage With(JobUsage seen) => new(
        Larger(CpuTime, seen.CpuTime), Larger(PeakMemory, seen.PeakMemory), Larger(BytesIn, seen.BytesIn), Larger(BytesOut, seen.BytesOut));

    private static T? Larger<T>(T? one, T? other)
        where T : struct, IComparable<T> =>
        one is { } mine && other is { } its ? (mine.CompareTo(its) >= 0 ? mine : its) : one ?? other;
}
