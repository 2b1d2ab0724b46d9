using AutoMapper;
using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Processes.Deploy;
using OgcProcesses.Application.Processes.Image;
using OgcProcesses.Application.Processes.List;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Replace;

/// <summary>Puts another package in the place of a process's present one; jobs under way keep theirs.</summary>
/// <remarks>/req/deploy-replace-undeploy/replace-put-op</remarks>
/// <param name="Id">The process.</param>
/// <param name="Package">What takes its place.</param>
/// <param name="Workflow">The workflow to take where a CWL document has several; null for the first.</param>
/// <param name="Revisions">Revisions that the client is ready to replace; null for any.</param>
[Requires(Role.Deployer, ProcessUse = ProcessUse.Change)]
[Audited("process.replace")]
public sealed record ReplaceProcess(
    ProcessId Id, ApplicationPackage Package, string? Workflow = null, IReadOnlyCollection<Guid>? Revisions = null) : IRequest<ProcessSummary>;

internal sealed class ReplaceProcessHandler(
    IProcessStore processes,
    PackageSource packages,
    ImageRequests images,
    IMapper mapper,
    TimeProvider clock) : IRequestHandler<ReplaceProcess, ProcessSummary>
{
    public async Task<ProcessSummary> Handle(ReplaceProcess request, CancellationToken cancellationToken)
    {
        await processes.GetMutableAsync(request.Id, cancellationToken);
        var package = await packages.ReadAsync(request.Package, request.Workflow, request.Id.Value, cancellationToken);
        if (package.Description.Id != request.Id)
        {
            throw new OgcException([Violation.InBody(
                package.IdPointer,
                $"is '{package.Description.Id}', but the process to replace is '{request.Id}'; an identifier can't be changed")]);
        }

        var json = request.Package.ToJson();
        var replaced = await processes.UpdateAsync(
                request.Id,
                process =>
                {
                    // In here, where nobody can come between the look and the change.
                    process.EnsureIsAt(request.Revisions);
                    process.Replace(package.Description, package.Unit, json, clock.GetUtcNow());
                },
                cancellationToken)
            ?? throw new OgcException(OgcError.NoSuchProcess);
        images.Add(request.Id);
        var summary = mapper.Map<ProcessSummary>(replaced);
        return package.Warnings.Count == 0 ? summary : summary with { Warnings = package.Warnings };
    }
}
