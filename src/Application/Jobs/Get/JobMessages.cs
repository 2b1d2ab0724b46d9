using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Get;

/// <summary>What a job tells of itself now: a waiting one, what it waits for, which changes without the job.</summary>
public sealed class JobMessages(IJobStore jobs, IProcessStore processes, Admission admission, IOptions<RunnerOptions> options, TimeProvider clock)
{
    /// <summary>Jobs before a waiting one are counted no further than this.</summary>
    private const int FarthestPosition = 1_000;

    /// <summary>The message of a job's status.</summary>
    public async Task<string?> OfAsync(Job job, CancellationToken cancellationToken)
    {
        if (job.Status != JobStatus.Accepted) return job.Message;
        if (job.NotBefore is { } due && due > clock.GetUtcNow()) return $"{job.Message} The next attempt begins after {due:u}.";
        var before = await jobs.CountWaitingBeforeAsync(job, FarthestPosition, cancellationToken);
        var demand = await processes.DemandOfAsync(job.RevisionId, options.Value, cancellationToken);
        return admission.Explain(job.ProcessId, demand, before, before >= FarthestPosition);
    }
}
