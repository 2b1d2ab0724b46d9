using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes;

/// <summary>Keeps deployed processes and every revision that a job began with.</summary>
public interface IProcessStore
{
    /// <summary>A process with its present revision.</summary>
    Task<Process?> FindAsync(ProcessId id, CancellationToken cancellationToken);

    /// <summary>Whose a process is, and who may execute it; null when there is none, or it is none of those that a filter leaves.</summary>
    Task<ProcessRights?> FindRightsAsync(ProcessId id, ProcessFilter filter, CancellationToken cancellationToken);

    /// <summary>A revision, present or past.</summary>
    Task<ProcessRevision?> FindRevisionAsync(Guid revisionId, CancellationToken cancellationToken);

    /// <summary>A page of processes by identifier.</summary>
    Task<Page<Process>> ListAsync(ProcessFilter filter, Cursor? cursor, int limit, CancellationToken cancellationToken);

    /// <summary>The present revision of each process, by the processes' identifiers. It tells whether any of them has changed.</summary>
    Task<IReadOnlyList<Guid>> ListRevisionsAsync(ProcessFilter filter, CancellationToken cancellationToken);

    /// <summary>Adds a process; false when its identifier is taken.</summary>
    Task<bool> TryAddAsync(Process process, CancellationToken cancellationToken);

    /// <summary>Changes a process on its present state, again when somebody else changed it meanwhile; null when there is none.</summary>
    Task<Process?> UpdateAsync(ProcessId id, Action<Process> change, CancellationToken cancellationToken);

    /// <summary>Removes a process whose present state passes a check; its revisions stay for the jobs that began with them. False when there was none.</summary>
    Task<bool> RemoveAsync(ProcessId id, Action<Process> check, CancellationToken cancellationToken);
}

/// <summary>Which processes are looked at; null members leave all.</summary>
/// <param name="Viewers">Only those that are seen under one of these names.</param>
/// <param name="Among">Only these.</param>
public sealed record ProcessFilter(IReadOnlyCollection<Viewer>? Viewers = null, IReadOnlyCollection<ProcessId>? Among = null)
{
    /// <summary>All there are.</summary>
    public static readonly ProcessFilter All = new();

    /// <summary>The processes that a caller sees.</summary>
    public static ProcessFilter SeenBy(Caller caller) => new(caller.Viewers, caller.Processes);
}

/// <summary>What decides who may do what with a process.</summary>
/// <param name="Owner">Who deployed it.</param>
/// <param name="Mutable">Whether it is not built in.</param>
/// <param name="ExecuteRole">The least role of those who execute it.</param>
public sealed record ProcessRights(string Owner, bool Mutable, Role ExecuteRole);
