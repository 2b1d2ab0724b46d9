using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Finds out what an attempt still is: this node's or not, alive or lost; and begins the next one.</summary>
public sealed class JobRecovery(
    IJobStore jobs,
    IProcessStore processes,
    IContainerRunner runner,
    AttemptRemains remains,
    ThisNode node,
    IOptions<RunnerOptions> options,
    TimeProvider clock)
{
    private static readonly TimeSpan EngineRetry = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan DatabaseRetry = TimeSpan.FromSeconds(1);

    private readonly RunnerOptions _options = options.Value;

    /// <summary>Makes sure that the job is still this node's, before anything is done that the claim does not fence: to containers, logs and outputs.</summary>
    /// <remarks>The node may have slept through its lease. One that can't ask its database waits: others may ask theirs.</remarks>
    public async Task EnsureHeldAsync(JobId id, Claim claim, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if ((await jobs.ListHeldAsync(claim.Node, [id], cancellationToken)).Contains(id)) return;
                throw new ClaimLostException(id, claim);
            }
            catch (Exception trouble) when (Trouble.IsOfDatabase(trouble))
            {
                await Task.Delay(DatabaseRetry, clock, cancellationToken);
            }
        }
    }

    /// <summary>Waits for the engine, then goes on with the container if it lives or has ended, else begins the next attempt.</summary>
    public async Task<(Claim Claim, JobContainer? Container)> RecoverAsync(
        JobId id, Claim claim, JobFailure lost, CancellationToken cancellationToken)
    {
        await WaitForEngineAsync(id, claim, cancellationToken);
        if (await runner.FindAsync(id, claim.Attempt, cancellationToken) is { State: not ContainerState.Created } alive) return (claim, alive);
        await EnsureHeldAsync(id, claim, cancellationToken);
        await remains.StopAndRemoveAsync(id, claim.Attempt, isLast: false);
        if (await jobs.FindAsync(id, cancellationToken) is { } job && await IsLastAttemptAsync(job, cancellationToken))
            throw new JobFailedException(lost.Kind, $"Given up after {claim.Attempt} attempts: {lost.Reason}");
        Claim? next = null;
        await jobs.UpdateAsync(
            id, current => next = current.Retry(node.Id, lost, clock.GetUtcNow() + _options.LeaseDuration, clock.GetUtcNow()), cancellationToken);
        return (next ?? throw new ClaimLostException(id, claim), null);
    }

    /// <summary>Whether a job may not be tried again, once its present attempt is lost.</summary>
    public async Task<bool> IsLastAttemptAsync(Job job, CancellationToken cancellationToken)
    {
        var revision = await processes.FindRevisionAsync(job.RevisionId, cancellationToken);
        return job.Attempt >= (revision?.Unit.Retry ?? new()).MostAttempts(_options.MaxAttempts);
    }

    private async Task WaitForEngineAsync(JobId id, Claim claim, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await runner.PingAsync(cancellationToken);
                return;
            }
            catch (EngineException failure)
            {
                if (clock.GetElapsedTime(start) >= _options.EngineRecovery)
                    throw new JobFailedException(JobFailureKind.EngineFailed, failure.Message, failure);
                await jobs.UpdateAsync(
                    id, job => job.Report(claim, $"Waiting for the container engine: {failure.Message}", null, clock.GetUtcNow()), cancellationToken);
                await Task.Delay(EngineRetry, clock, cancellationToken);
            }
        }
    }
}
