using AutoMapper;
using MediatR;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Dismiss;

/// <summary>Ends a job, or gives up the results of one that has ended; answers once its container is gone.</summary>
/// <remarks>/req/dismiss/job-dismiss-op</remarks>
public sealed record DismissJob(JobId Id) : IRequest<StatusInfo>;

internal sealed class DismissJobHandler(
    IJobStore jobs, IOutputStore outputs, ILogStore logs, JobDispatcher dispatcher, IMapper mapper, TimeProvider clock)
    : IRequestHandler<DismissJob, StatusInfo>
{
    public async Task<StatusInfo> Handle(DismissJob request, CancellationToken cancellationToken)
    {
        var job = await DismissAsync(request.Id, cancellationToken) ?? throw JobStoreExtensions.NoSuchJob(request.Id);
        // The wish is recorded and has to be done, whether or not the client stays to hear of it.
        await dispatcher.StopAsync(request.Id, CancellationToken.None);
        outputs.Delete(request.Id);
        logs.Delete(request.Id);
        return mapper.Map<StatusInfo>(job);
    }

    private async Task<Job?> DismissAsync(JobId id, CancellationToken cancellationToken)
    {
        try
        {
            return await jobs.UpdateAsync(id, job => job.Dismiss(clock.GetUtcNow()), cancellationToken);
        }
        catch (IllegalTransitionException)
        {
            // A crash may have come between the wish and its end.
            outputs.Delete(id);
            logs.Delete(id);
            throw new OgcException(OgcError.JobDismissed, $"Job '{id}' was dismissed before.");
        }
    }
}
