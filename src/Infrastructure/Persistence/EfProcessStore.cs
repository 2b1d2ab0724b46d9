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

    private readonly BoundedCache<Guid, ProcessRevision> _revisions = new(MostRevisionBytes);

    public async Task<Process?> FindAsync(ProcessId id, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await FindAsync(context, id, cancellationToken);
    }

    public async Task<ProcessRevision?> FindRevisionAsync(Guid revisionId, CancellationToken cancellationToken)
    {
        if (_revisions.TryGet(revisionId, out var known)) return known;
        await using var context = contexts.CreateDbContext();
        return await FindRevisionAsync(context, revisionId, cancellationToken);
    }

    public async Task<Page<Process>> ListAsync(Cursor? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        var page = From(context.Processes, cursor).Take(limit + 1);
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

    public async Task<IReadOnlyList<Guid>> ListRevisionsAsync(CancellationToken cancellationToken)
    {
        await using var context = contexts.CreateDbContext();
        return await context.Processes.OrderBy(process => process.Id)
            .Select(process => EF.Property<Guid>(process, ProcessConfiguration.RevisionId)).ToListAsync(cancellationToken);
    }

    public Task<bool> TryAddAsync(Process process, CancellationToken cancellationToken) => writer.RunAsync(
        async context =>
        {
            if (await context.Processes.AnyAsync(other => other.Id == process.Id, cancellationToken)) return false;
            context.Add(process);
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
            change(process);
            await context.SaveOnceAsync(process, cancellationToken);
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

    private static IQueryable<Process> From(IQueryable<Process> processes, Cursor? cursor)
    {
        if (cursor is null) return processes.OrderBy(process => process.Id);
        if (!ProcessId.TryParse(cursor.Key, out var place)) throw Cursor.NotOurs();
        return cursor.Backwards
            ? processes.Where(process => process.Id < place).OrderByDescending(process => process.Id)
            : processes.Where(process => process.Id > place).OrderBy(process => process.Id);
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
