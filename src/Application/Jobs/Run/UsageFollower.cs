using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Follows what a program uses.</summary>
internal sealed class UsageFollower(IContainerRunner runner, IProgress<JobProgress> progress, TimeProvider clock)
{
    /// <summary>How often a running job's row is told, where nothing else is written on it: what a crash may lose, and what a client sees.</summary>
    private static readonly TimeSpan Telling = TimeSpan.FromSeconds(30);

    private static readonly JobProgress Unchanged = new(null, null);

    /// <summary>Follows a program to its end. What can't be measured is no reason to fail a job.</summary>
    public async Task FollowAsync(JobContainer container, Action<JobUsage> saw, CancellationToken cancellationToken)
    {
        var told = clock.GetTimestamp();
        try
        {
            await foreach (var seen in runner.FollowUsageAsync(container, cancellationToken))
            {
                saw(new(seen.CpuTime, seen.PeakMemory));
                if (clock.GetElapsedTime(told) < Telling) continue;
                progress.Report(Unchanged);
                told = clock.GetTimestamp();
            }
        }
        catch (Exception end) when (end is OperationCanceledException or EngineException)
        {
            // What was seen before stays.
        }
    }
}
