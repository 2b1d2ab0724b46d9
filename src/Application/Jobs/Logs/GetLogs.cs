using FluentValidation;
using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.List;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Logs;

/// <summary>Gives what a job's program wrote, as far as it has got.</summary>
/// <param name="Id">The job.</param>
[Requires(Role.Reader)]
public sealed record GetLogs(JobId Id) : IRequest<IAsyncEnumerable<LogEntry>>
{
    /// <summary>The attempt; the last one when left out.</summary>
    public int? Attempt { get; init; }

    /// <summary>Lines at the start to leave out: those up to the number that a client has already.</summary>
    public long Skip { get; init; }

    /// <summary>Only lines from this moment on (RFC 3339).</summary>
    public string? Since { get; init; }

    /// <summary>Only lines of this stream: <c>stdout</c> or <c>stderr</c>.</summary>
    public string? Stream { get; init; }

    /// <summary>Most lines, from the first that all else leaves.</summary>
    public int? Limit { get; init; }

    /// <summary>Only so many of the last lines that all else leaves.</summary>
    public int? Tail { get; init; }
}

internal sealed class GetLogsValidator : AbstractValidator<GetLogs>
{
    public GetLogsValidator()
    {
        RuleFor(request => request.Attempt).GreaterThanOrEqualTo(1).OverridePropertyName("attempt").WithMessage("must be 1 or more");
        RuleFor(request => request.Skip).GreaterThanOrEqualTo(0).OverridePropertyName("skip").WithMessage("must be 0 or more");
        RuleFor(request => request.Since).Must(text => text is null || JobFilters.TryParseMoment(text, out _))
            .OverridePropertyName("since").WithMessage("must be a date-time (RFC 3339) such as 2026-01-31T12:00:00Z");
        RuleFor(request => request.Stream).Must(word => word is null or "stdout" or "stderr")
            .OverridePropertyName("stream").WithMessage("must be stdout or stderr");
        RuleFor(request => request.Limit).GreaterThanOrEqualTo(1).OverridePropertyName("limit").WithMessage("must be 1 or more");
        RuleFor(request => request.Tail).GreaterThanOrEqualTo(1).OverridePropertyName("tail").WithMessage("must be 1 or more");
        RuleFor(request => request.Tail).Null().When(request => request.Limit is not null)
            .OverridePropertyName("tail").WithMessage("can't be asked for together with limit");
    }
}

internal sealed class GetLogsHandler(IJobStore jobs, ILogStore logs) : IRequestHandler<GetLogs, IAsyncEnumerable<LogEntry>>
{
    public async Task<IAsyncEnumerable<LogEntry>> Handle(GetLogs request, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(request.Id, cancellationToken);
        if (request.Attempt > job.Attempt)
            throw new OgcException([NoSuchAttempt(job)]);
        return Select(request, request.Attempt ?? job.Attempt).ToAsyncEnumerable();
    }

    /// <summary>What is wrong with a request for an attempt that has not been made.</summary>
    public static Violation NoSuchAttempt(Job job) => Violation.InQuery("attempt", $"must be at most {job.Attempt}: the job has been tried no more often");

    private IEnumerable<LogEntry> Select(GetLogs request, int attempt)
    {
        var entries = Read(request, attempt);
        if (request.Limit is { } most) return entries.Take(most);
        // Counted first, since the last ones may be more than memory should hold.
        return request.Tail is { } last ? entries.Skip(Math.Max(0, entries.Count() - last)).Take(last) : entries;
    }

    private IEnumerable<LogEntry> Read(GetLogs request, int attempt)
    {
        var filter = LogFilter.Of(request);
        using var log = logs.Open(request.Id, attempt, request.Skip);
        foreach (var entry in log.Read().Where(filter.Leaves)) yield return entry;
    }
}
