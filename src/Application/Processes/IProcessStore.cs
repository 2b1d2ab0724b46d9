using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes;

/// <summary>Keeps deployed processes and every revision that a job began with.</summary>
public interface IProcessStore
{
    /// <summary>A process with its present revision.</summary>
    Task<Process?> FindAsync(ProcessId id, CancellationToken cancellationToken);

    /// <summary>A revision, present or past.</summary>
    Task<ProcessRevision?> FindRevisionAsync(Guid revisionId, CancellationToken cancellationToken);

    /// <summary>A page of processes by identifier.</summary>
    Task<Page<Process>> ListAsync(Cursor? cursor, int limit, CancellationToken cancellationToken);

    /// <summary>The present revision of each process, by the processes' identifiers. It tells whether any process has changed.</summary>
    Task<IReadOnlyList<Guid>> ListRevisionsAsync(CancellationToken cancellationToken);

    /// <summary>Adds a process; false when its identifier is taken.</summary>
    Task<bool> TryAddAsync(Process process, CancellationToken cancellationToken);

    /// <summary>Changes a process on its present state, again when somebody else changed it meanwhile; null when there is none.</summary>
    Task<Process?> UpdateAsync(ProcessId id, Action<Process> change, CancellationToken cancellationToken);

    /// <summary>Removes a process whose present state passes a check; its revisions stay for the jobs that began with them. False when there was none.</summary>
    Task<bool> RemoveAsync(ProcessId id, Action<Process> check, CancellationToken cancellationToken);
}
