using AutoMapper;
using MediatR;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Describe;

/// <summary>Describes a process in full.</summary>
/// <remarks>/req/core/process</remarks>
public sealed record DescribeProcess(ProcessId Id) : IRequest<ProcessDocument>;

internal sealed class DescribeProcessHandler(IProcessStore processes, IMapper mapper) : IRequestHandler<DescribeProcess, ProcessDocument>
{
    public async Task<ProcessDocument> Handle(DescribeProcess request, CancellationToken cancellationToken) =>
        mapper.Map<ProcessDocument>(await processes.GetAsync(request.Id, cancellationToken));
}
