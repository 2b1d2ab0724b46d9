using Microsoft.EntityFrameworkCore;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Jobs in the database.</summary>
/// <remarks>
/// A job lies in three tables: its row, what was asked, what it gave. Lists read rows alone, and their jobs have neither
/// request nor outputs. Requests never change, so recent ones are kept in memory.
/// </remarks>
internal sealed class EfJobStore(IDbContextFactory<OgcDbContext> contexts, DatabaseWriter writer, JobSignals signals, PostgreSqlNotices notices)
    : IJobStore, IDisposable
{
    private const long MostRequestBytes = 32 << 20;

    /// <summary>Identifiers put into one statement; SQL Server takes 2,100 parameters.</summary>
    private const int MostIds = 500;

    private readonly BoundedCache<JobId, ExecuteRequest> _requests = new(MostRequestBytes);

    public async Task<Job?> FindAsync(JobId id, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await FindAsync(context, id, cancellationToken);
    }

    public async Task<Job?> FindSuccessfulAsync(string fingerprint, string owner, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        var found = await context.Jobs
            .Where(job => job.Fingerprint == fingerprint && job.Owner == owner && job.Status == JobStatus.Successful && job.Finished >= since)
            .OrderByDescending(job => job.Finished).ThenByDescending(job => job.Id)
            .Select(job => (JobId?)job.Id).FirstOrDefaultAsync(cancellationToken);
        return found is { } id ? (await ReadAsync(context, context.Jobs, id, cancellationToken))?.Job : null;
    }

    public async Task<ProcessId?> FindProcessAsync(JobId id, string? owner, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        var present = context.Jobs.Where(job => job.Id == id && (owner == null || job.Owner == owner)).Select(job => (ProcessId?)job.ProcessId);
        var expired = context.ExpiredJobs.Where(job => job.JobId == id && (owner == null || job.Owner == owner)).Select(job => job.ProcessId);
        return await present.Concat(expired).FirstOrDefaultAsync(cancellationToken);
    }

    public async Task<string?> FindOwnerAsync(JobId id, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        var present = context.Jobs.Where(job => job.Id == id).Select(job => job.Owner);
        var expired = context.ExpiredJobs.Where(job => job.JobId == id).Select(job => job.Owner);
        return await present.Concat(expired).FirstOrDefaultAsync(cancellationToken);
    }

    public async Task<ExpiredJob?> FindExpiredAsync(JobId id, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await context.ExpiredJobs.SingleOrDefaultAsync(expired => expired.JobId == id, cancellationToken);
    }

    public async Task<IReadOnlyDictionary<JobId, int>> ListVersionsAsync(IReadOnlyCollection<JobId> among, CancellationToken cancellationToken)
    {
        var versions = new Dictionary<JobId, int>();
        foreach (var ids in among.Chunk(MostIds))
        {
            await using var context = contexts.CreateDbContext();
            var found = context.Jobs.Where(job => ids.Contains(job.Id)).Select(job => new { job.Id, job.Version });
            await foreach (var job in found.AsAsyncEnumerable().WithCancellation(cancellationToken)) versions[job.Id] = job.Version;
        }

        return versions;
    }

    public async Task<Page<Job>> ListAsync(JobFilter filter, Cursor? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        var read = await ListAsync(context, await context.PageAsync(filter, cursor, limit + 1, cancellationToken), cancellationToken);
        return Page.Of(read, limit, cursor, JobPlace.KeyOf);
    }

    public async Task<int> CountAsync(JobFilter filter, int most, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await (await context.PageAsync(filter, null, most, cancellationToken)).CountAsync(cancellationToken);
    }

    public Task AddAsync(Job job, CancellationToken cancellationToken) => AddAsync(job, null, cancellationToken);

    /// <summary>Commits a new job, with whatever else is to be committed with it.</summary>
    public async Task AddAsync(Job job, Func<OgcDbContext, Task>? addMore, CancellationToken cancellationToken)
    {
        var request = StoredJson.Write(job.Request);
        await writer.RunAsync(
            async context =>
            {
                context.AddRange(job, new JobRequestRow { JobId = job.Id, Request = request });
                context.AddRange(Callback.Follow(job, []));
                if (addMore is not null) await addMore(context);
                return await context.SaveOnceAsync(job, cancellationToken);
            },
            cancellationToken);
        _requests.Set(job.Id, job.Request, request.Length);
        signals.Work();
        notices.Added();
    }

    public async Task<Job?> UpdateAsync(JobId id, Action<Job> change, CancellationToken cancellationToken)
    {
        var updated = await writer.RunAsync(context => UpdateAsync(context, id, change, cancellationToken), cancellationToken);
        if (updated is null) return null;
        signals.Changed(id);
        notices.Changed(updated);
        if (updated.Raised.Count > 0) signals.CallbackDue();
        return updated;
    }

    public async Task<IReadOnlyList<WaitingJob>> ListWaitingAsync(
        IReadOnlyCollection<ProcessId> passOver, DateTimeOffset now, string? afterOwner, int limit, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        var owners = afterOwner is null ? context.Jobs : context.Jobs.Where(job => string.Compare(job.Owner, afterOwner) > 0);
        return await owners.Waiting(passOver, now, limit).ToListAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<WaitingJob>> ListWaitingBehindAsync(
        WaitingJob job, IReadOnlyCollection<ProcessId> passOver, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await context.Jobs.Where(other => other.Owner == job.Owner).NewerThan(job.Created, job.Id)
            .Waiting(passOver, now, limit).ToListAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<RunningJobs>> CountRunningAsync(CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await context.Jobs.Where(job => job.Status == JobStatus.Running)
            .GroupBy(job => new { job.Owner, job.RevisionId })
            .Select(jobs => new RunningJobs(jobs.Key.Owner, jobs.Key.RevisionId, jobs.Count()))
            .ToListAsync(cancellationToken);
    }

    public async Task<int> CountWaitingBeforeAsync(Job job, int most, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await context.Jobs.Where(other => other.Owner == job.Owner && other.Status == JobStatus.Accepted).OlderThan(job.Created, job.Id)
            .OrderBy(other => other.Created).ThenBy(other => other.Id).Take(most).CountAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<Job>> ListAbandonedAsync(
        string node, IReadOnlyCollection<JobId> known, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        var doubtful = await ListAsync(
            context,
            context.Jobs
                .Where(job => job.Status == JobStatus.Running && (job.Node == node || job.LeaseUntil < now))
                .OrderBy(job => job.Created).ThenBy(job => job.Id),
            cancellationToken);
        // Nothing can be done for one that can't be read; it counts as ended.
        doubtful.RemoveAll(job => job.IsFinal);
        // What this node works on is not abandoned, also when its lease ran out because the database could not be reached.
        var abandoned = doubtful.Where(job => !(job.Node == node && known.Contains(job.Id))).ToList();
        foreach (var job in abandoned) await ReadRequestAsync(context, job, cancellationToken);
        return abandoned;
    }

    public async Task<IReadOnlyList<JobId>> ListWithoutOutputsAsync(
        IReadOnlyCollection<JobId> among, IReadOnlyCollection<JobStatus> statuses, CancellationToken cancellationToken)
    {
        var found = new List<JobId>();
        foreach (var ids in among.Chunk(MostIds))
        {
            await using var context = contexts.CreateDbContext();
            found.AddRange(await context.Jobs
                .Where(job => ids.Contains(job.Id) && statuses.Contains(job.Status) && !context.JobOutputs.Any(row => row.JobId == job.Id))
                .Select(job => job.Id)
                .ToListAsync(cancellationToken));
        }

        return found;
    }

    public async Task<IReadOnlySet<JobId>> ListHeldAsync(string node, IReadOnlyCollection<JobId> jobs, CancellationToken cancellationToken)
    {
        var held = new HashSet<JobId>();
        foreach (var ids in jobs.Chunk(MostIds))
        {
            await using var context = contexts.CreateDbContext();
            held.UnionWith(await HeldIn(context, node, ids).Select(job => job.Id).ToListAsync(cancellationToken));
        }

        return held;
    }

    public async Task<IReadOnlySet<JobId>> RenewLeasesAsync(
        string node, IReadOnlyCollection<JobId> jobs, DateTimeOffset leaseUntil, CancellationToken cancellationToken)
    {
        var held = new HashSet<JobId>();
        foreach (var ids in jobs.Chunk(MostIds))
        {
            held.UnionWith(await writer.RunAsync(
                async context =>
                {
                    var own = HeldIn(context, node, ids);
                    await own.ExecuteUpdateAsync(set => set.SetProperty(job => job.LeaseUntil, leaseUntil), cancellationToken);
                    return await own.Select(job => job.Id).ToListAsync(cancellationToken);
                },
                cancellationToken));
        }

        return held;
    }

    public void Dispose() => _requests.Dispose();

    private static IQueryable<Job> HeldIn(OgcDbContext context, string node, JobId[] ids) =>
        context.Jobs.Where(job => ids.Contains(job.Id) && job.Status == JobStatus.Running && job.Node == node);

    private async Task<Job?> UpdateAsync(OgcDbContext context, JobId id, Action<Job> change, CancellationToken cancellationToken)
    {
        if (await ReadOrThrowAsync() is not var (job, rows)) return null;
        change(job);
        if (!rows.Select(row => row.ToOutput()).SequenceEqual(job.Outputs))
        {
            context.RemoveRange(rows);
            context.AddRange(job.Outputs.Select((output, ordinal) => JobOutputRow.Of(id, ordinal, output)));
        }

        // Callbacks go with the change that raised them; a job that nobody is told of costs no look at them.
        if (job.Request?.Subscriber is not null && (job.Raised.Count > 0 || job.IsFinal))
            context.AddRange(Callback.Follow(job, await context.Callbacks.AsTracking().Where(callback => callback.JobId == id).ToListAsync(cancellationToken)));

        try
        {
            await context.SaveOnceAsync(job, job.CpuNoted > TimeSpan.Zero ? () => context.CountCpuAsync(job, cancellationToken) : null, cancellationToken);
        }
        catch (DbUpdateException clash) when (context.IsDuplicate(clash))
        {
            // Somebody else recorded the outputs or callbacks first, and the database saw that before it saw the job's version.
            throw new DbUpdateConcurrencyException($"Job {id} was given outputs or callbacks meanwhile.", clash);
        }

        return job;

        async Task<Read?> ReadOrThrowAsync()
        {
            try
            {
                return await ReadAsync(context, context.Jobs.AsTracking(), id, cancellationToken);
            }
            catch (Exception damage) when (Unreadable.Is(damage))
            {
                throw Unreadable.Record($"job '{id}'", damage);
            }
        }
    }

    /// <summary>The jobs of a query; where one can't be read, it is shown as failed, and hides no other.</summary>
    private static async Task<List<Job>> ListAsync(OgcDbContext context, IQueryable<Job> jobs, CancellationToken cancellationToken)
    {
        try
        {
            return await jobs.ToListAsync(cancellationToken);
        }
        catch (Exception damage) when (Unreadable.Is(damage))
        {
            var all = new List<Job>();
            foreach (var id in await jobs.Select(job => job.Id).ToListAsync(cancellationToken))
                if (await FindRowAsync(context, id, cancellationToken) is { } job) all.Add(job);
            return all;
        }
    }

    private static async Task<Job?> FindRowAsync(OgcDbContext context, JobId id, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Jobs.SingleOrDefaultAsync(job => job.Id == id, cancellationToken);
        }
        catch (Exception damage) when (Unreadable.Is(damage))
        {
            return await StandInAsync(context, id, damage, cancellationToken);
        }
    }

    private async Task<Job?> FindAsync(OgcDbContext context, JobId id, CancellationToken cancellationToken)
    {
        try
        {
            return (await ReadAsync(context, context.Jobs, id, cancellationToken))?.Job;
        }
        catch (Exception damage) when (Unreadable.Is(damage))
        {
            return await StandInAsync(context, id, damage, cancellationToken);
        }
    }

    private static async Task<Job> StandInAsync(OgcDbContext context, JobId id, Exception damage, CancellationToken cancellationToken)
    {
        var row = context.Jobs.Where(job => job.Id == id);
        var processId = await row.Select(job => job.ProcessId).SingleAsync(cancellationToken);
        var created = DateTimeOffset.UnixEpoch;
        try
        {
            created = await row.Select(job => job.Created).SingleAsync(cancellationToken);
        }
        catch (Exception alsoDamaged) when (Unreadable.Is(alsoDamaged))
        {
            // It is listed where it stands, whatever it says of its time.
        }

        return Job.Unreadable(id, processId, created, Unreadable.Reason($"job '{id}'", damage));
    }

    private async Task<Read?> ReadAsync(OgcDbContext context, IQueryable<Job> jobs, JobId id, CancellationToken cancellationToken)
    {
        var read = await jobs.Where(job => job.Id == id)
            .Select(job => new Read(job, context.JobOutputs.Where(row => row.JobId == job.Id).OrderBy(row => row.Ordinal).ToList()))
            .SingleOrDefaultAsync(cancellationToken);
        if (read is null) return null;
        JobParts.SetOutputs(read.Job, read.Rows.Select(row => row.ToOutput()));
        // Not in the statement above, which repeats the job for each of its outputs.
        await ReadRequestAsync(context, read.Job, cancellationToken);
        return read;
    }

    private async Task ReadRequestAsync(OgcDbContext context, Job job, CancellationToken cancellationToken)
    {
        if (!_requests.TryGet(job.Id, out var request))
        {
            var json = await context.JobRequests.Where(row => row.JobId == job.Id).Select(row => row.Request)
                .SingleOrDefaultAsync(cancellationToken);
            // The job has no request then: it can still be told of, fail and be dismissed.
            if (json is null || StoredJson.TryReadRequest(json) is not { } read) return;
            request = read;
            _requests.Set(job.Id, request, json.Length);
        }

        JobParts.SetRequest(job, request);
    }

    private sealed record Read(Job Job, List<JobOutputRow> Rows);
}
