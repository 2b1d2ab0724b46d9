using Microsoft.EntityFrameworkCore;
using OgcProcesses.Application.Jobs.Execute;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Idempotency keys in the database; the key of the table decides between two requests that come at once.</summary>
internal sealed class EfExecutionKeyStore(IDbContextFactory<OgcDbContext> contexts, DatabaseWriter writer, EfJobStore jobs) : IExecutionKeyStore
{
    public async Task<ExecutionKey?> FindAsync(string owner, string key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await context.ExecutionKeys.SingleOrDefaultAsync(known => known.Owner == owner && known.Key == key && known.Expires > now, cancellationToken);
    }

    public async Task<bool> TryAddAsync(Job job, ExecutionKey key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            await jobs.AddAsync(
                job,
                async context =>
                {
                    await context.ExecutionKeys.Where(known => known.Owner == key.Owner && known.Key == key.Key && known.Expires <= now)
                        .ExecuteDeleteAsync(cancellationToken);
                    context.Add(key);
                },
                cancellationToken);
            return true;
        }
        catch (DbUpdateException clash)
        {
            if (!await IsTakenAsync(clash, key, now, cancellationToken)) throw;
            return false;
        }
    }

    public async Task<int> ForgetAsync(DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        List<JobId> jobs;
        await using (var context = contexts.CreateDbContext())
        {
            jobs = await context.ExecutionKeys.Where(key => key.Expires <= now).OrderBy(key => key.Expires).Take(most)
                .Select(key => key.JobId).ToListAsync(cancellationToken);
        }

        return jobs.Count == 0 ? 0 : await writer.RunAsync(
            context => context.ExecutionKeys.Where(key => jobs.Contains(key.JobId) && key.Expires <= now).ExecuteDeleteAsync(cancellationToken), cancellationToken);
    }

    private async Task<bool> IsTakenAsync(DbUpdateException clash, ExecutionKey key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return context.IsDuplicate(clash) && await FindAsync(key.Owner, key.Key, now, cancellationToken) is not null;
    }
}
