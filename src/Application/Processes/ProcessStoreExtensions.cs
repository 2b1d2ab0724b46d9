using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes;

/// <summary>What use cases ask of a process before they go on.</summary>
internal static class ProcessStoreExtensions
{
    /// <summary>The process, which must exist.</summary>
    public static async Task<Process> GetAsync(this IProcessStore processes, ProcessId id, CancellationToken cancellationToken) =>
        await processes.FindAsync(id, cancellationToken) ?? throw NoSuchProcess(id);

    /// <summary>The process, which must exist and not be built in.</summary>
    /// <remarks>/req/deploy-replace-undeploy/deploy-response-immutable</remarks>
    public static async Task<Process> GetMutableAsync(this IProcessStore processes, ProcessId id, CancellationToken cancellationToken)
    {
        var process = await processes.GetAsync(id, cancellationToken);
        return process.Mutable ? process : throw BuiltIn(id);
    }

    /// <summary>The error for a process that never was, or is not the caller's to know of.</summary>
    public static OgcException NoSuchProcess(ProcessId id) => new(OgcError.NoSuchProcess, $"There is no process '{id}'.");

    /// <summary>The error for a change of a process that comes with the server.</summary>
    public static OgcException BuiltIn(ProcessId id) => new(OgcError.ImmutableProcess, $"Process '{id}' is built in.") { Location = $"processes/{id}" };

    /// <summary>Refuses to change a process whose present revision is none of those that the client names; null names all.</summary>
    public static void EnsureIsAt(this Process process, IReadOnlyCollection<Guid>? revisions)
    {
        if (revisions?.Contains(process.Revision.Id) == false)
        {
            throw new OgcException(
                OgcError.ProcessChanged, $"Process '{process.Id}' is not at the revision that the request names; somebody may have replaced it since.");
        }
    }
}
