using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Takes waiting jobs as they fit, and knows which jobs this process works on.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing to free.")]
public sealed partial class JobDispatcher(
    IJobStore jobs,
    IProcessStore processes,
    Admission admission,
    WaitingLine line,
    JobRunner runner,
    JobRecovery recovery,
    JobSignals signals,
    ThisNode node,
    IOptions<RunnerOptions> options,
    TimeProvider clock,
    ILogger<JobDispatcher> logger)
{
    private readonly ConcurrentDictionary<JobId, Work> _working = new();
    private readonly CancellationTokenSource _lettingGo = new();
    private readonly RunnerOptions _options = options.Value;

    /// <summary>The jobs this process works on.</summary>
    public IReadOnlyCollection<JobId> Working => [.. _working.Keys];

    /// <summary>Whether this process works on a job.</summary>
    public bool WorksOn(JobId id) => _working.ContainsKey(id);

    /// <summary>Starts as many waiting jobs as fit, in the order of their turns. One that can't be started keeps no other from it.</summary>
    /// <param name="stopping">Fires when the server stops; containers go on then.</param>
    public async Task DispatchAsync(CancellationToken stopping)
    {
        if (admission.Free == 0) return;
        await line.LookAsync(stopping);
        while (await line.NextAsync(stopping) is { } job)
        {
            switch (await TryStartOrLogAsync(job, stopping))
            {
                case Entry.Full: return;
                case Entry.Granted: await line.StartedAsync(job, stopping); break;
            }
        }
    }

    /// <summary>Goes on with a running job that nobody worked on.</summary>
    /// <remarks>
    /// A program that runs is watched, whether or not there is a place for it. One that is to be started again is so where it
    /// fits; else the job waits for its turn again, on whichever node that is.
    /// </remarks>
    /// <param name="job">The job.</param>
    /// <param name="container">Its container; null when it is lost.</param>
    /// <param name="stopping">Fires when the server stops.</param>
    public async Task ResumeAsync(Job job, JobContainer? container, CancellationToken stopping)
    {
        var work = new Work(job.Id);
        var vanished = Vanished(job);
        if (!_working.TryAdd(job.Id, work)) return;
        try
        {
            var demand = await processes.DemandOfAsync(job.RevisionId, _options, stopping);
            if (container is null && admission.TryEnter(job.Id, job.ProcessId, demand) != Entry.Granted && !await recovery.IsLastAttemptAsync(job, stopping))
            {
                await jobs.UpdateAsync(job.Id, current => current.Requeue(node.Id, vanished, Now), stopping);
                LogRequeued(job.Id, job.Attempt);
                End(work);
                return;
            }

            Claim? claim = null;
            await jobs.UpdateAsync(job.Id, current => claim = current.Adopt(node.Id, LeaseEnd, Now), stopping);
            if (claim is null) throw new ClaimLostException(job.Id, new(node.Id, job.Attempt));
            admission.Enter(job.Id, job.ProcessId, demand);
            LogResumed(job.Id, job.Attempt, container?.State.ToString() ?? "lost");
            Begin(work, claim, container, vanished, stopping);
        }
        catch
        {
            End(work);
            throw;
        }
    }

    /// <summary>Stops the work on a job that was dismissed, and waits until its container is gone.</summary>
    public async Task StopAsync(JobId id, CancellationToken cancellationToken)
    {
        if (!_working.TryGetValue(id, out var work)) return;
        await work.DismissAsync();
        await work.Ended.WaitAsync(cancellationToken);
    }

    /// <summary>Renews the leases of the jobs under way, and stops the work on those that were dismissed or taken over elsewhere.</summary>
    public Task RenewLeasesAsync(CancellationToken cancellationToken) =>
        LeaveUnlessHeldAsync(begun => jobs.RenewLeasesAsync(node.Id, begun, LeaseEnd, cancellationToken), cancellationToken);

    /// <summary>Stops the work on jobs that were dismissed or taken over elsewhere.</summary>
    public Task LookAroundAsync(CancellationToken cancellationToken) =>
        LeaveUnlessHeldAsync(begun => jobs.ListHeldAsync(node.Id, begun, cancellationToken), cancellationToken);

    /// <summary>Lets go of all jobs, at a stop of the server; their containers go on. Completes when no work is under way.</summary>
    public async Task LetGoAsync(CancellationToken cancellationToken)
    {
        await _lettingGo.CancelAsync();
        await WhenIdleAsync().WaitAsync(cancellationToken);
    }

    /// <summary>Completes when no work is under way.</summary>
    internal Task WhenIdleAsync() => Task.WhenAll(_working.Values.Select(work => work.Ended));

    private DateTimeOffset Now => clock.GetUtcNow();

    private DateTimeOffset LeaseEnd => Now + _options.LeaseDuration;

    private async Task LeaveUnlessHeldAsync(Func<List<JobId>, Task<IReadOnlySet<JobId>>> ask, CancellationToken cancellationToken)
    {
        // Not looked up again after the query: what has ended meanwhile may have made way for the job's next attempt.
        var begun = _working.Values.Where(work => work.HasBegun).ToList();
        if (begun.Count == 0) return;
        var held = await ask([.. begun.Select(work => work.Id)]);
        foreach (var work in begun.Where(work => !held.Contains(work.Id)))
        {
            // Taken over, its container is the other node's to watch.
            if (await jobs.FindAsync(work.Id, cancellationToken) is { Status: JobStatus.Running }) await work.LeaveAsync();
            else await work.DismissAsync();
        }
    }

    private async Task<Entry> TryStartOrLogAsync(WaitingJob job, CancellationToken stopping)
    {
        try
        {
            return await TryStartAsync(job, stopping);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotStarted(failure, job.Id);
            return Entry.Failed;
        }
    }

    private async Task<Entry> TryStartAsync(WaitingJob job, CancellationToken stopping)
    {
        var demand = await processes.DemandOfAsync(job.RevisionId, _options, stopping);
        // Known before it is claimed, or the reconciler would take it for abandoned. It is known already where another node
        // has taken over an attempt and put the job back, and this one is still leaving it.
        var work = new Work(job.Id);
        if (!_working.TryAdd(job.Id, work)) return Entry.Failed;
        try
        {
            var entry = admission.TryEnter(job.Id, job.ProcessId, demand);
            Claim? claim = null;
            // Not by the token: a claim that is committed as it fires would be nobody's until its lease ends.
            if (entry == Entry.Granted) await jobs.UpdateAsync(job.Id, waiting => claim = waiting.Start(node.Id, LeaseEnd, Now), CancellationToken.None);
            if (claim is null) End(work);
            else Begin(work, claim, container: null, vanished: null, stopping);
            return entry;
        }
        catch (IllegalTransitionException)
        {
            // Another node was faster, or the job was dismissed.
            End(work);
            return Entry.Granted;
        }
        catch
        {
            End(work);
            throw;
        }
    }

    /// <summary>Why a job that nobody worked on has no container, if it has none.</summary>
    private JobFailure Vanished(Job job) => job.Node == node.Id
        ? new(JobFailureKind.EngineFailed, "its container was lost")
        : new(JobFailureKind.NodeLost, $"node '{job.Node}' was lost, and its container with it");

    private void Begin(Work work, Claim claim, JobContainer? container, JobFailure? vanished, CancellationToken stopping)
    {
        work.HasBegun = true;
        _ = Task.Run(
            async () =>
            {
                using var leaving = CancellationTokenSource.CreateLinkedTokenSource(work.Left, _lettingGo.Token, stopping);
                try
                {
                    await runner.RunAsync(work.Id, claim, container, vanished, work.Dismissed, leaving.Token);
                }
                finally
                {
                    End(work);
                    signals.Work();
                }
            },
            CancellationToken.None);
    }

    private void End(Work work)
    {
        admission.Leave(work.Id);
        _working.TryRemove(work.Id, out _);
        work.End();
    }

    [LoggerMessage(LogLevel.Information, "Going on with job {JobId} at attempt {Attempt}; its container is {State}")]
    private partial void LogResumed(JobId jobId, int attempt, string state);

    [LoggerMessage(LogLevel.Information, "Attempt {Attempt} of job {JobId} is lost; the job waits for a place")]
    private partial void LogRequeued(JobId jobId, int attempt);

    [LoggerMessage(LogLevel.Error, "Job {JobId} could not be started; it is passed over for now")]
    private partial void LogNotStarted(Exception failure, JobId jobId);

    /// <summary>The work on one job.</summary>
    [SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing to free, and a dismissal may come after the end.")]
    private sealed class Work(JobId id)
    {
        private readonly CancellationTokenSource _dismissal = new();
        private readonly CancellationTokenSource _leave = new();
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public JobId Id => id;

        public CancellationToken Dismissed => _dismissal.Token;

        public CancellationToken Left => _leave.Token;

        public Task Ended => _ended.Task;

        public bool HasBegun { get; set; }

        public Task DismissAsync() => _dismissal.CancelAsync();

        public Task LeaveAsync() => _leave.CancelAsync();

        public void End() => _ended.TrySetResult();
    }
}
