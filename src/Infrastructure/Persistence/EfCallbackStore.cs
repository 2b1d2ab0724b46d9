using Microsoft.EntityFrameworkCore;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Callbacks in the database; the store of jobs adds them with the change that raised them.</summary>
internal sealed class EfCallbackStore(IDbContextFactory<OgcDbContext> contexts, DatabaseWriter writer) : ICallbackStore
{
    public async Task<IReadOnlyList<Callback>> TakeDueAsync(
        int most, DateTimeOffset now, DateTimeOffset leaseUntil, CancellationToken cancellationToken)
    {
        // Looked for outside of the turn that writers take: mostly there is nothing.
        await using (var context = contexts.CreateDbContext())
            if (!await DueIn(context.Callbacks, now).AnyAsync(cancellationToken)) return [];
        return await writer.RunAsync<IReadOnlyList<Callback>>(
            async context =>
            {
                var due = await DueIn(context.Callbacks, now).AsTracking().OrderBy(callback => callback.Due).Take(most).ToListAsync(cancellationToken);
                foreach (var callback in due) callback.Take(leaseUntil);
                // By their versions: where another node was faster, what is left is looked for again.
                await context.SaveChangesAsync(cancellationToken);
                return due;
            },
            cancellationToken);
    }

    public async Task UpdateAsync(JobId jobId, CallbackKind kind, Action<Callback> change, CancellationToken cancellationToken) =>
        await writer.RunAsync(
            async context =>
            {
                var callback = await context.Callbacks.AsTracking()
                    .SingleOrDefaultAsync(callback => callback.JobId == jobId && callback.Kind == kind, cancellationToken);
                if (callback is not null) change(callback);
                return await context.SaveChangesAsync(cancellationToken);
            },
            cancellationToken);

    public async Task<IReadOnlyList<Callback>> ListAsync(JobId jobId, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await context.Callbacks.Where(callback => callback.JobId == jobId).OrderBy(callback => callback.Raised).ToListAsync(cancellationToken);
    }

    /// <summary>What may be sent now: nothing overtakes progress of the same job that is on its way.</summary>
    internal static IQueryable<Callback> DueIn(DbSet<Callback> callbacks, DateTimeOffset now) => callbacks.Where(callback =>
        callback.Due <= now
        && !callbacks.Any(other => other.JobId == callback.JobId && other.Kind == CallbackKind.InProgress && other.LeaseUntil > now));
}
