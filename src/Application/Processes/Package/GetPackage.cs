using MediatR;
using OgcProcesses.Application.Processes.Deploy;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Package;

/// <summary>Gives back the package that deployed or last replaced a process.</summary>
/// <remarks>/req/deploy-replace-undeploy/package-get-op</remarks>
public sealed record GetPackage(ProcessId Id) : IRequest<ApplicationPackage>;

internal sealed class GetPackageHandler(IProcessStore processes) : IRequestHandler<GetPackage, ApplicationPackage>
{
    public async Task<ApplicationPackage> Handle(GetPackage request, CancellationToken cancellationToken)
    {
        var process = await processes.GetMutableAsync(request.Id, cancellationToken);
        return ApplicationPackage.FromJson(process.Revision.Package);
    }
}
