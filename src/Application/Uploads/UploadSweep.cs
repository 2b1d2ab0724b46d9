using Microsoft.Extensions.Logging;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Uploads;

namespace OgcProcesses.Application.Uploads;

/// <summary>Removes uploads that have expired, but for those that jobs still wait for.</summary>
public sealed partial class UploadSweep(IUploadStore store, IJobStore jobs, TimeProvider clock, ILogger<UploadSweep> logger)
{
    /// <summary>How long the bytes outlive the upload: so a job whose request came a moment before is in the database when it is looked for.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private const int JobsAtOnce = 500;

    /// <summary>Removes all that may be removed by now.</summary>
    public async Task SweepAsync(CancellationToken stopping)
    {
        foreach (var upload in store.ListExpired(clock.GetUtcNow() - Grace))
        {
            try
            {
                if (!await IsHeldAsync(upload, stopping)) store.Delete(upload);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                LogNotRemoved(upload.Id, refused.Message);
            }
        }
    }

    /// <summary>Whether a job that has not ended was accepted with an upload.</summary>
    internal async Task<bool> IsHeldAsync(Upload upload, CancellationToken cancellationToken)
    {
        foreach (var some in store.JobsOf(upload).Chunk(JobsAtOnce))
            if ((await jobs.ListWithoutOutputsAsync(some, [JobStatus.Accepted, JobStatus.Running], cancellationToken)).Count > 0) return true;
        return false;
    }

    [LoggerMessage(LogLevel.Warning, "The expired upload {UploadId} could not be removed; this is tried again: {Reason}")]
    private partial void LogNotRemoved(string uploadId, string reason);
}
