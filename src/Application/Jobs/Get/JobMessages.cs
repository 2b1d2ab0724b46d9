using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Quotas;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Get;

/// <summary>What a job tells of itself now: a waiting one, what it waits for, which changes without the job.</summary>
public sealed class JobMessages(
    IJobStore jobs, IProcessStore processes, Admission admission, IOptions<RunnerOptions> options, IOptions<QuotaOptions> quotas, TimeProvider clock)
{
    /// <summary>Jobs before a waiting one are counted no further than this.</summary>
    private const int FarthestPosition = 1_000;

    /// <summary>The message of a job's status.</summary>
    public async Task<string?> OfAsync(Job job, CancellationToken cancellationToken)
    {
        if (job.Status != JobStatus.Accepted) return job.Message;
        if (job.NotBefore is { } due && due > clock.GetUtcNow()) return $"{job.Message} The next attempt begins after {due:u}.";
        // Where other callers' jobs are before it, nobody can say: that depends on what runs when there is a place.
        var before = await jobs.CountWaitingBeforeAsync(job, FarthestPosition, cancellationToken);
        var position = before == 0 ? "Next of your jobs to start" : $"Waiting behind {(before >= FarthestPosition ? "at least " : "")}{before} of your jobs";
        return await ReasonAsync(job, cancellationToken) is { } reason ? $"{position}: {reason}" : position;
    }

    private async Task<string?> ReasonAsync(Job job, CancellationToken cancellationToken)
    {
        if (quotas.Value.Of(job.Owner).MaxRunningJobs is { } most
            && await jobs.CountAsync(new(Statuses: [JobStatus.Running]) { Owner = job.Owner }, most, cancellationToken) >= most)
        {
            return $"you have {most} job{(most == 1 ? "" : "s")} running, the most for one caller (Quotas:MaxRunningJobs)";
        }

        return admission.Obstacle(job.ProcessId, await processes.DemandOfAsync(job.RevisionId, options.Value, cancellationToken));
    }
}
