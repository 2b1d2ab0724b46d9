using System.Runtime.CompilerServices;
using AutoMapper;
using FluentValidation;
using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Jobs.Logs;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Events;

/// <summary>Follows a job to its end: status, progress and log, or the log alone.</summary>
/// <param name="Id">The job.</param>
[Requires(Role.Reader)]
public sealed record FollowJob(JobId Id) : IRequest<IAsyncEnumerable<JobEvent>>
{
    /// <summary>The identifier of the last event that the client has; null for none.</summary>
    public string? After { get; init; }

    /// <summary>Which lines of the log; its <c>Limit</c> and <c>Tail</c> make no sense while more may come.</summary>
    public required GetLogs Log { get; init; }

    /// <summary>Whether only the log is told, and the end.</summary>
    public bool LogOnly { get; init; }
}

internal sealed class FollowJobValidator : AbstractValidator<FollowJob>
{
    public FollowJobValidator()
    {
        RuleFor(request => request.Log).SetValidator(new GetLogsValidator());
        RuleFor(request => request.Log.Limit).Null().OverridePropertyName("limit").WithMessage("can't be asked for of a log that is followed");
        RuleFor(request => request.Log.Tail).Null().OverridePropertyName("tail").WithMessage("can't be asked for of a log that is followed");
    }
}

internal sealed class FollowJobHandler(IJobStore jobs, ILogStore logs, JobFeeds feeds, IMapper mapper)
    : IRequestHandler<FollowJob, IAsyncEnumerable<JobEvent>>
{
    public async Task<IAsyncEnumerable<JobEvent>> Handle(FollowJob request, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(request.Id, cancellationToken);
        if (request.Log.Attempt > job.Attempt) throw new OgcException([GetLogsHandler.NoSuchAttempt(job)]);
        var begin = EventPosition.TryParse(request.After) ?? new(-1, request.Log.Attempt ?? Math.Max(1, job.Attempt), request.Log.Skip);
        return FollowAsync(request, begin, cancellationToken);
    }

    /// <remarks>
    /// Each round looks at the job first and at its log second: all lines of an attempt are kept before the job tells of its
    /// end or of the next attempt.
    /// </remarks>
    private async IAsyncEnumerable<JobEvent> FollowAsync(FollowJob request, EventPosition told, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var feed = feeds.Follow(request.Id);
        using var log = new AttemptLogs(logs, request.Log, told);
        StatusInfo? last = null;
        while (true)
        {
            var next = feed.Next;
            if (feed.Latest is { } seen)
            {
                if (seen.Job is not { } job) yield break;
                var status = mapper.Map<StatusInfo>(job) with { Message = seen.Message };
                var (version, attempt, isEnd) = (job.Version, job.Attempt, job.IsFinal || request.Log.Attempt < job.Attempt);
                if (!request.LogOnly && Tell(status, last) is { } name && (last is not null || version != told.Version || job.Status == JobStatus.Accepted))
                {
                    told = told with { Version = version };
                    yield return new(name, told, name == JobEvents.Status ? status : new ProgressInfo(status.Progress, status.Message, status.Updated));
                }

                last = status;
                foreach (var entry in log.Read(attempt))
                {
                    told = told with { Attempt = entry.Attempt, Line = entry.Line };
                    yield return new(JobEvents.Log, told, entry);
                }

                if (isEnd)
                {
                    yield return new(JobEvents.End, told with { Version = version, IsEnd = true }, status);
                    yield break;
                }
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>How the difference between two statuses is told; null when there is none.</summary>
    private static string? Tell(StatusInfo status, StatusInfo? last)
    {
        if (last is null || (last.Status, last.Attempt) != (status.Status, status.Attempt)) return JobEvents.Status;
        return (last.Progress, last.Message) == (status.Progress, status.Message) ? null : JobEvents.Progress;
    }

    /// <summary>The logs of a job's attempts, one after the other.</summary>
    private sealed class AttemptLogs(ILogStore logs, GetLogs request, EventPosition begin) : IDisposable
    {
        private readonly LogFilter _filter = LogFilter.Of(request);
        private int _attempt = Math.Max(1, begin.Attempt);
        private ILogReader? _reader;

        /// <summary>The lines that are new, of the attempts up to the present one.</summary>
        public IEnumerable<LogEventInfo> Read(int present)
        {
            while (_attempt <= present)
            {
                _reader ??= logs.Open(request.Id, _attempt, _attempt == begin.Attempt ? begin.Line : 0);
                foreach (var entry in _reader.Read().Where(_filter.Leaves))
                    yield return new(_attempt, entry.Line, entry.At, entry.Source, entry.Text, entry.Missing);
                if (_attempt == present || request.Attempt is not null) yield break;
                _reader.Dispose();
                _reader = null;
                _attempt++;
            }
        }

        public void Dispose() => _reader?.Dispose();
    }
}
