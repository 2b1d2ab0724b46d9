using Microsoft.Extensions.Logging;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Removes files that no job leads to any more.</summary>
/// <remarks>
/// A job's row is changed first, and what that makes useless is removed afterwards: so no row promises what is not there. A crash
/// in between leaves the files of a dismissed job, or outputs of one that failed without any. Files of jobs that the database
/// does not know are left alone: they may be all that is left after an older database was restored.
/// </remarks>
public sealed partial class FileSweep(IJobStore jobs, IOutputStore outputs, ILogStore logs, ILogger<FileSweep> logger)
{
    private const int JobsAtOnce = 500;

    /// <summary>Looks at all files once.</summary>
    public async Task SweepAsync(CancellationToken stopping)
    {
        await foreach (var some in outputs.ListJobsAsync(stopping).Chunk(JobsAtOnce).WithCancellation(stopping))
            await DeleteAsync(some, [JobStatus.Failed, JobStatus.Dismissed], id => outputs.DeleteAsync(id, stopping), stopping);
        foreach (var some in logs.ListJobs().Chunk(JobsAtOnce))
            await DeleteAsync(some, [JobStatus.Dismissed], DeleteLog, stopping);
    }

    private Task DeleteLog(JobId id)
    {
        logs.Delete(id);
        return Task.CompletedTask;
    }

    private async Task DeleteAsync(JobId[] some, JobStatus[] statuses, Func<JobId, Task> delete, CancellationToken stopping)
    {
        foreach (var id in await jobs.ListWithoutOutputsAsync(some, statuses, stopping))
        {
            try
            {
                await delete(id);
                LogRemoved(id);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                LogNotRemoved(id, refused.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Removed files of job {JobId} that a crash had left")]
    private partial void LogRemoved(JobId jobId);

    [LoggerMessage(LogLevel.Warning, "Files of job {JobId} could not be removed: {Reason}")]
    private partial void LogNotRemoved(JobId jobId, string reason);
}
