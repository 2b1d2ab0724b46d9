using AutoMapper;
using MediatR;
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
public sealed record DeployProcess(ApplicationPackage Package, string? Workflow = null) : IRequest<ProcessSummary>;

internal sealed class DeployProcessHandler(
    IProcessStore processes,
    PackageSource packages,
    ImageRequests images,
    IMapper mapper,
    ICaller caller,
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
            clock.GetUtcNow());
        if (!await processes.TryAddAsync(process, cancellationToken)) throw await TakenAsync(process.Id, cancellationToken);
        images.Add(process.Id);
        var summary = mapper.Map<ProcessSummary>(process);
        return package.Warnings.Count == 0 ? summary : summary with { Warnings = package.Warnings };
    }

    private async Task<OgcException> TakenAsync(ProcessId id, CancellationToken cancellationToken)
    {
        var builtIn = await processes.FindAsync(id, cancellationToken) is { Mutable: false };
        return new(
            builtIn ? OgcError.ImmutableProcess : OgcError.DuplicatedProcess,
            builtIn ? $"Process '{id}' is built in." : $"Process '{id}' is deployed already; PUT replaces it.")
        {
            Location = $"processes/{id}",
        };
    }
}
