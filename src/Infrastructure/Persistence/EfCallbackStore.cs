using Microsoft.EntityFrameworkCore;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Callbacks in the database; the store of jobs adds them with the change that raised them.</summary>
internal sealed class EfCallbackStore(IDbContextFactory<OgcDbContext> contexts, DatabaseWriter writer) : ICallbackStore
{
    private static readonly CallbackKind[] Kinds = Enum.GetValues<CallbackKind>();

    public async Task<IReadOnlyList<Callback>> TakeDueAsync(
        int most, DateTimeOffset now, DateTimeOffset leaseUntil, CancellationToken cancellationToken)
    {
        // Looked for outside of the turn that writers take: mostly there is nothing.
        await using (var context = contexts.CreateDbContext())
            if (!await DueIn(context.Callbacks, now).AnyAsync(cancellationToken)) return [];
        return await writer.RunAsync<IReadOnlyList<Callback>>(
            async context =>
            {
                var due = await ListAsync(context, DueIn(context.Callbacks, now).OrderBy(callback => callback.Due).Take(most), now, cancellationToken);
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

    /// <summary>The callbacks of a query, to be changed; those that can't be read are given up, and keep no other from being sent.</summary>
    private static async Task<List<Callback>> ListAsync(
        OgcDbContext context, IQueryable<Callback> callbacks, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await callbacks.AsTracking().ToListAsync(cancellationToken);
        }
        catch (Exception damage) when (Unreadable.Is(damage))
        {
            context.ChangeTracker.Clear();
            var readable = new List<Callback>();
            foreach (var jobId in (await callbacks.Select(callback => callback.JobId).ToListAsync(cancellationToken)).Distinct())
            {
                foreach (var kind in Kinds)
                {
                    var one = context.Callbacks.Where(callback => callback.JobId == jobId && callback.Kind == kind);
                    if (await TryReadAsync(one, cancellationToken)) readable.AddRange(await DueIn(context.Callbacks, now).Where(callback => callback.JobId == jobId && callback.Kind == kind).AsTracking().ToListAsync(cancellationToken));
                    else await GiveUpAsync(one, now, damage, cancellationToken);
                }

                await GiveUpAsync(context.Callbacks.Where(callback => callback.JobId == jobId && !Kinds.Contains(callback.Kind)), now, damage, cancellationToken);
            }

            return readable;
        }
    }

    private static async Task<bool> TryReadAsync(IQueryable<Callback> one, CancellationToken cancellationToken)
    {
        try
        {
            await one.SingleOrDefaultAsync(cancellationToken);
            return true;
        }
        catch (Exception damage) when (Unreadable.Is(damage))
        {
            return false;
        }
    }

    private static Task<int> GiveUpAsync(IQueryable<Callback> callbacks, DateTimeOffset now, Exception damage, CancellationToken cancellationToken)
    {
        IReadOnlyList<CallbackAttempt> log = [new(Guid.Empty, 0, now, null, Unreadable.Reason("this callback", damage))];
        return callbacks.ExecuteUpdateAsync(
            set => set.SetProperty(callback => callback.Status, CallbackStatus.Abandoned)
                .SetProperty(callback => callback.Due, (DateTimeOffset?)null)
                .SetProperty(callback => callback.LeaseUntil, (DateTimeOffset?)null)
                .SetProperty(callback => callback.Log, log),
            cancellationToken);
    }

    /// <summary>What may be sent now: nothing overtakes progress of the same job that is on its way.</summary>
    internal static IQueryable<Callback> DueIn(DbSet<Callback> callbacks, DateTimeOffset now) => callbacks.Where(callback =>
        callback.Due <= now
        && !callbacks.Any(other => other.JobId == callback.JobId && other.Kind == CallbackKind.InProgress && other.LeaseUntil > now));
}
