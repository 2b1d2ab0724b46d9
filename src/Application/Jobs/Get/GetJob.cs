using AutoMapper;
using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Get;

/// <summary>Tells where a job stands.</summary>
/// <remarks>/req/core/job</remarks>
[Requires(Role.Reader)]
public sealed record GetJob(JobId Id) : IRequest<StatusInfo>;

internal sealed class GetJobHandler(IJobStore jobs, JobMessages messages, IMapper mapper) : IRequestHandler<GetJob, StatusInfo>
{
    public async Task<StatusInfo> Handle(GetJob request, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(request.Id, cancellationToken);
        return mapper.Map<StatusInfo>(job) with { Message = await messages.OfAsync(job, cancellationToken) };
    }
}
