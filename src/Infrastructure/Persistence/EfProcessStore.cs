using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Processes in the database. Revisions never change, so recent ones are kept in memory.</summary>
internal sealed class EfProcessStore(IDbContextFactory<OgcDbContext> contexts, DatabaseWriter writer) : IProcessStore, IDisposable
{
    private const long MostRevisionBytes = 32 << 20;

    /// <summary>Somebody's names are looked up one by one, up to so many; beyond, several at a time.</summary>
    private const int MostStretches = 16;

    private readonly BoundedCache<Guid, ProcessRevision> _revisions = new(MostRevisionBytes);

    public async Task<Process?> FindAsync(ProcessId id, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await FindAsync(context, id, cancellationToken);
    }

    /// <remarks>One statement, whether there is such a process or it is not to be seen: so time tells nothing either.</remarks>
    public async Task<ProcessRights?> FindRightsAsync(ProcessId id, ProcessFilter filter, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        try
        {
            var found = await Leave(context, filter, context.Processes.Where(process => process.Id == id))
                .Select(process => new { process.Owner, process.Mutable, process.Access })
                .SingleOrDefaultAsync(cancellationToken);
            return found is null ? null : new(found.Owner, found.Mutable, found.Access.ExecuteRole);
        }
        catch (Exception damage) when (Unreadable.Is(damage))
        {
            throw Unreadable.Record($"process '{id}'", damage);
        }
    }

    public async Task<ProcessRevision?> FindRevisionAsync(Guid revisionId, CancellationToken cancellationToken)
    {
        if (_revisions.TryGet(revisionId, out var known)) return known;
        await using var context = contexts.CreateDbContext();
        return await FindRevisionAsync(context, revisionId, cancellationToken);
    }

    public async Task<Page<Process>> ListAsync(ProcessFilter filter, Cursor? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        var page = PageOf(context, filter, cursor, limit + 1);
        List<Process> read;
        try
        {
            read = await page.Include(process => process.Revision).ToListAsync(cancellationToken);
        }
        catch (Exception damage) when (Unreadable.Is(damage))
        {
            read = [];
            foreach (var id in await page.Select(process => process.Id).ToListAsync(cancellationToken))
                if (await FindOrStandInAsync(context, id, cancellationToken) is { } process) read.Add(process);
        }

        return Page.Of(read, limit, cursor, process => process.Id.Value);
    }

    public async Task<IReadOnlyList<Guid>> ListRevisionsAsync(ProcessFilter filter, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await Leave(context, filter, context.Processes).OrderBy(process => process.Id)
            .Select(process => EF.Property<Guid>(process, ProcessConfiguration.RevisionId)).ToListAsync(cancellationToken);
    }

    public Task<bool> TryAddAsync(Process process, CancellationToken cancellationToken) => writer.RunAsync(
        async context =>
        {
            if (await context.Processes.AnyAsync(other => other.Id == process.Id, cancellationToken)) return false;
            context.Add(process);
            context.AddRange(ProcessViewerRow.Of(process));
            try
            {
                await context.SaveOnceAsync(process, cancellationToken);
                return true;
            }
            catch (DbUpdateException failure) when (context.IsDuplicate(failure))
            {
                return false;
            }
        },
        cancellationToken);

    public Task<Process?> UpdateAsync(ProcessId id, Action<Process> change, CancellationToken cancellationToken) => writer.RunAsync(
        async context =>
        {
            if (await FindTrackedAsync(context, id, cancellationToken) is not { } process) return null;
            var access = process.Access;
            change(process);
            if (process.Access != access) await ShareAsync(context, process, cancellationToken);
            try
            {
                await context.SaveOnceAsync(process, cancellationToken);
            }
            catch (DbUpdateException clash) when (context.IsDuplicate(clash))
            {
                // Somebody else shared it with the same viewers first, and the database saw that before it saw the process's version.
                throw new DbUpdateConcurrencyException($"Process {id} was shared meanwhile.", clash);
            }

            return process;
        },
        cancellationToken);

    public Task<bool> RemoveAsync(ProcessId id, Action<Process> check, CancellationToken cancellationToken) => writer.RunAsync(
        async context =>
        {
            if (await FindTrackedAsync(context, id, cancellationToken) is not { } process) return false;
            check(process);
            context.Remove(process);
            await context.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    public void Dispose() => _revisions.Dispose();

    private async Task<Process?> FindAsync(OgcDbContext context, ProcessId id, CancellationToken cancellationToken)
    {
        try
        {
            var found = await context.Processes.Where(process => process.Id == id)
                .Select(process => new { Process = process, RevisionId = EF.Property<Guid>(process, ProcessConfiguration.RevisionId) })
                .SingleOrDefaultAsync(cancellationToken);
            if (found is null) return null;
            var revision = await FindRevisionAsync(context, found.RevisionId, cancellationToken)
                ?? throw new KeyNotFoundException($"its revision {found.RevisionId} is not in the database");
            SetRevision(found.Process, revision);
            return found.Process;
        }
        catch (Exception damage) when (Unreadable.Is(damage))
        {
            throw Unreadable.Record($"process '{id}'", damage);
        }
    }

    /// <summary>The process; one that can't be read is shown with nothing but the reason.</summary>
    private async Task<Process?> FindOrStandInAsync(OgcDbContext context, ProcessId id, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(context, id, cancellationToken);
        }
        catch (OgcException unreadable) when (unreadable.Error == OgcError.UnreadableRecord)
        {
            return Process.Unreadable(id, unreadable.Message);
        }
    }

    private static async Task<Process?> FindTrackedAsync(OgcDbContext context, ProcessId id, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Processes.AsTracking().Include(process => process.Revision)
                .SingleOrDefaultAsync(process => process.Id == id, cancellationToken);
        }
        catch (Exception damage) when (Unreadable.Is(damage))
        {
            throw Unreadable.Record($"process '{id}'", damage);
        }
    }

    private static async Task ShareAsync(OgcDbContext context, Process process, CancellationToken cancellationToken)
    {
        var present = await context.ProcessViewers.AsTracking().Where(row => row.ProcessId == process.Id).ToListAsync(cancellationToken);
        var viewers = process.Viewers.ToHashSet();
        context.RemoveRange(present.Where(row => !viewers.Contains(row.Viewer)));
        context.AddRange(ProcessViewerRow.Of(process).ExceptBy(present.Select(row => row.Viewer), row => row.Viewer));
    }

    /// <summary>Those of some processes that a filter leaves.</summary>
    private static IQueryable<Process> Leave(OgcDbContext context, ProcessFilter filter, IQueryable<Process> processes)
    {
        if (filter.Among is { } among) processes = processes.Where(process => among.Contains(process.Id));
        if (filter.Viewers is not { } viewers) return processes;
        var seen = context.ProcessViewers.Where(row => viewers.Contains(row.Viewer)).Select(row => row.ProcessId);
        return processes.Where(process => seen.Contains(process.Id));
    }

    /// <summary>The first processes that a filter leaves, from a place on.</summary>
    /// <remarks>
    /// What somebody sees is read name by name, no further than the page needs, and merged: so a page takes no longer for who
    /// sees few of many processes. Those that a key names are few.
    /// </remarks>
    private static IQueryable<Process> PageOf(OgcDbContext context, ProcessFilter filter, Cursor? cursor, int count)
    {
        var backwards = cursor is { Backwards: true };
        ProcessId? place = cursor is null ? null : ProcessId.TryParse(cursor.Key, out var key) ? key : throw Cursor.NotOurs();
        if (filter is not { Viewers: { } viewers, Among: null }) return From(Leave(context, filter, context.Processes)).Take(count);
        var stretches = viewers.Chunk((viewers.Count / MostStretches) + 1)
            .Select(names => context.ProcessViewers.Where(row => names.Contains(row.Viewer)))
            .Select(rows => Sorted(Beyond(rows.Select(row => row.ProcessId))).Distinct().Take(count)).ToList();
        if (stretches.Count == 0) return context.Processes.Where(process => false);
        var ids = stretches.Aggregate(Queryable.Union);
        return From(context.Processes.Where(process => ids.Contains(process.Id))).Take(count);

        IQueryable<Process> From(IQueryable<Process> processes)
        {
            if (place is { } from) processes = backwards ? processes.Where(process => process.Id < from) : processes.Where(process => process.Id > from);
            return backwards ? processes.OrderByDescending(process => process.Id) : processes.OrderBy(process => process.Id);
        }

        IQueryable<ProcessId> Beyond(IQueryable<ProcessId> all) =>
            place is not { } from ? all : backwards ? all.Where(id => id < from) : all.Where(id => id > from);

        IQueryable<ProcessId> Sorted(IQueryable<ProcessId> all) => backwards ? all.OrderByDescending(id => id) : all.OrderBy(id => id);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Revision")]
    private static extern void SetRevision(Process process, ProcessRevision revision);

    private async Task<ProcessRevision?> FindRevisionAsync(OgcDbContext context, Guid revisionId, CancellationToken cancellationToken)
    {
        if (_revisions.TryGet(revisionId, out var known)) return known;
        ProcessRevision? revision;
        try
        {
            revision = await context.Revisions.SingleOrDefaultAsync(revision => revision.Id == revisionId, cancellationToken);
        }
        catch (Exception damage) when (Unreadable.Is(damage))
        {
            throw Unreadable.Record($"revision {revisionId} of a process", damage);
        }

        // The package is kept beside the description and the unit that came from it.
        if (revision is not null) _revisions.Set(revisionId, revision, 2 * revision.Package.Length);
        return revision;
    }
}
