using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs;

/// <summary>Keeps jobs. The database row is the truth; nothing in memory may know more.</summary>
public interface IJobStore
{
    /// <summary>A job with its outputs.</summary>
    Task<Job?> FindAsync(JobId id, CancellationToken cancellationToken);

    /// <summary>An owner's successful job of a fingerprint that ended last, at <paramref name="since"/> or later, with its outputs; null when there is none.</summary>
    Task<Job?> FindSuccessfulAsync(string fingerprint, string owner, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>The process of a job, also of one that has expired; null when there is no such job, or it is another owner's.</summary>
    /// <param name="id">The job.</param>
    /// <param name="owner">Its owner; null for any.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    Task<ProcessId?> FindProcessAsync(JobId id, string? owner, CancellationToken cancellationToken);

    /// <summary>The owner of a job, also of one that has expired; null when there is no such job.</summary>
    Task<string?> FindOwnerAsync(JobId id, CancellationToken cancellationToken);

    /// <summary>What is left of a job that has expired; null when nothing is known of it, or it is there.</summary>
    Task<ExpiredJob?> FindExpiredAsync(JobId id, CancellationToken cancellationToken);

    /// <summary>The versions of some jobs, which every change but a lease's renewal raises; those that are gone are left out.</summary>
    Task<IReadOnlyDictionary<JobId, int>> ListVersionsAsync(IReadOnlyCollection<JobId> among, CancellationToken cancellationToken);

    /// <summary>A page of jobs, newest first.</summary>
    Task<Page<Job>> ListAsync(JobFilter filter, Cursor? cursor, int limit, CancellationToken cancellationToken);

    /// <summary>How many jobs a filter leaves, counted no further than <paramref name="most"/>.</summary>
    Task<int> CountAsync(JobFilter filter, int most, CancellationToken cancellationToken);

    /// <summary>Commits a new job.</summary>
    Task AddAsync(Job job, CancellationToken cancellationToken);

    /// <summary>
    /// Changes a job on its present state, again when somebody else changed it meanwhile; null when there is none. What
    /// <paramref name="change"/> throws ends the attempt and is thrown on.
    /// </summary>
    Task<Job?> UpdateAsync(JobId id, Action<Job> change, CancellationToken cancellationToken);

    /// <summary>Waiting jobs owner by owner, each one's oldest first.</summary>
    /// <param name="passOver">Processes whose jobs can't start now.</param>
    /// <param name="now">Jobs that are put off until later than this are left out.</param>
    /// <param name="afterOwner">Only those of owners behind this one, in the order of the database; null for all.</param>
    /// <param name="limit">Most jobs to give.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    Task<IReadOnlyList<WaitingJob>> ListWaitingAsync(
        IReadOnlyCollection<ProcessId> passOver, DateTimeOffset now, string? afterOwner, int limit, CancellationToken cancellationToken);

    /// <summary>The jobs that wait longest of those of the same owner that are younger than one.</summary>
    /// <param name="job">That one.</param>
    /// <param name="passOver">Processes whose jobs can't start now.</param>
    /// <param name="now">Jobs that are put off until later than this are left out.</param>
    /// <param name="limit">Most jobs to give.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    Task<IReadOnlyList<WaitingJob>> ListWaitingBehindAsync(
        WaitingJob job, IReadOnlyCollection<ProcessId> passOver, DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>How many jobs run on all nodes, of each owner and revision.</summary>
    Task<IReadOnlyList<RunningJobs>> CountRunningAsync(CancellationToken cancellationToken);

    /// <summary>How many jobs of its owner wait before this one, counted no further than <paramref name="most"/>.</summary>
    Task<int> CountWaitingBeforeAsync(Job job, int most, CancellationToken cancellationToken);

    /// <summary>Running jobs that nobody works on: this node's own that are not among <paramref name="known"/>, and those whose lease ran out.</summary>
    Task<IReadOnlyList<Job>> ListAbandonedAsync(
        string node, IReadOnlyCollection<JobId> known, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Those among some jobs that are in one of these statuses and have no outputs.</summary>
    Task<IReadOnlyList<JobId>> ListWithoutOutputsAsync(
        IReadOnlyCollection<JobId> among, IReadOnlyCollection<JobStatus> statuses, CancellationToken cancellationToken);

    /// <summary>Those among some jobs that a node holds.</summary>
    Task<IReadOnlySet<JobId>> ListHeldAsync(string node, IReadOnlyCollection<JobId> jobs, CancellationToken cancellationToken);

    /// <summary>Renews the leases of jobs and says which of them this node still holds.</summary>
    /// <remarks>Leaves the job's version alone: a renewal is no change that anybody could overwrite.</remarks>
    Task<IReadOnlySet<JobId>> RenewLeasesAsync(
        string node, IReadOnlyCollection<JobId> jobs, DateTimeOffset leaseUntil, CancellationToken cancellationToken);
}

/// <summary>Which jobs a list holds; null members leave all.</summary>
/// <remarks>Part 1, class job-list.</remarks>
/// <param name="Processes">Only of these processes.</param>
/// <param name="Statuses">Only in these statuses.</param>
/// <param name="From">Only created at or after this.</param>
/// <param name="To">Only created at or before this.</param>
/// <param name="Duration">Only those that ran so long; without statuses, running and ended jobs.</param>
public sealed record JobFilter(
    IReadOnlyCollection<ProcessId>? Processes = null,
    IReadOnlyCollection<JobStatus>? Statuses = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    DurationRange? Duration = null)
{
    /// <summary>Only of this caller.</summary>
    public string? Owner { get; init; }

    /// <summary>Only those that nobody has pinned.</summary>
    public bool Unpinned { get; init; }

    /// <summary>What this leaves of the jobs that a caller sees.</summary>
    public JobFilter SeenBy(Caller caller) => this with
    {
        Owner = caller.OwnerOfJobs,
        Processes = Processes is not null && caller.Processes is not null ? [.. Processes.Intersect(caller.Processes)] : Processes ?? caller.Processes,
    };
}

/// <summary>How long jobs ran, bounds included: to their end, or while they run, to now.</summary>
/// <remarks>/req/job-list/duration-response; jobs that never started have no duration.</remarks>
/// <param name="Least">At least this.</param>
/// <param name="Most">At most this.</param>
/// <param name="Now">Until when running jobs have run.</param>
public sealed record DurationRange(TimeSpan Least, TimeSpan Most, DateTimeOffset Now);

/// <summary>A job that waits for its turn.</summary>
public sealed record WaitingJob(JobId Id, string Owner, DateTimeOffset Created, ProcessId ProcessId, Guid RevisionId);

/// <summary>How many jobs of an owner run of one revision of a process.</summary>
public sealed record RunningJobs(string Owner, Guid RevisionId, int Count);
