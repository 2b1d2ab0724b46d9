using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Processes.Deploy;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Package;

/// <summary>Gives back the package that deployed or last replaced a process.</summary>
/// <remarks>/req/deploy-replace-undeploy/package-get-op</remarks>
[Requires(Role.Reader)]
public sealed record GetPackage(ProcessId Id) : IRequest<DeployedPackage>;

/// <summary>A package, and the revision that it made.</summary>
public sealed record DeployedPackage(ApplicationPackage Package, Guid Revision);

internal sealed class GetPackageHandler(IProcessStore processes) : IRequestHandler<GetPackage, DeployedPackage>
{
    public async Task<DeployedPackage> Handle(GetPackage request, CancellationToken cancellationToken)
    {
        var process = await processes.GetMutableAsync(request.Id, cancellationToken);
        return new(ApplicationPackage.FromJson(process.Revision.Package), process.Revision.Id);
    }
}
