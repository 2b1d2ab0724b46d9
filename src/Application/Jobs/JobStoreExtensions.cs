using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs;

/// <summary>What use cases ask of a job before they go on.</summary>
internal static class JobStoreExtensions
{
    /// <summary>The job, which must exist.</summary>
    /// <remarks>/req/core/job-exception-no-such-job</remarks>
    public static async Task<Job> GetAsync(this IJobStore jobs, JobId id, CancellationToken cancellationToken) =>
        await jobs.FindAsync(id, cancellationToken) ?? throw NoSuchJob(id);

    /// <summary>The error for a job that does not exist.</summary>
    public static OgcException NoSuchJob(JobId id) => new(OgcError.NoSuchJob, $"There is no job '{id}'.");
}
