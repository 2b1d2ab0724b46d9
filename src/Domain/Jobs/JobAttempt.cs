namespace OgcProcesses.Domain.Jobs;

/// <summary>One try to run a job.</summary>
/// <param name="Number">Counts the tries, from 1.</param>
/// <param name="Node">The node that made it, or took it over last.</param>
/// <param name="Status">Running, or how it ended: successful, failed or dismissed.</param>
/// <param name="Started">When it began.</param>
/// <param name="Finished">When it ended; null until then.</param>
/// <param name="Failure">Why it failed, without what the program wrote, which is in the log; null when it did not.</param>
public sealed record JobAttempt(
    int Number, string Node, JobStatus Status, DateTimeOffset Started, DateTimeOffset? Finished = null, JobFailure? Failure = null)
{
    /// <summary>SHA-256 of the files its program was given, by their paths, lower-case hexadecimal; null before they were staged.</summary>
    public IReadOnlyDictionary<string, string>? Files { get; init; }

    /// <summary>Longest reason that is kept; that of the job itself is kept whole.</summary>
    private const int LongestReason = 1_000;

    /// <summary>The try as it ended.</summary>
    internal JobAttempt End(JobStatus status, DateTimeOffset at, JobFailure? why) => this with
    {
        Status = status,
        Finished = at,
        Failure = why is null ? null : why with { StandardError = null, Reason = Clip(why.Reason) },
    };

    private static string Clip(string reason) => reason.Length <= LongestReason ? reason : reason[..LongestReason] + "…";
}
