using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>A job's place in the list of jobs, which is newest first.</summary>
internal sealed record JobPlace(DateTimeOffset Created, JobId Id)
{
    private static readonly long MostMicroseconds = DateTimeOffset.MaxValue.UtcTicks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The key of a job in cursors.</summary>
    public static string KeyOf(Job job) =>
        string.Create(CultureInfo.InvariantCulture, $"{job.Created.UtcTicks / TimeSpan.TicksPerMicrosecond}.{job.Id}");

    /// <summary>Reads a key; one that this class did not make is the client's mistake.</summary>
    public static JobPlace Of(Cursor cursor)
    {
        var parts = cursor.Key.Split('.');
        if (parts.Length != 2
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            || microseconds > MostMicroseconds
            || !JobId.TryParse(parts[1], out var id))
        {
            throw Cursor.NotOurs();
        }

        return new(new(microseconds * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero), id);
    }
}

/// <summary>Queries that read one stretch of one index, however many jobs there are.</summary>
internal static class JobQueries
{
    private const int MostStretches = 32;

    /// <summary>As many jobs are sooner sorted than found among a million in the list's order.</summary>
    private const int Few = 1_000;

    private static readonly JobStatus[] All = Enum.GetValues<JobStatus>();

    /// <remarks>/req/job-list/duration-response: which jobs have a duration where the client names no status.</remarks>
    private static readonly JobStatus[] Started = [JobStatus.Running, JobStatus.Successful, JobStatus.Failed, JobStatus.Dismissed];

    /// <summary>The first jobs that a filter leaves, in the order of the list or against it.</summary>
    /// <remarks>
    /// No index holds both the list's order and durations. Where few jobs lasted so long, they are looked up and sorted; where many
    /// did, the list's order meets them soon.
    /// </remarks>
    public static async Task<IQueryable<Job>> PageAsync(
        this OgcDbContext context, JobFilter filter, Cursor? cursor, int count, CancellationToken cancellationToken)
    {
        var lasting = filter.Duration is null
            ? []
            : StretchesOf(filter).Where(stretch => stretch.Status != JobStatus.Running).Select(stretch => context.Jobs.Lasting(stretch, filter.Duration)).ToList();
        var areFew = lasting.Count > 0 && await lasting.Aggregate(Queryable.Concat).Take(Few + 1).CountAsync(cancellationToken) <= Few;
        return context.Page(filter, cursor, count, areFew);
    }

    /// <summary>The first jobs that a filter leaves.</summary>
    /// <remarks>
    /// An index holds the jobs of one process, owner or status in the list's order, but not those of several. So each is read by
    /// itself, no further than the page needs, and the database merges them.
    /// </remarks>
    /// <param name="context">Where they are.</param>
    /// <param name="filter">What they have in common.</param>
    /// <param name="cursor">Where to begin; null for the list's own beginning.</param>
    /// <param name="count">Most jobs to read.</param>
    /// <param name="byDuration">Whether the ended ones are looked up by their duration, since few lasted as long as the filter says.</param>
    public static IQueryable<Job> Page(this OgcDbContext context, JobFilter filter, Cursor? cursor, int count, bool byDuration = false)
    {
        var backwards = cursor is { Backwards: true };
        var stretches = StretchesOf(filter)
            .Select(stretch => byDuration && stretch.Status != JobStatus.Running ? context.Jobs.Lasting(stretch, filter.Duration!) : context.Jobs.Of(stretch, filter.Duration))
            .Select(stretch => stretch.Within(filter).From(cursor).Sorted(backwards).Take(count)).ToList();
        return stretches switch
        {
            [] => context.Jobs.Where(job => false),
            [var single] when !byDuration => single,
            _ => context.Among(stretches.Select(jobs => jobs.Select(job => new Place { Created = job.Created, Id = job.Id })).Aggregate(Queryable.Concat), backwards, count),
        };
    }

    /// <summary>The jobs of the first of some places. Merged as places and only then read: whole rows cost each stretch more than its index.</summary>
    private static IQueryable<Job> Among(this OgcDbContext context, IQueryable<Place> places, bool backwards, int count)
    {
        var sorted = backwards
            ? places.OrderBy(place => place.Created).ThenBy(place => place.Id)
            : places.OrderByDescending(place => place.Created).ThenByDescending(place => place.Id);
        var ids = sorted.Take(count).Select(place => place.Id);
        return context.Jobs.Where(job => ids.Contains(job.Id)).Sorted(backwards);
    }

    /// <summary>The jobs before a place in the list's order turned round: those that wait longer.</summary>
    public static IQueryable<Job> OlderThan(this IQueryable<Job> jobs, DateTimeOffset created, JobId id) =>
        // The first term alone would do for the truth; it is what lets an index begin in the right place.
        jobs.Where(job => job.Created <= created && (job.Created < created || job.Id < id));

    /// <summary>The waiting jobs that can have their turn, owner by owner.</summary>
    public static IQueryable<WaitingJob> Waiting(this IQueryable<Job> jobs, IReadOnlyCollection<ProcessId> passOver, DateTimeOffset now, int limit)
    {
        var waiting = jobs.Where(job => job.Status == JobStatus.Accepted && (job.NotBefore == null || job.NotBefore <= now));
        if (passOver.Count > 0) waiting = waiting.Where(job => !passOver.Contains(job.ProcessId));
        return waiting.OrderBy(job => job.Owner).ThenBy(job => job.Created).ThenBy(job => job.Id).Take(limit)
            .Select(job => new WaitingJob(job.Id, job.Owner, job.Created, job.ProcessId, job.RevisionId));
    }

    /// <summary>The jobs behind a place in the list's order turned round.</summary>
    public static IQueryable<Job> NewerThan(this IQueryable<Job> jobs, DateTimeOffset created, JobId id) =>
        jobs.Where(job => job.Created >= created && (job.Created > created || job.Id > id));

    private static IQueryable<Job> From(this IQueryable<Job> jobs, Cursor? cursor)
    {
        if (cursor is null) return jobs;
        var (created, id) = JobPlace.Of(cursor);
        return cursor.Backwards ? jobs.NewerThan(created, id) : jobs.OlderThan(created, id);
    }

    private static IQueryable<Job> Within(this IQueryable<Job> jobs, JobFilter filter)
    {
        if (filter.From is { } from) jobs = jobs.Where(job => job.Created >= from);
        if (filter.To is { } to) jobs = jobs.Where(job => job.Created <= to);
        if (filter.Owner is { } owner) jobs = jobs.Where(job => job.Owner == owner);
        if (filter.Unpinned) jobs = jobs.Where(job => !job.Pinned);
        return jobs;
    }

    /// <summary>Each process with each status that a filter leaves; where that were too many, each status with all of the processes.</summary>
    private static List<Stretch> StretchesOf(JobFilter filter)
    {
        var processes = filter.Processes?.Distinct().ToList();
        // The owner's indexes hold the status before the time, and so serve lists of some statuses and of all.
        var statuses = (filter.Statuses ?? (filter.Duration is not null ? Started : filter.Owner is not null ? All : null))?.Distinct().ToList();
        var isTooMany = processes?.Count * (statuses?.Count ?? 1) > MostStretches;
        IEnumerable<IReadOnlyList<ProcessId>?> each = processes is null ? [null] : isTooMany ? [processes] : processes.Select(id => new[] { id });
        return
        [
            .. from some in each
               from status in statuses?.Select(status => (JobStatus?)status) ?? (isTooMany ? All.Select(status => (JobStatus?)status) : [null])
               select new Stretch(some, status),
        ];
    }

    private static IQueryable<Job> Of(this IQueryable<Job> jobs, Stretch stretch, DurationRange? duration)
    {
        var (processes, status) = stretch;
        if (processes is null && status is null) jobs = jobs.AskingForAnIndex();
        if (processes is [var process]) jobs = jobs.Where(job => job.ProcessId == process);
        else if (processes is not null) jobs = jobs.Where(job => processes.Contains(job.ProcessId));
        if (status is { } itsStatus) jobs = jobs.Where(job => job.Status == itsStatus);
        if (duration is not null) jobs = status == JobStatus.Running ? jobs.Running(duration) : jobs.Ended(duration);
        return jobs;
    }

    /// <summary>Lets the database use the indexes that hold only jobs of such a version, which all are: those by time or duration alone.</summary>
    /// <remarks>They look cheap to a planner that does not know where in the list the other jobs of a status or process lie.</remarks>
    private static IQueryable<Job> AskingForAnIndex(this IQueryable<Job> jobs) => jobs.Where(job => job.Version >= 0);

    private static IQueryable<Job> Running(this IQueryable<Job> jobs, DurationRange range)
    {
        var (first, last) = (range.Now - range.Most, range.Now - range.Least);
        return jobs.Where(job => job.Status == JobStatus.Running && job.Started >= first && job.Started <= last);
    }

    /// <summary>The jobs of a stretch that lasted so long, by the index of durations.</summary>
    /// <remarks>
    /// It is the only one in this order that a query may use: that of a process's durations holds jobs of 0 attempts or more, or
    /// SQLite would read the durations of all processes. The bound leaves room for jobs that end after they were found to be few.
    /// </remarks>
    private static IQueryable<Job> Lasting(this IQueryable<Job> jobs, Stretch stretch, DurationRange range) =>
        (stretch.Processes is [_] ? jobs.Of(stretch, range).Where(job => job.Attempt >= 0) : jobs.Of(stretch, range).AskingForAnIndex())
        .OrderBy(job => job.Duration).Take(2 * Few);

    private static IQueryable<Job> Ended(this IQueryable<Job> jobs, DurationRange range) =>
        jobs.Where(job => job.Duration >= range.Least && job.Duration <= range.Most);

    private static IQueryable<Job> Sorted(this IQueryable<Job> jobs, bool backwards) => backwards
        ? jobs.OrderBy(job => job.Created).ThenBy(job => job.Id)
        : jobs.OrderByDescending(job => job.Created).ThenByDescending(job => job.Id);

    /// <summary>A job's place in the list, as the database sorts by it.</summary>
    private sealed class Place
    {
        public DateTimeOffset Created { get; init; }

        public JobId Id { get; init; }
    }

    /// <summary>What one index holds in the list's order: jobs of a process and a status, or of all where it says none.</summary>
    private sealed record Stretch(IReadOnlyList<ProcessId>? Processes, JobStatus? Status);
}
