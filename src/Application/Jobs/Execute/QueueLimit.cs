using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Execute;

/// <summary>Refuses jobs where too many wait already: of one caller, or in all.</summary>
/// <remarks>Jobs that are accepted at the same moment don't see each other: there may be a few more than the limit says, never many.</remarks>
internal static class QueueLimit
{
    /// <summary>Long enough for some jobs to end, short enough for a script that waits.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(10);

    /// <summary>Makes sure that a caller may add a job to those that wait.</summary>
    /// <exception cref="OgcException">Too many wait.</exception>
    public static async Task EnsureRoomAsync(this IJobStore jobs, string owner, RunnerOptions limits, CancellationToken cancellationToken)
    {
        var waiting = new JobFilter(Statuses: [JobStatus.Accepted]);
        // Who has too many is looked for only when all together are too many for one.
        var all = await jobs.CountAsync(waiting, limits.MaxQueuedJobs, cancellationToken);
        if (all >= limits.MaxQueuedJobs)
            throw TooMany($"{all} jobs are waiting, which is the most that this server takes (Runner:MaxQueuedJobs).");
        if (all < limits.MaxQueuedJobsPerCaller) return;
        var own = await jobs.CountAsync(waiting with { Owner = owner }, limits.MaxQueuedJobsPerCaller, cancellationToken);
        if (own >= limits.MaxQueuedJobsPerCaller)
            throw TooMany($"{own} of your jobs are waiting, which is the most for one caller (Runner:MaxQueuedJobsPerCaller).");
    }

    private static OgcException TooMany(string detail) => new(OgcError.TooManyJobs, detail) { RetryAfter = Later };
}
