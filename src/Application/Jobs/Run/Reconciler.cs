using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Compares rows, containers and folders, and settles what a crash has left apart.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>a running job whose container lives or has ended → gone on with; nothing is run twice;</item>
/// <item>a running job without a container → its next attempt, or failed after the last;</item>
/// <item>a container or work folder without a job that needs it → removed.</item>
/// </list>
/// </remarks>
public sealed partial class Reconciler(
    IJobStore jobs,
    IContainerRunner runner,
    IWorkFolders folders,
    JobDispatcher dispatcher,
    ThisNode node,
    IOptions<RunnerOptions> options,
    TimeProvider clock,
    ILogger<Reconciler> logger)
{
    private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once the jobs that this node held before its start count to its budget again.</summary>
    public Task Resumed => _resumed.Task;

    /// <summary>One comparison. A job that can't be settled is told in the log and does not keep the others from it.</summary>
    public async Task ReconcileAsync(CancellationToken stopping)
    {
        foreach (var job in await jobs.ListAbandonedAsync(node.Id, dispatcher.Working, clock.GetUtcNow(), stopping))
            await OrLogAsync(job.Id, () => ResumeAsync(job, stopping));
        _resumed.TrySetResult();
        foreach (var container in await runner.ListAsync(stopping))
            await OrLogAsync(container.JobId, () => RemoveUnlessNeededAsync(container, stopping));
        foreach (var jobId in folders.List())
            await OrLogAsync(jobId, () => DeleteUnlessNeededAsync(jobId, stopping));
    }

    private async Task ResumeAsync(Job job, CancellationToken stopping)
    {
        // Started since the list was made.
        if (dispatcher.WorksOn(job.Id)) return;
        // A node whose engine does not answer takes nothing over.
        var container = await runner.FindAsync(job.Id, job.Attempt, stopping);
        // One that was never started may have been given half of its inputs, and has done nothing yet.
        await dispatcher.ResumeAsync(job, container is { State: ContainerState.Created } ? null : container, stopping);
    }

    private async Task RemoveUnlessNeededAsync(JobContainer container, CancellationToken stopping)
    {
        if (dispatcher.WorksOn(container.JobId)) return;
        var job = await jobs.FindAsync(container.JobId, stopping);
        if (job is { Status: JobStatus.Running } && job.Attempt == container.Attempt) return;
        LogRemoving(container.Id, container.JobId);
        await runner.StopAsync(container, options.Value.StopGrace, stopping);
        await runner.RemoveAsync(container, stopping);
    }

    private async Task DeleteUnlessNeededAsync(JobId jobId, CancellationToken stopping)
    {
        if (dispatcher.WorksOn(jobId)) return;
        if (await jobs.FindAsync(jobId, stopping) is null or { IsFinal: true }) folders.Delete(jobId);
    }

    private async Task OrLogAsync(JobId jobId, Func<Task> settle)
    {
        try
        {
            await settle();
        }
        catch (Exception failure) when (failure is ClaimLostException or IllegalTransitionException)
        {
            // Another node, or the job's own end, was faster.
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotSettled(failure, jobId);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Removing container {ContainerId}: job {JobId} does not need it")]
    private partial void LogRemoving(string containerId, JobId jobId);

    [LoggerMessage(LogLevel.Error, "Job {JobId} could not be settled; it will be tried again")]
    private partial void LogNotSettled(Exception failure, JobId jobId);
}
