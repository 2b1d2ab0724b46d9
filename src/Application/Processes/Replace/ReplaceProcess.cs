using FluentValidation;
using MediatR;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Schemas;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes.Deploy;
using OgcProcesses.Application.Processes.Image;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Replace;

/// <summary>Puts another package in the place of a process's present one; jobs under way keep theirs.</summary>
/// <remarks>/req/deploy-replace-undeploy/replace-put-op</remarks>
public sealed record ReplaceProcess(ProcessId Id, ApplicationPackage Package) : IRequest;

internal sealed class ReplaceProcessValidator : AbstractValidator<ReplaceProcess>
{
    public ReplaceProcessValidator(ISchemaValidator schemas, IOptions<RunnerOptions> limits) =>
        RuleFor(request => request.Package).IsPackage(schemas, limits.Value);
}

internal sealed class ReplaceProcessHandler(
    IProcessStore processes,
    ISchemaValidator schemas,
    IOptions<RunnerOptions> limits,
    ImageRequests images,
    TimeProvider clock) : AsyncRequestHandler<ReplaceProcess>
{
    protected override async Task Handle(ReplaceProcess request, CancellationToken cancellationToken)
    {
        await processes.GetMutableAsync(request.Id, cancellationToken);
        var package = new PackageReader(schemas, limits.Value).Read(request.Package)!;
        if (package.Description.Id != request.Id)
        {
            throw new OgcException([Violation.InBody(
                $"{package.DescriptionPointer}/id",
                $"is '{package.Description.Id}', but the process to replace is '{request.Id}'; an identifier can't be changed")]);
        }

        var json = request.Package.ToJson();
        _ = await processes.UpdateAsync(
                request.Id,
                process => process.Replace(package.Description, package.Unit, json, clock.GetUtcNow()),
                cancellationToken)
            ?? throw new OgcException(OgcError.NoSuchProcess);
        images.Add(request.Id);
    }
}
