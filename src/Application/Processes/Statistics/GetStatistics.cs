using FluentValidation;
using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Jobs.List;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Statistics;

/// <summary>Tells how many jobs a process has had, and what they used.</summary>
/// <remarks>The standard defines no such resource.</remarks>
/// <param name="Id">The process.</param>
/// <param name="Datetime">Only jobs created at an instant, on a day or in an interval, as in the job list; null for all.</param>
[Requires(Role.Reader)]
public sealed record GetStatistics(ProcessId Id, string? Datetime) : IRequest<ProcessStatistics>;

internal sealed class GetStatisticsValidator : AbstractValidator<GetStatistics>
{
    public GetStatisticsValidator() => RuleFor(request => request.Datetime).IsDatetime();
}

internal sealed class GetStatisticsHandler(IProcessStore processes, IJobStore jobs, ICaller caller, ILinks links) : IRequestHandler<GetStatistics, ProcessStatistics>
{
    /// <summary>Jobs that are measured: enough for a median that holds still, few enough to be read at once.</summary>
    private const int LargestSample = 1_000;

    /// <summary>Jobs of one status are counted no further, however many there are.</summary>
    private const int FarthestCount = 100_000;

    public async Task<ProcessStatistics> Handle(GetStatistics request, CancellationToken cancellationToken)
    {
        var process = await processes.GetAsync(request.Id, cancellationToken);
        DateTimeOffset? from = null, to = null;
        if (request.Datetime is { } datetime) _ = JobFilters.TryParseInterval(datetime, out from, out to);
        var ofProcess = new JobFilter([process.Id], From: from, To: to).SeenBy(caller.Current);
        var successful = (await jobs.ListAsync(In(JobStatus.Successful), null, LargestSample, cancellationToken)).Items;
        // A job that was given another's results used nothing.
        var measured = successful.Where(job => job.ReusedFrom is null).Select(UsageInfo.Of).OfType<UsageInfo>().ToList();
        var self = $"processes/{process.Id}";
        return new()
        {
            ProcessId = process.Id.Value,
            Datetime = request.Datetime,
            Jobs = new(
                await CountAsync(JobStatus.Accepted),
                await CountAsync(JobStatus.Running),
                await CountAsync(JobStatus.Successful),
                await CountAsync(JobStatus.Failed),
                await CountAsync(JobStatus.Dismissed),
                FarthestCount),
            Sample = new(measured.Count, LargestSample, successful is [.., var oldest] ? oldest.Created : null, successful is [var newest, ..] ? newest.Created : null),
            QueueSeconds = Spread.Of(measured.Select(job => (double?)job.QueueSeconds)),
            WallSeconds = Spread.Of(measured.Select(job => job.WallSeconds)),
            CpuSeconds = Spread.Of(measured.Select(job => job.CpuSeconds)),
            PeakMemoryBytes = Spread.Of(measured.Select(job => (double?)job.PeakMemoryBytes)),
            BytesIn = Spread.Of(measured.Select(job => (double?)job.BytesIn)),
            BytesOut = Spread.Of(measured.Select(job => (double?)job.BytesOut)),
            Links =
            [
                .. links.ToItself("Statistics of the process's jobs"),
                new() { Href = links.Url(self), Rel = "up", Type = OgcNames.Json, Title = "Process description" },
                new() { Href = $"{links.Url("jobs")}?processID={process.Id}", Rel = OgcNames.JobList, Type = OgcNames.Json, Title = "Its jobs" },
            ],
        };

        JobFilter In(JobStatus status) => ofProcess with { Statuses = [status] };
        Task<int> CountAsync(JobStatus status) => jobs.CountAsync(In(status), FarthestCount, cancellationToken);
    }
}
