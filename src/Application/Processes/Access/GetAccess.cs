using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Access;

/// <summary>Tells who sees and executes a process.</summary>
/// <remarks>The standard defines no such resource.</remarks>
[Requires(Role.Deployer, ProcessUse = ProcessUse.Change)]
[Unaudited("it changes nothing")]
public sealed record GetAccess(ProcessId Id) : IRequest<AccessRules>;

internal sealed class GetAccessHandler(IProcessStore processes) : IRequestHandler<GetAccess, AccessRules>
{
    public async Task<AccessRules> Handle(GetAccess request, CancellationToken cancellationToken) =>
        AccessRules.Of((await processes.GetAsync(request.Id, cancellationToken)).Access);
}
