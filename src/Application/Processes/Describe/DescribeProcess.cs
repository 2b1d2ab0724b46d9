using AutoMapper;
using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Describe;

/// <summary>Describes a process in full.</summary>
/// <remarks>/req/core/process</remarks>
[Requires(Role.Reader)]
public sealed record DescribeProcess(ProcessId Id) : IRequest<ProcessDocument>;

internal sealed class DescribeProcessHandler(IProcessStore processes, IMapper mapper) : IRequestHandler<DescribeProcess, ProcessDocument>
{
    public async Task<ProcessDocument> Handle(DescribeProcess request, CancellationToken cancellationToken) =>
        mapper.Map<ProcessDocument>(await processes.GetAsync(request.Id, cancellationToken));
}
