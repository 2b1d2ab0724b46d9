using AutoMapper;
using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Describe;

/// <summary>Describes a process in full.</summary>
/// <remarks>/req/core/process</remarks>
[Requires(Role.Reader)]
public sealed record DescribeProcess(ProcessId Id) : IRequest<ProcessDocument>;

internal sealed class DescribeProcessHandler(IProcessStore processes, IMapper mapper, ICaller caller, ILinks links) : IRequestHandler<DescribeProcess, ProcessDocument>
{
    public async Task<ProcessDocument> Handle(DescribeProcess request, CancellationToken cancellationToken)
    {
        var process = await processes.GetAsync(request.Id, cancellationToken);
        var document = mapper.Map<ProcessDocument>(process);
        if (!caller.Current.MayChangeThatOf(process.Owner)) return document;
        var access = new Link { Href = links.Url($"processes/{process.Id}/access"), Rel = "related", Type = OgcNames.Json, Title = "Who may see and execute it" };
        return document with { Links = [.. document.Links, access] };
    }
}
