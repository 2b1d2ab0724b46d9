using AutoMapper;
using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Dismiss;

/// <summary>Ends a job, or gives up the results of one that has ended; answers once its container is gone.</summary>
/// <remarks>/req/dismiss/job-dismiss-op</remarks>
[Requires(Role.Executor)]
[Audited("job.dismiss")]
public sealed record DismissJob(JobId Id) : IRequest<StatusInfo>;

internal sealed class DismissJobHandler(IJobStore jobs, JobDismissal dismissal, IMapper mapper) : IRequestHandler<DismissJob, StatusInfo>
{
    public async Task<StatusInfo> Handle(DismissJob request, CancellationToken cancellationToken)
    {
        try
        {
            var job = await dismissal.DismissAsync(request.Id, _ => true, cancellationToken);
            return mapper.Map<StatusInfo>(job ?? throw await jobs.AbsenceAsync(request.Id, cancellationToken));
        }
        catch (IllegalTransitionException)
        {
            throw new OgcException(OgcError.JobDismissed, $"Job '{request.Id}' was dismissed before.");
        }
    }
}
