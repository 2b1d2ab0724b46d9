using System.Globalization;
using System.Text.RegularExpressions;
using AutoMapper;
using FluentValidation;
using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.List;

/// <summary>Lists jobs of all times, processes and statuses, newest first.</summary>
/// <remarks>/req/job-list/job-list-op</remarks>
[Requires(Role.Reader)]
public sealed record ListJobs : JobSelection, IRequest<JobList>
{
    /// <summary>Most jobs to give, 1 to 10,000; 100 when left out.</summary>
    public int? Limit { get; init; }

    /// <summary>The page's place, from a link of another page.</summary>
    public string? Cursor { get; init; }
}

/// <summary>A list of jobs.</summary>
/// <remarks>Part 1, jobList.yaml.</remarks>
/// <param name="Jobs">The jobs.</param>
/// <param name="Links">This page and its neighbours.</param>
public sealed record JobList(IReadOnlyList<StatusInfo> Jobs, IReadOnlyList<Link> Links);

internal sealed class ListJobsValidator : AbstractValidator<ListJobs>
{
    public ListJobsValidator()
    {
        RuleFor(request => request.Limit).IsLimit();
        Include(new JobSelectionValidator());
    }
}

internal sealed class ListJobsHandler(IJobStore jobs, IMapper mapper, ICaller caller, ILinks links, TimeProvider clock) : IRequestHandler<ListJobs, JobList>
{
    public async Task<JobList> Handle(ListJobs request, CancellationToken cancellationToken)
    {
        var page = await jobs.ListAsync(
            JobFilters.From(request, clock.GetUtcNow()).SeenBy(caller.Current), Cursor.Parse(request.Cursor), PageSize.Effective(request.Limit), cancellationToken);
        return new(mapper.Map<IReadOnlyList<StatusInfo>>(page.Items), links.For(page));
    }
}

/// <summary>Reads the filters of a job list.</summary>
internal static partial class JobFilters
{
    /// <summary>Longer than any job runs, and short enough to be counted back from now.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    /// <summary>The filter of a request that has been found valid.</summary>
    public static JobFilter From(JobSelection request, DateTimeOffset now)
    {
        DateTimeOffset? from = null, to = null;
        if (request.Datetime is { } datetime) _ = TryParseInterval(datetime, out from, out to);
        var processes = Processes(request);
        var statuses = Words(request.Status);
        return new(processes, statuses.Count == 0 ? null : [.. statuses.Select(Parse)], from, to, Durations(request, now));

        static JobStatus Parse(string word) => TryParseStatus(word, out var status) ? status : default;
    }

    /// <summary>The words of a parameter, given several times or as a list with commas.</summary>
    /// <remarks>An empty parameter is bound as null.</remarks>
    public static IReadOnlyList<string> Words(IReadOnlyList<string>? values) =>
        [.. (values ?? []).OfType<string>().SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    public static bool TryParseStatus(string word, out JobStatus status)
    {
        // Not by parsing, which also takes numbers.
        var index = Array.FindIndex(Enum.GetNames<JobStatus>(), name => name.Equals(word, StringComparison.OrdinalIgnoreCase));
        status = (JobStatus)Math.Max(0, index);
        return index >= 0;
    }

    /// <remarks>/req/job-list/datetime-definition; a date alone stands for its whole day in UTC.</remarks>
    public static bool TryParseInterval(string text, out DateTimeOffset? from, out DateTimeOffset? to)
    {
        (from, to) = (null, null);
        var ends = text.Split('/');
        if (ends.Length == 1) return TryParseEnd(text, out from, out to) && from is not null;
        return ends.Length == 2 && TryParseEnd(ends[0], out from, out _) && TryParseEnd(ends[1], out _, out to) && !(from > to);
    }

    /// <summary>A moment, or the first of a day.</summary>
    public static bool TryParseMoment(string text, out DateTimeOffset moment)
    {
        var isOne = TryParseEnd(text, out var first, out _) && first is not null;
        moment = first ?? default;
        return isOne;
    }

    /// <summary>The processes asked for, none of which may exist; type leaves all or none, since every job here is a process's.</summary>
    private static List<ProcessId>? Processes(JobSelection request)
    {
        var (types, ids) = (Words(request.Type), Words(request.ProcessID));
        if (types.Count > 0 && !types.Contains("process")) return [];
        return ids.Count == 0 ? null : [.. ids.Select(ProcessIn).OfType<ProcessId>()];
    }

    private static ProcessId? ProcessIn(string word)
    {
        if (Uri.TryCreate(word, UriKind.Absolute, out var uri) && uri.Segments is [.., "processes/", var last]) word = Uri.UnescapeDataString(last.TrimEnd('/'));
        return ProcessId.TryParse(word, out var id) ? id : null;
    }

    private static DurationRange? Durations(JobSelection request, DateTimeOffset now)
    {
        if (request is { MinDuration: null, MaxDuration: null }) return null;
        return new(Of(request.MinDuration ?? 0), request.MaxDuration is { } most ? Of(most) : Longest, now);

        static TimeSpan Of(long seconds) => TimeSpan.FromSeconds(Math.Min(seconds, (long)Longest.TotalSeconds));
    }

    [GeneratedRegex(@"(?<=\.[0-9]{7})[0-9]+")]
    private static partial Regex BeyondTicks { get; }

    /// <summary>The first and last instant of what an end of an interval names; neither of an open end.</summary>
    private static bool TryParseEnd(string text, out DateTimeOffset? first, out DateTimeOffset? last)
    {
        (first, last) = (null, null);
        if (text is "" or "..") return true;
        string[] formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
        const DateTimeStyles InUtc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        // RFC 3339 has small letters and any number of digits; a '+' that nobody escaped arrives as a blank.
        var written = BeyondTicks.Replace(text.Replace(' ', '+').ToUpperInvariant(), "");
        if (DateTimeOffset.TryParseExact(written, formats, CultureInfo.InvariantCulture, InUtc, out var instant))
        {
            (first, last) = (instant, instant);
            return true;
        }

        var isDate = DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, InUtc, out var day);
        if (isDate) (first, last) = (day, day.AddTicks(TimeSpan.TicksPerDay - 1));
        return isDate;
    }
}
