using AutoMapper;
using MediatR;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Get;

/// <summary>Tells where a job stands.</summary>
/// <remarks>/req/core/job</remarks>
public sealed record GetJob(JobId Id) : IRequest<StatusInfo>;

internal sealed class GetJobHandler(IJobStore jobs, IProcessStore processes, Admission admission, IOptions<RunnerOptions> options, IMapper mapper, TimeProvider clock)
    : IRequestHandler<GetJob, StatusInfo>
{
    /// <summary>Jobs before a waiting one are counted no further than this.</summary>
    private const int FarthestPosition = 1_000;

    public async Task<StatusInfo> Handle(GetJob request, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(request.Id, cancellationToken);
        var status = mapper.Map<StatusInfo>(job);
        if (job.Status != JobStatus.Accepted) return status;
        if (job.NotBefore is { } due && due > clock.GetUtcNow()) return status with { Message = $"{job.Message} The next attempt begins after {due:u}." };
        var before = await jobs.CountWaitingBeforeAsync(job, FarthestPosition, cancellationToken);
        var demand = await processes.DemandOfAsync(job.RevisionId, options.Value, cancellationToken);
        return status with { Message = admission.Explain(job.ProcessId, demand, before, before >= FarthestPosition) };
    }
}
