using MediatR;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Undeploy;

/// <summary>Takes a process away; its jobs stay, and those under way go on.</summary>
/// <remarks>/req/deploy-replace-undeploy/undeploy-delete-op</remarks>
public sealed record UndeployProcess(ProcessId Id) : IRequest;

internal sealed class UndeployProcessHandler(IProcessStore processes) : AsyncRequestHandler<UndeployProcess>
{
    protected override async Task Handle(UndeployProcess request, CancellationToken cancellationToken)
    {
        await processes.GetMutableAsync(request.Id, cancellationToken);
        if (!await processes.RemoveAsync(request.Id, cancellationToken)) throw new OgcException(OgcError.NoSuchProcess);
    }
}
