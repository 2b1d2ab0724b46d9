using MediatR;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Quotas;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Access.Me;

/// <summary>Tells a caller who they are to this server, what they may do, and what they have used.</summary>
/// <remarks>The standard defines no such resource.</remarks>
[Requires(Role.Reader)]
public sealed record GetMe : IRequest<CallerInfo>;

internal sealed class GetMeHandler(ICaller caller, IJobStore jobs, IUsageStore usage, QuotaCheck check, IOptions<QuotaOptions> quotas, ILinks links, TimeProvider clock)
    : IRequestHandler<GetMe, CallerInfo>
{
    /// <summary>Jobs are counted no further where no quota says how many there may be.</summary>
    private const int FarthestCount = 10_000;

    public async Task<CallerInfo> Handle(GetMe request, CancellationToken cancellationToken)
    {
        var (me, now) = (caller.Current, clock.GetUtcNow());
        var quota = quotas.Value.Of(me.Id);
        var cpuTime = await usage.GetCpuTimeAsync(me.Id, UtcDay.Of(now), cancellationToken);
        return new()
        {
            Id = me.Id,
            Role = me.Role,
            Groups = me.Groups,
            Processes = me.Processes?.Select(process => process.Value).ToList(),
            Expires = me.Expires,
            Use = new()
            {
                QueuedJobs = new(await CountAsync(JobStatus.Accepted, quota.MaxQueuedJobs), quota.MaxQueuedJobs),
                RunningJobs = new(await CountAsync(JobStatus.Running, quota.MaxRunningJobs), quota.MaxRunningJobs),
                CpuHours = new(Math.Round(cpuTime.TotalHours, 6), quota.CpuHoursPerDay),
                CpuHoursRenew = UtcDay.EndOf(now),
                StoredBytes = new(await check.SumStoredBytesAsync(me.Id, cancellationToken), quota.MaxStoredBytes),
            },
            Links =
            [
                .. links.ToItself("Who you are"),
                new() { Href = links.Url("jobs"), Rel = OgcNames.JobList, Type = OgcNames.Json, Title = "Your jobs" },
            ],
        };

        Task<int> CountAsync(JobStatus status, int? most) =>
            jobs.CountAsync(new(Statuses: [status]) { Owner = me.Id }, Math.Max(most ?? 0, FarthestCount), cancellationToken);
    }
}
