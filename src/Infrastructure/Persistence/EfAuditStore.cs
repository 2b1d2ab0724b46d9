using Microsoft.EntityFrameworkCore;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Paging;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>The audit trail in the database, whose triggers let nobody change it.</summary>
internal sealed class EfAuditStore(IDbContextFactory<OgcDbContext> contexts, DatabaseWriter writer) : IAuditStore
{
    public Task AddAsync(IReadOnlyCollection<AuditEvent> events, CancellationToken cancellationToken) => writer.RunAsync(
        context =>
        {
            context.AddRange(events);
            return context.SaveOnceAsync(events.First(), cancellationToken);
        },
        cancellationToken);

    public async Task<Page<AuditEvent>> ListAsync(AuditFilter filter, Cursor? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return Page.Of(await PageOf(context, filter, cursor).Take(limit + 1).ToListAsync(cancellationToken), limit, cursor, happened => happened.Id);
    }

    /// <remarks>Times are looked for by the identifier, too, which begins with them: each filter is a stretch of one index.</remarks>
    private static IQueryable<AuditEvent> PageOf(OgcDbContext context, AuditFilter filter, Cursor? cursor)
    {
        var events = context.AuditEvents.AsQueryable();
        if (filter.Subject is { } subject) events = events.Where(happened => happened.Subject == subject);
        if (filter.Caller is { } caller) events = events.Where(happened => happened.Caller == caller);
        if (filter.Action is { } action) events = events.Where(happened => happened.Action == action);
        if (filter.From is { } from)
        {
            var first = AuditEvent.FirstId(from);
            events = events.Where(happened => string.Compare(happened.Id, first) >= 0);
        }

        if (filter.To is { } to)
        {
            var beyond = AuditEvent.FirstId(to.AddTicks(1));
            events = events.Where(happened => string.Compare(happened.Id, beyond) < 0);
        }

        if (cursor is null) return events.OrderByDescending(happened => happened.Id);
        var place = cursor.Key;
        return cursor.Backwards
            ? events.Where(happened => string.Compare(happened.Id, place) > 0).OrderBy(happened => happened.Id)
            : events.Where(happened => string.Compare(happened.Id, place) < 0).OrderByDescending(happened => happened.Id);
    }
}
