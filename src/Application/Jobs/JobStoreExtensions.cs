using System.Globalization;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs;

/// <summary>What use cases ask of a job before they go on.</summary>
internal static class JobStoreExtensions
{
    /// <summary>The job, which must exist.</summary>
    /// <remarks>/req/core/job-exception-no-such-job</remarks>
    public static async Task<Job> GetAsync(this IJobStore jobs, JobId id, CancellationToken cancellationToken) =>
        await jobs.FindAsync(id, cancellationToken) ?? throw await jobs.AbsenceAsync(id, cancellationToken);

    /// <summary>The error for a job that is not there: it has expired, or never was.</summary>
    public static async Task<OgcException> AbsenceAsync(this IJobStore jobs, JobId id, CancellationToken cancellationToken) =>
        await jobs.FindExpiredAsync(id, cancellationToken) is { } expired
            ? new(OgcError.JobExpired, string.Create(CultureInfo.InvariantCulture, $"Job '{id}' expired on {expired.At:u}: {expired.Reason}."))
            : NoSuchJob(id);

    /// <summary>The error for a job that never was, or is not the caller's to know of.</summary>
    public static OgcException NoSuchJob(JobId id) => new(OgcError.NoSuchJob, $"There is no job '{id}'.");
}
