using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Results;

/// <summary>Which jobs have results, and what the others answer.</summary>
internal static class JobResultsRule
{
    /// <summary>Throws what a job without results answers.</summary>
    /// <remarks>/req/core/job-results-exception/results-not-ready, /req/core/job-results-failed</remarks>
    public static void EnsureHasResults(this Job job)
    {
        if (job.Status == JobStatus.Successful) return;
        throw job.Status switch
        {
            JobStatus.Failed => Failed(job, job.Failure!),
            JobStatus.Dismissed => new OgcException(OgcError.JobDismissed, $"Job '{job.Id}' was dismissed; it has no results."),
            _ => new OgcException(OgcError.ResultNotReady, $"Job '{job.Id}' is {JobMapping.Word(job.Status)}; ask again once it has ended."),
        };
    }

    private static OgcException Failed(Job job, JobFailure failure) => new(
        failure.Kind is JobFailureKind.InputUnavailable or JobFailureKind.InputInvalid ? OgcError.JobFailedByInput : OgcError.JobFailed,
        failure.Reason)
    {
        Extensions = new Dictionary<string, object?>
        {
            ["jobID"] = job.Id.ToString(),
            ["kind"] = JobMapping.Word(failure.Kind),
            ["exitCode"] = failure.ExitCode,
            ["stderr"] = failure.StandardError,
            ["remedy"] = Remedy.Of(failure),
        },
    };
}
