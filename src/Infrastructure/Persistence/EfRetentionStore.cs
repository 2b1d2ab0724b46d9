using Microsoft.EntityFrameworkCore;
using OgcProcesses.Application.Jobs.Retention;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Retention in the database. What lies below a job's row goes with it by foreign keys.</summary>
internal sealed class EfRetentionStore(IDbContextFactory<OgcDbContext> contexts, DatabaseWriter writer) : IRetentionStore
{
    public async Task<int> ExpireAsync(
        DateTimeOffset now, DateTimeOffset? finishedBefore, Func<Job, string> reason, int most, CancellationToken cancellationToken)
    {
        var expired = await ExpireAsync(context => DueIn(context, now).Take(most), jobs => jobs, now, reason, cancellationToken);
        if (expired > 0 || finishedBefore is not { } before) return expired;
        return await ExpireAsync(context => EndedIn(context, before).Take(most), jobs => jobs, now, reason, cancellationToken);
    }

    public Task<int> ExpireOldestAsync(long bytes, DateTimeOffset now, string reason, int most, CancellationToken cancellationToken)
    {
        return ExpireAsync(context => StoredIn(context).Take(most), Enough, now, _ => reason, cancellationToken);

        List<Job> Enough(List<Job> oldest)
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
        return await context.ExpiredJobs.Where(expired => !expired.FilesRemoved).OrderBy(expired => expired.At).Take(most)
            .Select(expired => expired.JobId).ToListAsync(cancellationToken);
    }

    public Task NoteFilesRemovedAsync(IReadOnlyCollection<JobId> jobs, CancellationToken cancellationToken) => writer.RunAsync(
        context => context.ExpiredJobs.Where(expired => jobs.Contains(expired.JobId))
            .ExecuteUpdateAsync(set => set.SetProperty(expired => expired.FilesRemoved, true), cancellationToken),
        cancellationToken);

    public async Task<int> ForgetAsync(DateTimeOffset before, int most, CancellationToken cancellationToken)
    {
        await using (var context = contexts.CreateDbContext())
            if (!await OldIn(context, before).AnyAsync(cancellationToken)) return 0;
        return await writer.RunAsync(
            context => context.ExpiredJobs.Where(expired => OldIn(context, before).Take(most).Any(old => old.JobId == expired.JobId))
                .ExecuteDeleteAsync(cancellationToken),
            cancellationToken);
    }

    /// <summary>Jobs with a time of their own that has come.</summary>
    internal static IQueryable<Job> DueIn(OgcDbContext context, DateTimeOffset now) =>
        Told(context, context.Jobs.Where(job => job.Finished != null && !job.Pinned && job.Expires <= now)).OrderBy(job => job.Expires);

    /// <summary>Jobs without such a time that ended before another.</summary>
    internal static IQueryable<Job> EndedIn(OgcDbContext context, DateTimeOffset before) =>
        Told(context, context.Jobs.Where(job => job.Finished != null && !job.Pinned && job.Expires == null && job.Finished <= before)).OrderBy(job => job.Finished);

    /// <summary>Jobs with output files, from the one that ended first.</summary>
    internal static IQueryable<Job> StoredIn(OgcDbContext context) =>
        Told(context, context.Jobs.Where(job => job.StoredBytes > 0 && !job.Pinned)).OrderBy(job => job.Finished);

    private static IQueryable<ExpiredJob> OldIn(OgcDbContext context, DateTimeOffset before) =>
        context.ExpiredJobs.Where(expired => expired.FilesRemoved && expired.At <= before).OrderBy(expired => expired.At);

    /// <summary>Those whose subscriber is told nothing more.</summary>
    private static IQueryable<Job> Told(OgcDbContext context, IQueryable<Job> jobs) =>
        jobs.Where(job => !context.Callbacks.Any(callback => callback.JobId == job.Id && callback.Due != null));

    private async Task<int> ExpireAsync(
        Func<OgcDbContext, IQueryable<Job>> select, Func<List<Job>, List<Job>> choose, DateTimeOffset now, Func<Job, string> reason,
        CancellationToken cancellationToken)
    {
        // Looked for outside of the turn that writers take: mostly there is nothing.
        await using (var context = contexts.CreateDbContext())
            if (!await select(context).AnyAsync(cancellationToken)) return 0;
        return await writer.RunAsync(
            async context =>
            {
                // By their versions: one that was pinned meanwhile stays, and what is left is looked for again.
                var jobs = choose(await select(context).AsTracking().ToListAsync(cancellationToken));
                context.RemoveRange(jobs);
                context.AddRange(jobs.Select(job => new ExpiredJob(job.Id, now, reason(job), FilesRemoved: false)));
                await context.SaveChangesAsync(cancellationToken);
                return jobs.Count;
            },
            cancellationToken);
    }
}
