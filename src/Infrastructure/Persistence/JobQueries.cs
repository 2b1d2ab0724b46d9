using System.Globalization;
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

    /// <remarks>/req/job-list/duration-response: which jobs have a duration where the client names no status.</remarks>
    private static readonly JobStatus[] Started = [JobStatus.Running, JobStatus.Successful, JobStatus.Failed, JobStatus.Dismissed];

    /// <summary>The first jobs that a filter leaves, in the order of the list or against it.</summary>
    /// <remarks>
    /// An index holds the jobs of one process or status in the list's order, but not those of several. So each is read by
    /// itself, no further than the page needs, and the database merges them. Of too many the database makes what it can.
    /// </remarks>
    public static IQueryable<Job> Page(this OgcDbContext context, JobFilter filter, Cursor? cursor, int count)
    {
        var backwards = cursor is { Backwards: true };
        var jobs = context.Jobs.Within(filter).From(cursor);
        var processes = filter.Processes?.Distinct().ToList();
        var statuses = (filter.Statuses ?? (filter.Duration is null ? null : Started))?.Distinct().ToList();
        if ((processes?.Count ?? 1) * (statuses?.Count ?? 1) > MostStretches)
        {
            if (processes is not null) jobs = jobs.Where(job => processes.Contains(job.ProcessId));
            if (statuses is not null) jobs = jobs.Where(job => statuses.Contains(job.Status));
            if (filter.Duration is { } range) jobs = jobs.Running(range).Concat(jobs.Ended(range));
            return jobs.Sorted(backwards).Take(count);
        }

        var stretches =
            from process in processes?.Select(id => (ProcessId?)id) ?? [null]
            from status in statuses?.Select(status => (JobStatus?)status) ?? [null]
            select jobs.Of(process, status, filter.Duration).Sorted(backwards).Take(count);
        return stretches.ToList() switch
        {
            [] => jobs.Where(job => false),
            [var single] => single,
            var several => several.Aggregate((all, next) => all.Concat(next)).Sorted(backwards).Take(count),
        };
    }

    /// <summary>The jobs before a place in the list's order turned round: those that wait longer.</summary>
    public static IQueryable<Job> OlderThan(this IQueryable<Job> jobs, DateTimeOffset created, JobId id) =>
        // The first term alone would do for the truth; it is what lets an index begin in the right place.
        jobs.Where(job => job.Created <= created && (job.Created < created || job.Id < id));

    private static IQueryable<Job> NewerThan(this IQueryable<Job> jobs, DateTimeOffset created, JobId id) =>
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

    private static IQueryable<Job> Of(this IQueryable<Job> jobs, ProcessId? process, JobStatus? status, DurationRange? duration)
    {
        if (process is { } itsProcess) jobs = jobs.Where(job => job.ProcessId == itsProcess);
        if (status is { } itsStatus) jobs = jobs.Where(job => job.Status == itsStatus);
        if (duration is not null) jobs = status == JobStatus.Running ? jobs.Running(duration) : jobs.Ended(duration);
        return jobs;
    }

    private static IQueryable<Job> Running(this IQueryable<Job> jobs, DurationRange range)
    {
        var (first, last) = (range.Now - range.Most, range.Now - range.Least);
        return jobs.Where(job => job.Status == JobStatus.Running && job.Started >= first && job.Started <= last);
    }

    private static IQueryable<Job> Ended(this IQueryable<Job> jobs, DurationRange range) =>
        jobs.Where(job => job.Duration >= range.Least && job.Duration <= range.Most);

    private static IQueryable<Job> Sorted(this IQueryable<Job> jobs, bool backwards) => backwards
        ? jobs.OrderBy(job => job.Created).ThenBy(job => job.Id)
        : jobs.OrderByDescending(job => job.Created).ThenByDescending(job => job.Id);
}
