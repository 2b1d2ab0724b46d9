using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Undeploy;

/// <summary>Takes a process away; its jobs stay, and those under way go on.</summary>
/// <remarks>/req/deploy-replace-undeploy/undeploy-delete-op</remarks>
/// <param name="Id">The process.</param>
/// <param name="Revisions">Revisions that the client is ready to take away; null for any.</param>
[Requires(Role.Deployer, ProcessUse = ProcessUse.Change)]
[Audited("process.undeploy")]
public sealed record UndeployProcess(ProcessId Id, IReadOnlyCollection<Guid>? Revisions = null) : IRequest;

internal sealed class UndeployProcessHandler(IProcessStore processes) : AsyncRequestHandler<UndeployProcess>
{
    protected override async Task Handle(UndeployProcess request, CancellationToken cancellationToken)
    {
        await processes.GetMutableAsync(request.Id, cancellationToken);
        if (!await processes.RemoveAsync(request.Id, process => process.EnsureIsAt(request.Revisions), cancellationToken))
            throw new OgcException(OgcError.NoSuchProcess);
    }
}
