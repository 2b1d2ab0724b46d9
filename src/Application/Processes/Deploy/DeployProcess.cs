using AutoMapper;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Schemas;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes.Image;
using OgcProcesses.Application.Processes.List;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Deploy;

/// <summary>Deploys a process under the identifier its description states.</summary>
/// <remarks>/req/deploy-replace-undeploy/deploy-post-op</remarks>
public sealed record DeployProcess(ApplicationPackage Package) : IRequest<ProcessSummary>;

internal sealed class DeployProcessValidator : AbstractValidator<DeployProcess>
{
    public DeployProcessValidator(ISchemaValidator schemas, IOptions<RunnerOptions> limits) =>
        RuleFor(request => request.Package).IsPackage(schemas, limits.Value);
}

internal sealed class DeployProcessHandler(
    IProcessStore processes,
    ISchemaValidator schemas,
    IOptions<RunnerOptions> limits,
    ImageRequests images,
    IMapper mapper,
    ICaller caller,
    TimeProvider clock) : IRequestHandler<DeployProcess, ProcessSummary>
{
    public async Task<ProcessSummary> Handle(DeployProcess request, CancellationToken cancellationToken)
    {
        var package = new PackageReader(schemas, limits.Value).Read(request.Package)!;
        var process = Process.Deploy(
            package.Description,
            package.Unit,
            request.Package.ToJson(),
            caller.Id,
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
