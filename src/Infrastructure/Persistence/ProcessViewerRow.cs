using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>One of a process's viewers, by whom lists of processes are looked up.</summary>
/// <remarks>Follows from the process's owner and access, and is written with them.</remarks>
internal sealed class ProcessViewerRow
{
    public Viewer Viewer { get; init; }

    public ProcessId ProcessId { get; init; }

    public static IEnumerable<ProcessViewerRow> Of(Process process) =>
        process.Viewers.Select(viewer => new ProcessViewerRow { Viewer = viewer, ProcessId = process.Id });
}
