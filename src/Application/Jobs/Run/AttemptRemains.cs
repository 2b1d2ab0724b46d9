using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Removes what attempts leave behind, whatever ended them. What can't be removed now is left to the reconciler.</summary>
public sealed partial class AttemptRemains(
    IJobStore jobs,
    IContainerRunner runner,
    IWorkFolders folders,
    IOutputStore outputStore,
    ILogStore logs,
    IOptions<RunnerOptions> options,
    TimeProvider clock,
    ILogger<AttemptRemains> logger)
{
    /// <summary>Stops the container of an attempt, if there is one, and removes what only the attempt needed.</summary>
    public async Task StopAndRemoveAsync(JobId id, int attempt, bool isLast = true)
    {
        try
        {
            var container = await runner.FindAsync(id, attempt, CancellationToken.None);
            if (container is { State: not ContainerState.Created }) await runner.StopAsync(container, options.Value.StopGrace, CancellationToken.None);
            await RemoveAsync(id, container, isLast ? null : attempt);
        }
        catch (EngineException failure)
        {
            // The reconciler removes what is left.
            LogNotCleanedUp(id, failure.Message);
        }
    }

    /// <summary>Removes what attempts of a job needed: a container, and the work folders of all of them or of one.</summary>
    public async Task RemoveAsync(JobId id, JobContainer? container, int? onlyAttempt = null)
    {
        try
        {
            if (container is not null) await runner.RemoveAsync(container, CancellationToken.None);
            if (onlyAttempt is { } attempt) folders.Delete(id, attempt);
            else folders.Delete(id);
        }
        catch (Exception failure)
        {
            // The job has ended, and nothing here may change how. The reconciler removes what is left.
            LogNotCleanedUp(id, failure.Message);
        }
    }

    /// <summary>Removes every trace of a dismissed job; touches nothing of one that another node has taken over or ended.</summary>
    public async Task RemoveIfDismissedAsync(JobId id)
    {
        if (await jobs.FindAsync(id, CancellationToken.None) is not { Status: JobStatus.Dismissed } job) return;
        await StopAndRemoveAsync(id, job.Attempt);
        await outputStore.DeleteAsync(id, CancellationToken.None);
        logs.Delete(id);
    }

    /// <summary>Puts a job back among those that wait whose program was not started here: any node begins it then, and no attempt is lost.</summary>
    public async Task GiveBackAsync(JobId id, Claim claim)
    {
        try
        {
            // What could not be removed from the engine is left to the reconciler.
            if (await runner.FindAsync(id, claim.Attempt, CancellationToken.None) is not null) return;
            folders.Delete(id, claim.Attempt);
            await jobs.UpdateAsync(id, job => job.GiveBack(claim, clock.GetUtcNow()), CancellationToken.None);
            LogGivenBack(id);
        }
        catch (Exception failure)
        {
            // Taken over, or its lease ends by itself.
            LogNotGivenBack(id, failure.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What job {JobId} left could not be removed yet: {Reason}")]
    private partial void LogNotCleanedUp(JobId jobId, string reason);

    [LoggerMessage(LogLevel.Information, "This node gives back job {JobId}, whose program has not started")]
    private partial void LogGivenBack(JobId jobId);

    [LoggerMessage(LogLevel.Warning, "Job {JobId} could not be given back: {Reason}")]
    private partial void LogNotGivenBack(JobId jobId, string reason);
}
