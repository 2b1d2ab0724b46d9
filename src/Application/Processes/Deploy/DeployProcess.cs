using AutoMapper;
using MediatR;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Processes.Image;
using OgcProcesses.Application.Processes.List;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Deploy;

/// <summary>Deploys a process under the identifier its description states.</summary>
/// <remarks>/req/deploy-replace-undeploy/deploy-post-op</remarks>
/// <param name="Package">What it is and what runs.</param>
/// <param name="Workflow">The workflow to take where a CWL document has several; null for the first.</param>
[Requires(Role.Deployer)]
[Audited("process.deploy")]
public sealed record DeployProcess(ApplicationPackage Package, string? Workflow = null) : IRequest<ProcessSummary>;

internal sealed class DeployProcessHandler(
    IProcessStore processes,
    PackageSource packages,
    ImageRequests images,
    IMapper mapper,
    ICaller caller,
    IOptions<ProcessOptions> options,
    TimeProvider clock) : IRequestHandler<DeployProcess, ProcessSummary>
{
    public async Task<ProcessSummary> Handle(DeployProcess request, CancellationToken cancellationToken)
    {
        var package = await packages.ReadAsync(request.Package, request.Workflow, id: null, cancellationToken);
        var process = Process.Deploy(
            package.Description,
            package.Unit,
            request.Package.ToJson(),
            caller.Current.Id,
            mutable: true,
            clock.GetUtcNow(),
            new ProcessAccess { Visibility = options.Value.DefaultVisibility });
        if (!caller.Current.Reaches(process.Id)) throw new OgcException(OgcError.Forbidden, $"Your key is not for process '{process.Id}'.");
        if (!await processes.TryAddAsync(process, cancellationToken)) throw await TakenAsync(process.Id, cancellationToken);
        images.Add(process.Id);
        var summary = mapper.Map<ProcessSummary>(process);
        return package.Warnings.Count == 0 ? summary : summary with { Warnings = package.Warnings };
    }

    private async Task<OgcException> TakenAsync(ProcessId id, CancellationToken cancellationToken)
    {
        // An identifier stands for one process, so that it is taken can't be hidden; whose and what the process is can.
        if (await processes.FindRightsAsync(id, ProcessFilter.SeenBy(caller.Current), cancellationToken) is not { } rights)
            return new(OgcError.DuplicatedProcess, $"The identifier '{id}' is taken; deploy under another.");
        return rights.Mutable
            ? new(OgcError.DuplicatedProcess, $"Process '{id}' is deployed already; PUT replaces it.") { Location = $"processes/{id}" }
            : ProcessStoreExtensions.BuiltIn(id);
    }
}
