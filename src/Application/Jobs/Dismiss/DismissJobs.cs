using FluentValidation;
using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Jobs.List;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Dismiss;

/// <summary>Dismisses the jobs that filters leave, newest first; pinned ones and those dismissed before are left out.</summary>
[Requires(Role.Executor)]
[Audited("job.dismiss", Unless = nameof(ValidateOnly))]
public sealed record DismissJobs : JobSelection, IRequest<DismissedJobs>
{
    /// <summary>Most jobs to dismiss by this request, 1 to 10,000; 100 when left out.</summary>
    public int? Limit { get; init; }

    /// <summary>Dismisses nothing, and tells how many there are.</summary>
    public bool ValidateOnly { get; init; }
}

/// <summary>What a dismissal by filters has done; ours.</summary>
/// <param name="Dismissed">How many jobs were dismissed.</param>
/// <param name="Remaining">How many more the filters leave, counted no further than 10,000.</param>
public sealed record DismissedJobs(int Dismissed, int Remaining);

internal sealed class DismissJobsValidator : AbstractValidator<DismissJobs>
{
    public DismissJobsValidator()
    {
        RuleFor(request => request.Limit).IsLimit();
        Include(new JobSelectionValidator());
    }
}

internal sealed class DismissJobsHandler(IJobStore jobs, JobDismissal dismissal, ICaller caller, TimeProvider clock) : IRequestHandler<DismissJobs, DismissedJobs>
{
    private const int FarthestCount = 10_000;

    /// <summary>Containers that are stopped at the same time; each may take its whole grace.</summary>
    private const int StoppedAtOnce = 16;

    private static readonly JobStatus[] Dismissible = [JobStatus.Accepted, JobStatus.Running, JobStatus.Successful, JobStatus.Failed];

    public async Task<DismissedJobs> Handle(DismissJobs request, CancellationToken cancellationToken)
    {
        if (!request.IsFiltered)
        {
            throw new OgcException(
                OgcError.InvalidParameterValue,
                "Name the jobs by at least one of processID, status, datetime, minDuration and maxDuration; who wants all of them names all statuses.");
        }

        var filter = JobFilters.From(request, clock.GetUtcNow()).SeenBy(caller.Current);
        filter = filter with { Unpinned = true, Statuses = [.. Dismissible.Intersect(filter.Statuses ?? Dismissible)] };
        var dismissed = request.ValidateOnly ? 0 : await DismissAsync(filter, PageSize.Effective(request.Limit), cancellationToken);
        return new(dismissed, await jobs.CountAsync(filter, FarthestCount, cancellationToken));
    }

    private async Task<int> DismissAsync(JobFilter filter, int most, CancellationToken cancellationToken)
    {
        var page = await jobs.ListAsync(filter, null, most, cancellationToken);
        var dismissed = 0;
        await Parallel.ForEachAsync(
            page.Items,
            new ParallelOptions { MaxDegreeOfParallelism = StoppedAtOnce, CancellationToken = cancellationToken },
            async (job, token) =>
            {
                if (await TryDismissAsync(job.Id, token)) Interlocked.Increment(ref dismissed);
            });
        return dismissed;
    }

    private async Task<bool> TryDismissAsync(JobId id, CancellationToken cancellationToken)
    {
        try
        {
            return await dismissal.DismissAsync(id, job => !job.Pinned, cancellationToken) is { Status: JobStatus.Dismissed };
        }
        catch (IllegalTransitionException)
        {
            // Somebody else was faster.
            return false;
        }
    }
}
