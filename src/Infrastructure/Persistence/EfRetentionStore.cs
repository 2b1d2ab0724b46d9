using Microsoft.EntityFrameworkCore;
using OgcProcesses.Application.Jobs.Retention;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Retention in the database. What lies below a job's row goes with it by foreign keys.</summary>
internal sealed class EfRetentionStore(IDbContextFactory<OgcDbContext> contexts, DatabaseWriter writer) : IRetentionStore
{
    public async Task<int> ExpireAsync(
        DateTimeOffset now, DateTimeOffset? finishedBefore, Func<TimeSpan?, string> reason, int most, CancellationToken cancellationToken)
    {
        var expired = await ExpireAsync(context => DueIn(context, now).Take(most), jobs => jobs, now, reason, cancellationToken);
        if (expired > 0 || finishedBefore is not { } before) return expired;
        return await ExpireAsync(context => EndedIn(context, before).Take(most), jobs => jobs, now, reason, cancellationToken);
    }

    public Task<int> ExpireOldestAsync(long bytes, DateTimeOffset now, string reason, int most, CancellationToken cancellationToken)
    {
        return ExpireAsync(context => StoredIn(context).Take(most), Enough, now, _ => reason, cancellationToken);

        List<Ended> Enough(List<Ended> oldest)
        {
            var freed = 0L;
            return [.. oldest.TakeWhile(job =>
            {
                var isNeeded = freed < bytes;
                freed += job.StoredBytes;
                return isNeeded;
            })];
        }
    }

    public async Task<long> SumStoredBytesAsync(CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await context.Jobs.Where(job => job.StoredBytes > 0).SumAsync(job => job.StoredBytes, cancellationToken);
    }

    public async Task<IReadOnlyList<JobId>> ListWithFilesAsync(int most, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await ExpiredIn(context, areFilesRemoved: false).OrderBy(expired => expired.At).Take(most)
            .Select(expired => expired.JobId).ToListAsync(cancellationToken);
    }

    public Task NoteFilesRemovedAsync(IReadOnlyCollection<JobId> jobs, CancellationToken cancellationToken) => writer.RunAsync(
        context => context.ExpiredJobs.Where(expired => jobs.Contains(expired.JobId))
            .ExecuteUpdateAsync(set => set.SetProperty(expired => expired.FilesRemoved, true), cancellationToken),
        cancellationToken);

    public async Task<int> ForgetAsync(DateTimeOffset before, int most, CancellationToken cancellationToken)
    {
        List<JobId> jobs;
        await using (var context = contexts.CreateDbContext())
        {
            jobs = await ExpiredIn(context, areFilesRemoved: true).Where(expired => expired.At <= before).OrderBy(expired => expired.At).Take(most)
                .Select(expired => expired.JobId).ToListAsync(cancellationToken);
        }

        return jobs.Count == 0 ? 0 : await writer.RunAsync(
            context => context.ExpiredJobs.Where(expired => jobs.Contains(expired.JobId)).ExecuteDeleteAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Jobs with a time of their own that has come.</summary>
    internal static IQueryable<Job> DueIn(OgcDbContext context, DateTimeOffset now) =>
        Told(context, context.Jobs.Where(job => job.Finished != null && !job.Pinned && job.Expires <= now)).OrderBy(job => job.Expires);

    /// <summary>Jobs without such a time that ended before another.</summary>
    internal static IQueryable<Job> EndedIn(OgcDbContext context, DateTimeOffset before) =>
        Told(context, context.Jobs.Where(job => job.Finished != null && !job.Pinned && job.Expires == null && job.Finished <= before))
            // Begun by what all of them share, or PostgreSQL would not see that the index holds them in this order, and sort them all.
            .OrderBy(job => job.Expires).ThenBy(job => job.Finished);

    /// <summary>Jobs with output files, from the one that ended first.</summary>
    internal static IQueryable<Job> StoredIn(OgcDbContext context) =>
        Told(context, context.Jobs.Where(job => job.StoredBytes > 0 && !job.Pinned)).OrderBy(job => job.Finished);

    /// <remarks>Compared with a parameter: SQLite finds no index for a bare truth value.</remarks>
    private static IQueryable<ExpiredJob> ExpiredIn(OgcDbContext context, bool areFilesRemoved) =>
        context.ExpiredJobs.Where(expired => expired.FilesRemoved == areFilesRemoved);

    /// <summary>Those whose subscriber is told nothing more.</summary>
    private static IQueryable<Job> Told(OgcDbContext context, IQueryable<Job> jobs) =>
        jobs.Where(job => !context.Callbacks.Any(callback => callback.JobId == job.Id && callback.Due != null));

    private async Task<int> ExpireAsync(
        Func<OgcDbContext, IQueryable<Job>> select, Func<List<Ended>, List<Ended>> choose, DateTimeOffset now, Func<TimeSpan?, string> reason,
        CancellationToken cancellationToken)
    {
        // Looked for outside of the turn that writers take: mostly there is nothing. The first, since any one would be sought in the whole table.
        await using (var context = contexts.CreateDbContext())
            if (await select(context).Select(job => (JobId?)job.Id).FirstOrDefaultAsync(cancellationToken) is null) return 0;
        return await writer.RunAsync(
            context => context.Database.CreateExecutionStrategy().ExecuteAsync(() => ExpireAsync(context, select, choose, now, reason, cancellationToken)),
            cancellationToken);
    }

    private static async Task<int> ExpireAsync(
        OgcDbContext context, Func<OgcDbContext, IQueryable<Job>> select, Func<List<Ended>, List<Ended>> choose, DateTimeOffset now,
        Func<TimeSpan?, string> reason, CancellationToken cancellationToken)
    {
        context.ChangeTracker.Clear();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var ended = choose(await select(context).Select(job => new Ended(job.Id, job.Owner, job.ProcessId, job.KeepFor, job.StoredBytes)).ToListAsync(cancellationToken));
        var ids = ended.Select(job => job.Id).ToList();
        var removed = await Told(context, context.Jobs.Where(job => ids.Contains(job.Id) && !job.Pinned)).ExecuteDeleteAsync(cancellationToken);
        // One that was pinned meanwhile stays, and what is left is looked for again.
        if (removed < ids.Count) throw new DbUpdateConcurrencyException("A job was pinned, or expired by another node, while it was to expire.");
        context.AddRange(ended.Select(job => new ExpiredJob(job.Id, now, reason(job.KeepFor), FilesRemoved: false) { Owner = job.Owner, ProcessId = job.ProcessId }));
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return removed;
    }

    /// <summary>What is to be known of a job that expires.</summary>
    private sealed record Ended(JobId Id, string Owner, ProcessId ProcessId, TimeSpan? KeepFor, long StoredBytes);
}
