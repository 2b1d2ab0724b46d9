using AutoMapper;
using MediatR;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Common.Schemas;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Jobs.Quotas;
using OgcProcesses.Application.Jobs.Retention;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes;
using OgcProcesses.Application.Uploads;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Execute;

/// <summary>Executes a process. The job is committed before there is any answer.</summary>
/// <remarks>/req/core/process-execute-op</remarks>
/// <param name="ProcessId">The process.</param>
/// <param name="Request">Inputs, and how the results are wanted.</param>
/// <param name="Preference">What the client prefers.</param>
/// <param name="Key">The key by which a repetition finds the same job; null where the client gave none.</param>
[Requires(Role.Executor, ProcessUse = ProcessUse.Execute)]
[Audited("process.execute")]
public sealed record ExecuteProcess(ProcessId ProcessId, Execute Request, Preference Preference, string? Key = null) : IRequest<Execution>
{
    /// <summary>Up to which age the client takes results of an identical execution; null for a run.</summary>
    public TimeSpan? ReuseWithin { get; init; }
}

/// <summary>What a client prefers.</summary>
/// <remarks>RFC 7240, respond-async and wait.</remarks>
/// <param name="Async">The client would rather not wait for the end.</param>
/// <param name="Wait">The client waits no longer than this.</param>
public sealed record Preference(bool Async, TimeSpan? Wait);

/// <summary>A job that was accepted, and whether its end is the answer.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="HasEnded">The results are the answer; otherwise the job is.</param>
/// <param name="Applied">The preferences that were honoured, as Preference-Applied tells them.</param>
public sealed record Execution(JobId JobId, StatusInfo Status, bool HasEnded, IReadOnlyList<string> Applied)
{
    /// <summary>How long ago the results were made, where they are those of an earlier job.</summary>
    public TimeSpan? Age { get; init; }
}

internal sealed class ExecuteProcessHandler(
    IProcessStore processes,
    IJobStore jobs,
    IExecutionKeyStore keys,
    IOutputStore outputs,
    StoreQuota quota,
    QuotaCheck quotas,
    ISchemaValidator schemas,
    IInputFetcher fetcher,
    OwnUploads uploads,
    JobWatch watch,
    IOptions<RunnerOptions> options,
    IOptions<RetentionOptions> retention,
    IMapper mapper,
    ICaller caller,
    ILinks links,
    IShutdown shutdown,
    TimeProvider clock) : IRequestHandler<ExecuteProcess, Execution>
{
    public async Task<Execution> Handle(ExecuteProcess request, CancellationToken cancellationToken)
    {
        var (job, revision) = request.Key is { } key
            ? await AcceptOnceAsync(request, key, cancellationToken)
            : await AcceptAsync(request, job => AddAsync(job, cancellationToken), cancellationToken);

        var mode = revision.Description.JobControlOptions.Choose(request.Preference.Async);
        var patience = Patience(mode, request.Preference);
        if (patience > TimeSpan.Zero) job = await WaitForEndAsync(job, patience, cancellationToken);
        return new(job.Id, mapper.Map<StatusInfo>(job), patience > TimeSpan.Zero && job.IsFinal, Applied(request.Preference, mode, patience))
        {
            Age = job.ReusedFrom is { } earlier ? clock.GetUtcNow() - (await jobs.FindAsync(earlier, cancellationToken))?.Finished : null,
        };
    }

    /// <remarks>A server that stops answers with the job: its results are to be had from another node, or later.</remarks>
    private async Task<Job> WaitForEndAsync(Job job, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(shutdown.Begun, cancellationToken);
        try
        {
            return await watch.WaitForEndAsync(job.Id, patience, ending.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return await jobs.GetAsync(job.Id, cancellationToken);
        }
    }

    private async Task<(Job Job, ProcessRevision Revision)> AcceptAsync(ExecuteProcess request, Func<Job, Task<Job>> add, CancellationToken cancellationToken)
    {
        var process = await processes.GetAsync(request.ProcessId, cancellationToken);
        var wanted = InputReader.For(process.Revision, schemas, fetcher, uploads, options.Value).Read(request.Request, links) with { ReuseWithin = request.ReuseWithin };
        EnsureStorage();
        await quotas.EnsureRoomAsync(caller.Current.Id, cancellationToken);
        var keepFor = retention.Value.KeepFor(process.Revision.Unit.Retention);
        var job = Job.Accept(process, wanted, caller.Current.Id, clock.GetUtcNow(), keepFor);
        // Before the job is there: from then on it needs them, however long it waits.
        foreach (var upload in wanted.Uploads?.Values.Distinct() ?? []) uploads.Hold(upload, job.Id);
        return (await add(job), process.Revision);
    }

    private async Task<Job> AddAsync(Job job, CancellationToken cancellationToken)
    {
        await jobs.AddAsync(job, cancellationToken);
        return job;
    }

    /// <summary>The job that the key already stands for, whatever has become of it or its process, else a new one.</summary>
    private async Task<(Job Job, ProcessRevision Revision)> AcceptOnceAsync(ExecuteProcess request, string key, CancellationToken cancellationToken)
    {
        var fingerprint = RequestFingerprint.Of(request.ProcessId, request.Request);
        var earlier = await FindEarlierAsync(key, fingerprint, cancellationToken)
            ?? (await AcceptAsync(request, AddOrFindAsync, cancellationToken)).Job;
        var revision = await processes.FindRevisionAsync(earlier.RevisionId, cancellationToken);
        return (earlier, revision ?? throw new InvalidOperationException($"Revision {earlier.RevisionId} of process {earlier.ProcessId} is not in the database."));

        async Task<Job> AddOrFindAsync(Job job)
        {
            var now = clock.GetUtcNow();
            var added = await keys.TryAddAsync(job, new(caller.Current.Id, key, fingerprint, job.Id, now + retention.Value.IdempotencyKeys), now, cancellationToken);
            // Another request with the key was faster; its job is the one that both answer with.
            return added ? job : await FindEarlierAsync(key, fingerprint, cancellationToken) ?? throw new OgcException(OgcError.NoSuchJob);
        }
    }

    private async Task<Job?> FindEarlierAsync(string key, string fingerprint, CancellationToken cancellationToken)
    {
        if (await keys.FindAsync(caller.Current.Id, key, clock.GetUtcNow(), cancellationToken) is not { } earlier) return null;
        if (earlier.Fingerprint == fingerprint) return await jobs.FindAsync(earlier.JobId, cancellationToken);
        throw new OgcException(OgcError.KeyReused, $"The idempotency key '{key}' came with another request before; a new request needs a new key.");
    }

    /// <summary>How long the end is waited for.</summary>
    /// <remarks>RFC 7240, 4.3: with "respond-async, wait=N" the answer is the result where there is one within N seconds.</remarks>
    private TimeSpan Patience(ExecutionMode mode, Preference preference)
    {
        var most = options.Value.MaxSyncWait;
        return (mode, preference.Wait) switch
        {
            (_, { } wait) => wait < most ? wait : most,
            (ExecutionMode.Sync, null) => most,
            _ => TimeSpan.Zero,
        };
    }

    private static List<string> Applied(Preference preference, ExecutionMode mode, TimeSpan patience)
    {
        var applied = new List<string>();
        if (preference.Async && mode == ExecutionMode.Async) applied.Add("respond-async");
        if (preference.Wait is { } wait && wait == patience) applied.Add($"wait={(long)wait.TotalSeconds}");
        return applied;
    }

    private void EnsureStorage()
    {
        if (quota.IsExceeded)
        {
            throw new OgcException(
                OgcError.InsufficientStorage,
                $"The outputs that are kept take more than {retention.Value.MaxStoredBytes} bytes, and none of them may expire. Running jobs go on; new ones are taken once jobs were dismissed or unpinned.");
        }

        if (outputs.AvailableBytes >= options.Value.MinFreeBytes) return;
        throw new OgcException(
            OgcError.InsufficientStorage,
            "The disk that keeps results is full. Running jobs go on; new ones are taken once results have been removed.");
    }
}
