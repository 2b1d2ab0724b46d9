using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>Keeps jobs in memory; one change at a time, as a row does.</summary>
internal sealed class FakeJobStore(JobSignals signals) : IJobStore
{
    private readonly Lock _lock = new();
    private readonly List<Job> _jobs = [];
    private int _looks;

    /// <summary>The last filter and limit that a list was asked with.</summary>
    public (JobFilter Filter, Cursor? Cursor, int Limit) Asked { get; private set; }

    /// <summary>Makes reading one job fail, as a row does that can't be read.</summary>
    public JobId? Poisoned { get; set; }

    /// <summary>Makes reading any job fail, as a database does that is away.</summary>
    public Exception? Trouble { get; set; }

    /// <summary>Happens between a change and the word that it is made.</summary>
    public Action? Changed { get; set; }

    /// <summary>What a list gives beside its items.</summary>
    public Cursor? Next { get; set; }

    /// <summary>How often a job was looked at.</summary>
    public int Looks => _looks;

    public IReadOnlyList<Job> All
    {
        get
        {
            lock (_lock) return [.. _jobs];
        }
    }

    public Job Single() => All.Single();

    public Job Add(Job job)
    {
        lock (_lock) _jobs.Add(job);
        return job;
    }

    public Job Get(JobId id)
    {
        lock (_lock) return _jobs.Single(job => job.Id == id);
    }

    public Task<ProcessId?> FindProcessAsync(JobId id, string? owner, CancellationToken cancellationToken)
    {
        lock (_lock) return Task.FromResult(_jobs.Find(job => job.Id == id && (owner is null || job.Owner == owner))?.ProcessId);
    }

    public Task<string?> FindOwnerAsync(JobId id, CancellationToken cancellationToken)
    {
        lock (_lock) return Task.FromResult(_jobs.Find(job => job.Id == id)?.Owner);
    }

    public Task<Job?> FindAsync(JobId id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (id == Poisoned) throw new InvalidDataException("The row can't be read.");
        if (Trouble is not null) throw Trouble;
        Interlocked.Increment(ref _looks);
        lock (_lock) return Task.FromResult(_jobs.Find(job => job.Id == id));
    }

    public Task<Job?> FindSuccessfulAsync(string fingerprint, string owner, DateTimeOffset since, CancellationToken cancellationToken) =>
        Task.FromResult(All.LastOrDefault(job => job.Fingerprint == fingerprint && job.Owner == owner && job.Status == JobStatus.Successful && job.Finished >= since));

    /// <summary>What is left of a job that has expired.</summary>
    public ExpiredJob? Expired { get; set; }

    public Task<ExpiredJob?> FindExpiredAsync(JobId id, CancellationToken cancellationToken) => Task.FromResult(Expired?.JobId == id ? Expired : null);

    /// <summary>How often versions were asked for.</summary>
    public int VersionLooks { get; private set; }

    public Task<IReadOnlyDictionary<JobId, int>> ListVersionsAsync(IReadOnlyCollection<JobId> among, CancellationToken cancellationToken)
    {
        VersionLooks++;
        lock (_lock) return Task.FromResult<IReadOnlyDictionary<JobId, int>>(_jobs.Where(job => among.Contains(job.Id)).ToDictionary(job => job.Id, job => job.Version));
    }

    public Task<Page<Job>> ListAsync(JobFilter filter, Cursor? cursor, int limit, CancellationToken cancellationToken)
    {
        Asked = (filter, cursor, limit);
        lock (_lock) return Task.FromResult(new Page<Job>([.. _jobs], Next, null));
    }

    public Task<int> CountAsync(JobFilter filter, int most, CancellationToken cancellationToken) => Task.FromResult(Math.Min(most, All.Count(job => filter.Statuses?.Contains(job.Status) != false && (filter.Owner ?? job.Owner) == job.Owner)));

    public Task AddAsync(Job job, CancellationToken cancellationToken)
    {
        Add(job);
        signals.Work();
        return Task.CompletedTask;
    }

    public Task<Job?> UpdateAsync(JobId id, Action<Job> change, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (id == Poisoned) throw new InvalidDataException("The row can't be read.");
        Job? job;
        lock (_lock)
        {
            job = _jobs.Find(job => job.Id == id);
            if (job is not null) change(job);
        }

        Changed?.Invoke();
        cancellationToken.ThrowIfCancellationRequested();
        signals.Changed(id);
        return Task.FromResult(job);
    }

    public Task<IReadOnlyList<WaitingJob>> ListWaitingAsync(
        IReadOnlyCollection<ProcessId> passOver, DateTimeOffset now, string? afterOwner, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Waiting(job => string.CompareOrdinal(job.Owner, afterOwner) > 0, passOver, now, limit));
    }

    public Task<IReadOnlyList<WaitingJob>> ListWaitingBehindAsync(
        WaitingJob job, IReadOnlyCollection<ProcessId> passOver, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(Waiting(other => other.Owner == job.Owner && (other.Created, _jobs.IndexOf(other)).CompareTo((job.Created, _jobs.FindIndex(it => it.Id == job.Id))) > 0, passOver, now, limit));

    public Task<IReadOnlyList<RunningJobs>> CountRunningAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RunningJobs>>(
        [.. All.Where(job => job.Status == JobStatus.Running).GroupBy(job => (job.Owner, job.RevisionId)).Select(jobs => new RunningJobs(jobs.Key.Owner, jobs.Key.RevisionId, jobs.Count()))]);

    private IReadOnlyList<WaitingJob> Waiting(Func<Job, bool> among, IReadOnlyCollection<ProcessId> passOver, DateTimeOffset now, int limit)
    {
        lock (_lock)
        {
            return [.. _jobs
                .Where(job => job.Status == JobStatus.Accepted && !(job.NotBefore > now) && !passOver.Contains(job.ProcessId) && among(job))
                .OrderBy(job => job.Owner, StringComparer.Ordinal).ThenBy(job => job.Created).Take(limit)
                .Select(job => new WaitingJob(job.Id, job.Owner, job.Created, job.ProcessId, job.RevisionId))];
        }
    }

    public Task<int> CountWaitingBeforeAsync(Job job, int most, CancellationToken cancellationToken)
    {
        lock (_lock) return Task.FromResult(Math.Min(most, _jobs.Count(other => other.Status == JobStatus.Accepted && other.Owner == job.Owner && other.Created < job.Created)));
    }

    public Task<IReadOnlyList<Job>> ListAbandonedAsync(
        string node, IReadOnlyCollection<JobId> known, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<Job>>([.. _jobs.Where(job => job.Status == JobStatus.Running
                && ((job.Node == node && !known.Contains(job.Id)) || job.LeaseUntil <= now))]);
        }
    }

    public Task<IReadOnlyList<JobId>> ListWithoutOutputsAsync(
        IReadOnlyCollection<JobId> among, IReadOnlyCollection<JobStatus> statuses, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<JobId>>(
                [.. _jobs.Where(job => among.Contains(job.Id) && statuses.Contains(job.Status) && job.Outputs.Count == 0).Select(job => job.Id)]);
        }
    }

    public Task<IReadOnlySet<JobId>> RenewLeasesAsync(
        string node, IReadOnlyCollection<JobId> jobs, DateTimeOffset leaseUntil, CancellationToken cancellationToken) =>
        ListHeldAsync(node, jobs, cancellationToken);

    /// <summary>Throws what a look at who holds a job is to fail with.</summary>
    public Action Looking { get; set; } = () => { };

    public Task<IReadOnlySet<JobId>> ListHeldAsync(string node, IReadOnlyCollection<JobId> jobs, CancellationToken cancellationToken)
    {
        Looking();
        lock (_lock)
        {
            return Task.FromResult<IReadOnlySet<JobId>>(_jobs
                .Where(job => job.Status == JobStatus.Running && job.Node == node && jobs.Contains(job.Id))
                .Select(job => job.Id).ToHashSet());
        }
    }
}
