using MediatR;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Schemas;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes.Deploy;
using OgcProcesses.Application.Processes.Image;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.BuiltIn;

/// <summary>Brings a process that comes with the server to its present state: immutable, owned by the server, and at first for everybody.</summary>
/// <remarks>/req/core/test-process, /req/deploy-replace-undeploy/static-indicator</remarks>
[Requires(Role.Admin)]
[Unaudited("the server does it at every start, and mostly nothing comes of it")]
public sealed record DeployBuiltIn(ApplicationPackage Package) : IRequest;

internal sealed partial class DeployBuiltInHandler(
    IProcessStore processes,
    ISchemaValidator schemas,
    IOptions<RunnerOptions> limits,
    ImageRequests images,
    TimeProvider clock,
    ILogger<DeployBuiltInHandler> logger) : AsyncRequestHandler<DeployBuiltIn>
{
    protected override async Task Handle(DeployBuiltIn request, CancellationToken cancellationToken)
    {
        var reader = new PackageReader(schemas, limits.Value);
        // The operator's limits may be below what it needs: then the server goes without it.
        if (reader.Read(request.Package) is not { } package)
        {
            LogLeftOut(string.Join("; ", reader.Violations.Select(violation => $"{violation.Pointer}: {violation.Detail}")));
            return;
        }

        var json = request.Package.ToJson();
        var process = Process.Deploy(package.Description, package.Unit, json, Caller.Server.Id, mutable: false, clock.GetUtcNow(), ProcessAccess.Open);
        if (!await processes.TryAddAsync(process, cancellationToken)) await RenewAsync(package, json, cancellationToken);
        images.Add(process.Id);
    }

    private async Task RenewAsync(ReadPackage package, string json, CancellationToken cancellationToken)
    {
        try
        {
            var present = await processes.FindAsync(package.Description.Id, cancellationToken);
            if (present is { Mutable: true }) LogTaken(present.Id);
            else if (present is not null && present.Revision.Package != json)
                await processes.UpdateAsync(present.Id, process => process.Replace(package.Description, package.Unit, json, clock.GetUtcNow()), cancellationToken);
        }
        catch (OgcException unreadable) when (unreadable.Error == OgcError.UnreadableRecord)
        {
            // No reason for the server not to start.
            LogUnreadable(package.Description.Id, unreadable.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A built-in process is left out: {Violations}")]
    private partial void LogLeftOut(string violations);

    [LoggerMessage(LogLevel.Error, "The built-in process {ProcessId} is left as it is: {Reason}")]
    private partial void LogUnreadable(ProcessId processId, string reason);

    [LoggerMessage(LogLevel.Warning, "The built-in process {ProcessId} is left out: somebody has deployed another under its identifier")]
    private partial void LogTaken(ProcessId processId);
}
