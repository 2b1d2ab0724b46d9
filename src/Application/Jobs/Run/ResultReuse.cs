using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Gives a job the results of an earlier one that ran the same on the same.</summary>
/// <remarks>The job gets copies of its own: what becomes of the earlier one does not touch it, nor the other way round.</remarks>
public sealed partial class ResultReuse(
    IJobStore jobs, IOutputStore store, IOptions<ReuseOptions> options, TimeProvider clock, ILogger<ResultReuse> logger)
{
    /// <summary>What an execution is known again by; null where its results are never reused.</summary>
    /// <remarks>What a program finds in a network no fingerprint holds: its process has to say that the results are good for others.</remarks>
    internal string? FingerprintOf(Job job, ProcessRevision revision, ContainerImage image, StagedInputs inputs) =>
        options.Value.Enabled && (revision.Unit.Reuse ?? !revision.Unit.Network) ? Fingerprint.Of(job, revision, image, inputs) : null;

    /// <summary>Copies the results of an earlier job for this one, if its client allows that; null where there are none, or no longer all.</summary>
    internal async Task<ReusedResults?> FindAsync(Job job, string? fingerprint, CancellationToken cancellationToken)
    {
        if (fingerprint is null || job.Request.ReuseWithin is not { } within) return null;
        var since = clock.GetUtcNow() - (within < options.Value.MaxAge ? within : options.Value.MaxAge);
        // The owner's own: another's would tell that somebody has run the same.
        if (await jobs.FindSuccessfulAsync(fingerprint, job.Owner, since, cancellationToken) is not { } earlier) return null;
        // Of an attempt that a crash cut.
        await store.DeleteAsync(job.Id, cancellationToken);
        var outputs = await CopyAsync([.. earlier.Outputs], job.Id, cancellationToken);
        // Whoever has dismissed it meanwhile wants nobody to have its results.
        if (outputs is not null && await jobs.FindAsync(earlier.Id, cancellationToken) is { Status: JobStatus.Successful }) return new(earlier.Id, outputs);
        await store.DeleteAsync(job.Id, cancellationToken);
        return null;
    }

    private async Task<List<JobOutput>?> CopyAsync(List<JobOutput> outputs, JobId jobId, CancellationToken cancellationToken)
    {
        var copies = new List<JobOutput>();
        try
        {
            foreach (var output in outputs)
            {
                var file = output.File is { } its ? await store.CopyAsync(its, jobId, cancellationToken) : null;
                if (file is null && output.File is not null) return null;
                copies.Add(output with { File = file });
            }

            return copies;
        }
        catch (IOException failure)
        {
            LogNotCopied(jobId, failure.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Job {JobId} runs, though there are results that it could have had; they can't be copied: {Reason}")]
    private partial void LogNotCopied(JobId jobId, string reason);
}

/// <summary>Results that a job takes over.</summary>
/// <param name="JobId">The job that gave them.</param>
/// <param name="Outputs">The outputs, with files that are the taking job's own.</param>
internal sealed record ReusedResults(JobId JobId, IReadOnlyList<JobOutput> Outputs);
