using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>Keeps processes in memory, and every revision they ever had.</summary>
internal sealed class FakeProcessStore : IProcessStore
{
    private readonly Dictionary<ProcessId, Process> _processes = [];
    private readonly Dictionary<Guid, ProcessRevision> _revisions = [];

    public Process Add(Process process)
    {
        _processes.Add(process.Id, process);
        _revisions[process.Revision.Id] = process.Revision;
        return process;
    }

    public Task<Process?> FindAsync(ProcessId id, CancellationToken cancellationToken) => Task.FromResult(_processes.GetValueOrDefault(id));

    public Task<ProcessRevision?> FindRevisionAsync(Guid revisionId, CancellationToken cancellationToken) =>
        Task.FromResult(_revisions.GetValueOrDefault(revisionId));

    public Task<ProcessRights?> FindRightsAsync(ProcessId id, ProcessFilter filter, CancellationToken cancellationToken) => Task.FromResult(
        Leave(filter).Where(process => process.Id == id).Select(process => new ProcessRights(process.Owner, process.Mutable, process.Access.ExecuteRole)).SingleOrDefault());

    public Task<Page<Process>> ListAsync(ProcessFilter filter, Cursor? cursor, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(new Page<Process>([.. Leave(filter).Take(limit)], null, null));

    public Task<IReadOnlyList<Guid>> ListRevisionsAsync(ProcessFilter filter, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Guid>>([.. Leave(filter).Select(process => process.Revision.Id)]);

    public Task<bool> TryAddAsync(Process process, CancellationToken cancellationToken)
    {
        if (_processes.ContainsKey(process.Id)) return Task.FromResult(false);
        Add(process);
        return Task.FromResult(true);
    }

    public Task<Process?> UpdateAsync(ProcessId id, Action<Process> change, CancellationToken cancellationToken)
    {
        if (!_processes.TryGetValue(id, out var process)) return Task.FromResult<Process?>(null);
        change(process);
        _revisions[process.Revision.Id] = process.Revision;
        return Task.FromResult<Process?>(process);
    }

    public Task<bool> RemoveAsync(ProcessId id, Action<Process> check, CancellationToken cancellationToken)
    {
        if (_processes.TryGetValue(id, out var process)) check(process);
        return Task.FromResult(_processes.Remove(id));
    }

    private IEnumerable<Process> Leave(ProcessFilter filter) => _processes.Values.OrderBy(process => process.Id)
        .Where(process => filter.Among?.Contains(process.Id) != false && (filter.Viewers is not { } viewers || process.Viewers.Intersect(viewers).Any()));
}
