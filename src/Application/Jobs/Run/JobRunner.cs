using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Schemas;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Brings a claimed job to its end.</summary>
/// <remarks>
/// 1. stage the inputs while the image is made sure of; an earlier job's results may end it here, 2. create and start the
/// container, 3. follow its log and wait, 4. collect and check the outputs, 5. settle in one transaction, 6. remove container
/// and folder.
/// A crash between any two steps leaves something that the reconciler can go on from. Four things can end the wait, and are
/// told apart: the dismissal (the container is stopped), the time limit (stopped, the job fails), outputs beyond their limits
/// (killed, the job fails), the server's own stop (the container goes on).
/// </remarks>
public sealed partial class JobRunner(
    IJobStore jobs,
    IProcessStore processes,
    IContainerRunner runner,
    InputStager stager,
    IWorkFolders folders,
    IOutputFolder outputFolder,
    IOutputStore outputStore,
    ILogStore logs,
    ResultReuse reuse,
    ISchemaValidator schemas,
    OutputWatch outputWatch,
    JobRecovery recovery,
    AttemptRemains remains,
    IOptions<RunnerOptions> options,
    TimeProvider clock,
    ILogger<JobRunner> logger)
{
    /// <summary>Failures of the engine that one attempt bears: some leave its container alive, and so do not end it.</summary>
    private const int MostFailures = 20;

    private static readonly TimeSpan StorageRetry = TimeSpan.FromSeconds(2);

    /// <summary>How long a program runs before its log is followed; that of a shorter one is read at its end, for half the engine's work.</summary>
    private static readonly TimeSpan FollowAfter = TimeSpan.FromMilliseconds(150);

    /// <summary>How long the rest of a log is waited for once its program has ended.</summary>
    private static readonly TimeSpan LastLines = TimeSpan.FromSeconds(10);

    private static readonly Func<ILogger, JobId, IDisposable?> JobScope = LoggerMessage.DefineScope<JobId>("Job {JobId}");

    private readonly RunnerOptions _options = options.Value;
    private readonly UnitRules _rules = new(options.Value);
    private readonly OutputCollector _collector = new(runner, outputFolder, outputStore, schemas, options.Value);

    /// <summary>Works on a job until it has ended, was dismissed, is held by another node, or the server stops.</summary>
    /// <param name="id">The job.</param>
    /// <param name="claim">This node's claim.</param>
    /// <param name="container">The container of an earlier run of the server; null when there is none.</param>
    /// <param name="vanished">Why a missing container is a lost one; null when the attempt has just begun.</param>
    /// <param name="dismissed">Fires when the job is dismissed.</param>
    /// <param name="leaving">Fires when this node is to let go of the job: the server stops, or another node has taken the job over.</param>
    public async Task RunAsync(
        JobId id, Claim claim, JobContainer? container, JobFailure? vanished, CancellationToken dismissed, CancellationToken leaving)
    {
        using var scope = JobScope(logger, id);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(dismissed, leaving);
        try
        {
            await RunAttemptsAsync(id, claim, container, vanished, ending.Token);
        }
        catch (OperationCanceledException left) when (!dismissed.IsCancellationRequested && leaving.IsCancellationRequested)
        {
            if (left is NotBegunException { Claim: var unused }) await remains.GiveBackAsync(id, unused);
            else LogLeft(id);
        }
        catch (Exception end) when (end is ClaimLostException or IllegalTransitionException
                                        || (end is OperationCanceledException && dismissed.IsCancellationRequested))
        {
            await remains.RemoveIfDismissedAsync(id);
        }
        catch (Exception failure)
        {
            // The lease is not renewed once this returns: the reconciler tries again, on this or another node.
            LogBroken(failure, id);
        }
    }

    private async Task RunAttemptsAsync(JobId id, Claim claim, JobContainer? container, JobFailure? vanished, CancellationToken cancellationToken)
    {
        var lost = container is null ? vanished : null;
        long? troubled = null;
        for (var failures = 0; ; failures++)
        {
            try
            {
                if (failures > MostFailures)
                    throw new JobFailedException(JobFailureKind.EngineFailed, $"Given up after the engine failed {failures} times: {lost?.Reason}");
                if (lost is not null)
                {
                    var attempt = claim.Attempt;
                    (claim, container) = await recovery.RecoverAsync(id, claim, lost, cancellationToken);
                    if (claim.Attempt > attempt) failures = 0;
                }

                await RunAttemptAsync(id, claim, container, cancellationToken);
                return;
            }
            catch (JobFailedException failed)
            {
                await FailAsync(id, claim, failed.Failure);
                return;
            }
            catch (EngineException failure) when (failure is ImageUnavailableException or ContainerRefusedException)
            {
                var kind = failure is ImageUnavailableException ? JobFailureKind.ImageUnavailable : JobFailureKind.ContainerRefused;
                await FailAsync(id, claim, new(kind, failure.Message));
                return;
            }
            catch (EngineException failure)
            {
                LogEngineFailed(id, claim.Attempt, failure.Message);
                lost = new(JobFailureKind.EngineFailed, failure.Message);
            }
            catch (Exception trouble) when (Trouble.OfStorage(trouble) is { } what)
            {
                // Ended programs wait with their outputs, and are not run again for the server's disk or store.
                if (!await WaitForStorageAsync(id, claim, what, troubled ??= clock.GetTimestamp(), cancellationToken)) return;
                container = await runner.FindAsync(id, claim.Attempt, cancellationToken);
                (lost, failures) = (null, failures - 1);
            }
            catch (OgcException unreadable) when (unreadable.Error == OgcError.UnreadableRecord)
            {
                await FailAsync(id, claim, new(JobFailureKind.ServerError, unreadable.Message));
                return;
            }
            catch (Exception failure) when (failure is not (OperationCanceledException or ClaimLostException or IllegalTransitionException or NotSettledException)
                                                && !Trouble.IsOfDatabase(failure))
            {
                LogBroken(failure, id);
                await FailAsync(id, claim, new(
                    JobFailureKind.ServerError, "The server failed while it worked on the job; its operator finds the details in its log."));
                return;
            }
        }
    }

    private async Task RunAttemptAsync(JobId id, Claim claim, JobContainer? container, CancellationToken cancellationToken)
    {
        // Not by the token: where it fires now, the job is to be given back, which what follows sees to.
        var job = await jobs.FindAsync(id, CancellationToken.None) ?? throw new ClaimLostException(id, claim);
        var revision = await processes.FindRevisionAsync(job.RevisionId, CancellationToken.None)
            ?? throw new OgcException(OgcError.UnreadableRecord, $"Revision {job.RevisionId} of process '{job.ProcessId}' is not in the database.");
        if (job.Request is null) throw new OgcException(OgcError.UnreadableRecord, "What was asked of the job can't be read from the database.");
        var demand = Demand.Of(revision.Unit.Resources, _options);
        var attempt = new Attempt(job, claim, revision, demand, folders.Find(id, claim.Attempt)) { ImageDigest = container?.ImageId, IsResumed = container is not null };
        if (container is not null && !Directory.Exists(attempt.WorkFolder)) await GiveUpAsync(container, "its files lie on a node that was lost");
        try
        {
            await PerformAsync(attempt, container, cancellationToken);
        }
        catch (Exception end) when (end is OperationCanceledException or ClaimLostException or IllegalTransitionException)
        {
            await NoteSpentAsync(attempt);
            throw;
        }
    }

    private async Task PerformAsync(Attempt attempt, JobContainer? container, CancellationToken cancellationToken)
    {
        var (job, claim, revision, _, _) = attempt;
        var id = job.Id;
        IReadOnlyList<JobOutput> outputs;
        try
        {
            StagedInputs inputs;
            if (container is null)
            {
                (var image, inputs) = await PrepareAsync(attempt, cancellationToken);
                if (inputs.Checksums.Count > 0) attempt.Files = inputs.Checksums;
                await recovery.EnsureHeldAsync(id, claim, cancellationToken);
                if (await TryReuseAsync(attempt, image, inputs, cancellationToken)) return;
                container = await StartAsync(attempt, image, inputs, cancellationToken);
            }
            else
            {
                inputs = await InputStager.ReadBackAsync(revision.Description, attempt.WorkFolder, cancellationToken);
            }

            attempt.Saw(new(BytesIn: StagedInputs.LengthIn(attempt.WorkFolder)));
            await FollowAsync(attempt, container, cancellationToken);
            // A collection that a crash cut, or a copy that a stop did, may have left files under other names.
            await outputStore.DeleteAsync(id, cancellationToken);
            outputs = await _collector.CollectAsync(job, revision, inputs, container, attempt.WorkFolder, cancellationToken);
        }
        catch (JobFailedException failed)
        {
            await FailAsync(id, claim, failed.Failure, attempt, failed.Kept);
            return;
        }
        catch (OperationCanceledException) when (container is null)
        {
            throw new NotBegunException(claim);
        }

        await SettleAsync(id, claim, current =>
        {
            attempt.NoteOn(current);
            current.Succeed(claim, outputs, clock.GetUtcNow());
        });
        await remains.RemoveAsync(id, container);
    }

    /// <summary>Notes what a program used that nobody waits for any more: a dismissal does not give it back.</summary>
    private async Task NoteSpentAsync(Attempt attempt)
    {
        if (attempt.Usage.CpuTime is null) return;
        try
        {
            await jobs.UpdateAsync(attempt.Job.Id, job => job.NoteUsage(attempt.Claim, attempt.Usage), CancellationToken.None);
        }
        catch (Exception failure)
        {
            // Taken over: whoever goes on with the container counts it. What a job used is not worth how it ends.
            LogNotReported(attempt.Job.Id, failure.Message);
        }
    }

    private Task<(ContainerImage Image, StagedInputs Inputs)> PrepareAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        if (_rules.Refusal(attempt.Revision.Unit) is { } refusal) throw new JobFailedException(JobFailureKind.NotAllowed, refusal);
        var workFolder = folders.Create(attempt.Job.Id, attempt.Claim.Attempt);
        return Concurrently.BothAsync(
            token => EnsureImageAsync(attempt, token),
            token => stager.StageAsync(attempt.Revision.Description, attempt.Job, workFolder, token),
            cancellationToken);
    }

    /// <summary>Ends the job with the results of an earlier one, where there are such and its client takes them.</summary>
    private async Task<bool> TryReuseAsync(Attempt attempt, ContainerImage image, StagedInputs inputs, CancellationToken cancellationToken)
    {
        var (job, claim, revision, _, _) = attempt;
        var fingerprint = reuse.FingerprintOf(job, revision, image, inputs);
        if (await reuse.FindAsync(job, fingerprint, cancellationToken) is not { } earlier)
        {
            attempt.Fingerprint = fingerprint;
            return false;
        }

        attempt.ImageDigest = image.Digest;
        await SettleAsync(job.Id, claim, current =>
        {
            attempt.NoteOn(current);
            current.Reuse(claim, earlier.JobId, earlier.Outputs, clock.GetUtcNow());
        });
        await remains.RemoveAsync(job.Id, container: null);
        return true;
    }

    private async Task<JobContainer> StartAsync(Attempt attempt, ContainerImage present, StagedInputs inputs, CancellationToken cancellationToken)
    {
        var (job, claim, revision, demand, workFolder) = attempt;
        var (call, environment) = Call(job, claim, revision.Unit, present, inputs);
        if ((call.Arguments ?? []).Concat(environment.Values).Any(text => text.Contains('\0')))
            throw new JobFailedException(JobFailureKind.InputInvalid, "An input that becomes an argument or a variable holds a NUL, which neither can.");
        var container = await runner.StartAsync(
            new()
            {
                JobId = job.Id,
                Attempt = claim.Attempt,
                ImageId = present.Id,
                Entrypoint = call.Entrypoint,
                Arguments = call.Arguments,
                Environment = environment,
                WorkFolder = workFolder,
                Cpu = demand.CpuLimit,
                Memory = demand.MemoryLimit,
                LargestFile = _options.MaxOutputBytes,
                Network = _options.NetworkOf(revision.Unit),
                Gpus = demand.Gpus,
                NodeGpus = [.. _options.Gpus],
            },
            cancellationToken);
        attempt.ImageDigest = present.Digest;
        return container;
    }

    private static (ProgramCall Call, Dictionary<string, string> Environment) Call(
        Job job, Claim claim, ExecutionUnit unit, ContainerImage image, StagedInputs inputs)
    {
        try
        {
            return (CommandLine.Of(unit, image, inputs), Environment(job, claim, CommandLine.Environment(unit, inputs)));
        }
        catch (FormatException tooLong)
        {
            throw new JobFailedException(JobFailureKind.LimitExceeded, $"The inputs that become arguments or variables {tooLong.Message}.", tooLong);
        }
    }

    private async Task<ContainerImage> EnsureImageAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        await using var pulling = ReportTo(attempt);
        return await runner.EnsureImageAsync(attempt.Revision.Unit.PinnedImage ?? attempt.Revision.Unit.Image, new PullProgress(pulling), cancellationToken);
    }

    private static Dictionary<string, string> Environment(Job job, Claim claim, Dictionary<string, string> ofUnit) => new(ofUnit)
    {
        ["OGC_JOB_ID"] = job.Id.ToString(),
        ["OGC_PROCESS_ID"] = job.ProcessId.Value,
        ["OGC_ATTEMPT"] = claim.Attempt.ToString(CultureInfo.InvariantCulture),
        ["OGC_INPUTS"] = ContainerPaths.InputsFile,
        ["OGC_OUTPUTS"] = ContainerPaths.Outputs,
        ["OGC_WANTED"] = ContainerPaths.WantedFile,
    };

    /// <summary>Waits for the program's good end; any other throws.</summary>
    private async Task FollowAsync(Attempt attempt, JobContainer container, CancellationToken cancellationToken)
    {
        var ran = container.Started is { } started ? clock.GetUtcNow() - started : TimeSpan.Zero;
        using var timeout = new CancellationTokenSource(ran < attempt.Demand.Timeout ? attempt.Demand.Timeout - ran : TimeSpan.Zero, clock);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        // Not by the time limit: what a program says while it is stopped may tell why it took so long.
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var progress = ReportTo(attempt);
        progress.Report(new(null, "Running"));
        var log = new LogFollower(runner, logs, progress, clock);
        var measuring = new UsageFollower(runner, progress, clock).FollowAsync(container, attempt.Saw, ending.Token);
        var watching = outputWatch.UntilTooMuchAsync(attempt.Job.Id, attempt.WorkFolder, ending.Token);
        var waiting = runner.WaitAsync(container, ending.Token);
        var following = Task.CompletedTask;
        try
        {
            await Task.WhenAny(waiting, Task.Delay(FollowAfter, clock, ending.Token));
            await recovery.EnsureHeldAsync(attempt.Job.Id, attempt.Claim, ending.Token);
            following = log.FollowAsync(
                waiting.IsCompletedSuccessfully ? container with { State = ContainerState.Exited } : container,
                attempt.Claim.Attempt,
                attempt.Job.Version,
                reading.Token);
            if (await Task.WhenAny(waiting, watching) == watching && await watching is { } tooMuch)
            {
                // Without the grace, in which it would go on.
                await runner.StopAsync(container, TimeSpan.Zero, CancellationToken.None);
                throw new JobFailedException(ProgramFailure.OfOutputs(tooMuch, log.LastErrors));
            }

            var exit = await waiting;
            reading.CancelAfter(LastLines);
            await following;
            await recovery.EnsureHeldAsync(attempt.Job.Id, attempt.Claim, cancellationToken);
            if (exit.OutOfMemory) attempt.Saw(new(PeakMemory: attempt.Demand.MemoryLimit));
            if (exit.MayBeTheEngines && attempt.IsResumed) await GiveUpAsync(container, $"its program was ended from outside (exit code {exit.ExitCode}), as by a restart of the engine or of its machine");
            if (exit.ExitCode != 0) throw new JobFailedException(ProgramFailure.OfExit(exit, attempt.Demand, log.LastErrors));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await runner.StopAsync(container, _options.StopGrace, CancellationToken.None);
            reading.CancelAfter(LastLines);
            await following;
            throw new JobFailedException(ProgramFailure.OfTimeout(attempt.Demand, log.LastErrors));
        }
        finally
        {
            await ending.CancelAsync();
            await reading.CancelAsync();
            await following;
            await measuring;
            await watching;
        }
    }

    /// <summary>Takes what is left of an attempt for lost, like a container that has gone.</summary>
    /// <remarks>An engine that starts again, or its machine, ends what it finds running. The program's own fault is told by its next attempt.</remarks>
    private async Task GiveUpAsync(JobContainer container, string reason)
    {
        await runner.RemoveAsync(container, CancellationToken.None);
        throw new EngineException(reason);
    }

    private LatestWriter<JobProgress> ReportTo(Attempt attempt) => new(
        async progress =>
        {
            try
            {
                await jobs.UpdateAsync(
                    attempt.Job.Id,
                    job =>
                    {
                        attempt.NoteOn(job);
                        job.Report(attempt.Claim, progress.Message, progress.Percent, clock.GetUtcNow());
                    },
                    CancellationToken.None);
            }
            catch (ClaimLostException)
            {
                // Dismissed or taken over; whoever did that also ends this work.
            }
            catch (Exception failure)
            {
                // What a job tells of itself is not worth the job.
                LogNotReported(attempt.Job.Id, failure.Message);
            }
        },
        clock);

    private async Task FailAsync(JobId id, Claim claim, JobFailure failure, Attempt? attempt = null, IReadOnlyList<JobOutput>? kept = null)
    {
        if (attempt is not null && IsRepeated(attempt, failure))
        {
            await PostponeAsync(attempt, failure);
            return;
        }

        await SettleAsync(id, claim, job =>
        {
            attempt?.NoteOn(job);
            job.Fail(claim, failure, clock.GetUtcNow(), kept);
        });
        await remains.StopAndRemoveAsync(id, claim.Attempt);
        // Those collected before the one that is missing: nobody can reach them.
        if (kept is not { Count: > 0 }) await outputStore.DeleteAsync(id, CancellationToken.None);
    }

    private bool IsRepeated(Attempt attempt, JobFailure failure)
    {
        var policy = attempt.Revision.Unit.Retry;
        return policy.Repeats(failure.Kind) && attempt.Claim.Attempt < policy.MostAttempts(_options.MaxAttempts);
    }

    /// <summary>Puts the job back among those that wait, to be tried again after a pause; it holds no place meanwhile.</summary>
    private async Task PostponeAsync(Attempt attempt, JobFailure failure)
    {
        var (id, claim) = (attempt.Job.Id, attempt.Claim);
        await SettleAsync(id, claim, job =>
        {
            attempt.NoteOn(job);
            job.Postpone(claim, failure, clock.GetUtcNow() + _options.RetryAfter(claim.Attempt), clock.GetUtcNow());
        });
        // What it stored is removed by the next attempt, which may have begun on another node, with a folder of its own.
        await remains.StopAndRemoveAsync(id, claim.Attempt, isLast: false);
    }

    /// <summary>Ends the job, or its attempt, in one transaction.</summary>
    private async Task SettleAsync(JobId id, Claim claim, Action<Job> end)
    {
        try
        {
            // Not by a token: what is known now would be lost by stopping here.
            await jobs.UpdateAsync(id, end, CancellationToken.None);
        }
        catch (Exception failure) when (failure is not (ClaimLostException or IllegalTransitionException))
        {
            throw new NotSettledException(failure);
        }

        LogSettled(id, claim.Attempt);
    }

    /// <summary>Gives the operator time to make room, or to bring the store back; false when that has run out, and the job has failed.</summary>
    private async Task<bool> WaitForStorageAsync(JobId id, Claim claim, string what, long since, CancellationToken cancellationToken)
    {
        LogStorageFailed(id, what);
        if (clock.GetElapsedTime(since) >= _options.DiskRecovery)
        {
            await FailAsync(id, claim, new(JobFailureKind.ServerError, $"Given up waiting for {what}."));
            return false;
        }

        await jobs.UpdateAsync(id, job => job.Report(claim, $"Waiting for {what}", null, clock.GetUtcNow()), cancellationToken);
        await Task.Delay(StorageRetry, clock, cancellationToken);
        return true;
    }

    [LoggerMessage(LogLevel.Information, "Job {JobId} has ended at attempt {Attempt}")]
    private partial void LogSettled(JobId jobId, int attempt);

    [LoggerMessage(LogLevel.Information, "This node lets go of job {JobId}; its container goes on")]
    private partial void LogLeft(JobId jobId);

    [LoggerMessage(LogLevel.Warning, "The engine failed at attempt {Attempt} of job {JobId}: {Reason}")]
    private partial void LogEngineFailed(JobId jobId, int attempt, string reason);

    [LoggerMessage(LogLevel.Warning, "Job {JobId} waits for {What}")]
    private partial void LogStorageFailed(JobId jobId, string what);

    [LoggerMessage(LogLevel.Warning, "The progress of job {JobId} could not be written: {Reason}")]
    private partial void LogNotReported(JobId jobId, string reason);

    [LoggerMessage(LogLevel.Error, "The work on job {JobId} broke off")]
    private partial void LogBroken(Exception failure, JobId jobId);

    /// <summary>What the steps of one attempt share.</summary>
    private sealed record Attempt(Job Job, Claim Claim, ProcessRevision Revision, Demand Demand, string WorkFolder)
    {
        private readonly Lock _seeing = new();

        /// <summary>The image that runs, once it is known.</summary>
        public string? ImageDigest { get; set; }

        /// <summary>The checksums of the files that its program is given, if it is given any.</summary>
        public IReadOnlyDictionary<string, string>? Files { get; set; }

        /// <summary>By what other jobs know that they would run the same, if they may.</summary>
        public string? Fingerprint { get; set; }

        /// <summary>Whether this server, or the engine, was gone while the program ran.</summary>
        public bool IsResumed { get; init; }

        /// <summary>What it has used so far.</summary>
        public JobUsage Usage { get; private set; } = JobUsage.None;

        /// <summary>Keeps what was seen of its usage, by whomever.</summary>
        public void Saw(JobUsage usage)
        {
            lock (_seeing) Usage = Usage.With(usage);
        }

        /// <summary>Writes image, files, fingerprint and usage on the job, with whatever else is written there: a write of its own would cost a job as much as its end.</summary>
        public void NoteOn(Job job)
        {
            if (ImageDigest is { } digest && job.ImageDigest is null) job.UseImage(Claim, digest);
            if (Files is { } files && job.Attempts is [.., { Files: null }]) job.NoteFiles(Claim, files);
            if (Fingerprint is { } fingerprint && job.Fingerprint != fingerprint) job.NoteFingerprint(Claim, fingerprint);
            if (Usage != JobUsage.None) job.NoteUsage(Claim, Usage);
        }
    }

    /// <summary>The work ends before the program of the attempt was started.</summary>
    private sealed class NotBegunException(Claim claim) : OperationCanceledException
    {
        public Claim Claim => claim;
    }

    /// <summary>The end of a job could not be written. The reconciler finds its container and settles it anew.</summary>
    private sealed class NotSettledException(Exception inner) : Exception("The end of the job could not be written.", inner);

    private sealed class PullProgress(IProgress<JobProgress> job) : IProgress<string>
    {
        public void Report(string value) => job.Report(new(null, value));
    }
}
