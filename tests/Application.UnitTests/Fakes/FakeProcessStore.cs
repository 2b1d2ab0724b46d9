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

    public Task<Page<Process>> ListAsync(Cursor? cursor, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(new Page<Process>([.. _processes.Values.OrderBy(process => process.Id).Take(limit)], null, null));

    public Task<IReadOnlyList<Guid>> ListRevisionsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Guid>>([.. _processes.Values.OrderBy(process => process.Id).Select(process => process.Revision.Id)]);

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
}
