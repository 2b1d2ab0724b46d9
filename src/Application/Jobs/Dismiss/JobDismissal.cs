using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Dismiss;

/// <summary>Dismisses a job with all that this takes: its container is stopped, its results and its log are removed.</summary>
internal sealed class JobDismissal(IJobStore jobs, IOutputStore outputs, ILogStore logs, JobDispatcher dispatcher, TimeProvider clock)
{
    /// <summary>Dismisses a job and completes once its container is gone.</summary>
    /// <param name="id">The job.</param>
    /// <param name="mayGo">Looks once more whether the job, as it is now, is to be dismissed.</param>
    /// <param name="cancellationToken">Ends the recording of the wish, not what follows from it.</param>
    /// <returns>The job as it then is; null when there is none.</returns>
    /// <exception cref="IllegalTransitionException">It was dismissed before.</exception>
    public async Task<Job?> DismissAsync(JobId id, Func<Job, bool> mayGo, CancellationToken cancellationToken)
    {
        Job? job;
        try
        {
            job = await jobs.UpdateAsync(
                id,
                current =>
                {
                    if (mayGo(current)) current.Dismiss(clock.GetUtcNow());
                },
                cancellationToken);
        }
        catch (IllegalTransitionException)
        {
            // A crash may have come between the wish and its end.
            await RemoveFilesAsync(id);
            throw;
        }

        if (job is not { Status: JobStatus.Dismissed }) return job;
        // The wish is recorded and has to be done, whether or not the client stays to hear of it.
        await dispatcher.StopAsync(id, CancellationToken.None);
        await RemoveFilesAsync(id);
        return job;
    }

    private async Task RemoveFilesAsync(JobId id)
    {
        await outputs.DeleteAsync(id, CancellationToken.None);
        logs.Delete(id);
    }
}
