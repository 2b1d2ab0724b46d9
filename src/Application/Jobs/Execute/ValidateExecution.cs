using MediatR;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Common.Schemas;
using OgcProcesses.Application.Jobs.Inputs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes;
using OgcProcesses.Application.Uploads;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Execute;

/// <summary>Checks an execute request as its execution would, and runs nothing.</summary>
/// <remarks>What links lead to is not fetched.</remarks>
/// <param name="ProcessId">The process.</param>
/// <param name="Request">Inputs, and how the results would be wanted.</param>
[Requires(Role.Executor, ProcessUse = ProcessUse.Execute)]
[Unaudited("it changes nothing")]
public sealed record ValidateExecution(ProcessId ProcessId, Execute Request) : IRequest<JobInputs>;

internal sealed class ValidateExecutionHandler(
    IProcessStore processes, ISchemaValidator schemas, IInputFetcher fetcher, OwnUploads uploads, ILinks links, IOptions<RunnerOptions> options)
    : IRequestHandler<ValidateExecution, JobInputs>
{
    public async Task<JobInputs> Handle(ValidateExecution request, CancellationToken cancellationToken)
    {
        var process = await processes.GetAsync(request.ProcessId, cancellationToken);
        var wanted = InputReader.For(process.Revision, schemas, fetcher, uploads, options.Value).Read(request.Request, links);
        return JobInputs.Of(process.Id, wanted);
    }
}
