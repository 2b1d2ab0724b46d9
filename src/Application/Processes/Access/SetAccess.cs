using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Access;

/// <summary>Says anew who sees and executes a process. Jobs under way go on, and stay their owners'.</summary>
/// <param name="Id">The process; also one that is built in.</param>
/// <param name="Rules">What takes the place of the present rules.</param>
[Requires(Role.Deployer, ProcessUse = ProcessUse.Change)]
[Audited("process.share")]
public sealed record SetAccess(ProcessId Id, AccessRules Rules) : IRequest<AccessRules>;

internal sealed class SetAccessHandler(IProcessStore processes) : IRequestHandler<SetAccess, AccessRules>
{
    public async Task<AccessRules> Handle(SetAccess request, CancellationToken cancellationToken)
    {
        var access = request.Rules.Read();
        var shared = await processes.UpdateAsync(request.Id, process => process.Share(access), cancellationToken);
        return AccessRules.Of((shared ?? throw ProcessStoreExtensions.NoSuchProcess(request.Id)).Access);
    }
}
