using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Quotas;
using OgcProcesses.Application.Processes;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>The waiting jobs in the order of their turns, as one look at the database shows them.</summary>
/// <remarks>Read caller by caller: however many jobs one has waiting, those of the others are found as soon.</remarks>
public sealed class WaitingLine(
    IJobStore jobs, IProcessStore processes, Admission admission, IOptions<RunnerOptions> options, IOptions<QuotaOptions> quotas, TimeProvider clock)
{
    /// <summary>Jobs that are read at once, where there are not more places.</summary>
    private const int Some = 20;

    /// <summary>Looks for further callers in one look; whoever is beyond is met by the next one, which begins there.</summary>
    private const int MostPages = 200;

    private readonly RunnerOptions _options = options.Value;
    private readonly Turns _turns = new(options.Value.AgeingTime);
    private readonly Dictionary<string, WaitingCaller> _callers = [];
    private string? _begin;

    /// <summary>Looks at what waits and what runs now.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        _callers.Clear();
        for (var page = 0; page == 0 || (_begin is not null && page < MostPages); page++)
        {
            var waiting = await jobs.ListWaitingAsync(admission.FullProcesses, clock.GetUtcNow(), _begin, PageSize, cancellationToken);
            foreach (var job in waiting) InLine(job.Owner).Add(job);
            _begin = waiting.Count < PageSize ? null : waiting[^1].Owner;
            if (_begin is { } last) _callers[last].HasMore = true;
        }

        if (_callers.Count > 1 || _callers.Keys.Any(owner => quotas.Value.Of(owner).MaxRunningJobs is not null)) await CountRunningAsync(cancellationToken);
    }

    /// <summary>The next job, which leaves the line; null when nobody can have a turn.</summary>
    public async Task<WaitingJob?> NextAsync(CancellationToken cancellationToken)
    {
        var next = _turns.Next(_callers.Values.Where(caller => caller.CanStart), clock.GetUtcNow());
        if (next is null) return null;
        var job = next.Take();
        if (next.IsEmpty && next.HasMore)
        {
            var behind = await jobs.ListWaitingBehindAsync(job, admission.FullProcesses, clock.GetUtcNow(), PageSize, cancellationToken);
            foreach (var other in behind) next.Add(other);
            next.HasMore = behind.Count == PageSize;
        }

        return job;
    }

    /// <summary>Notes that a job has started.</summary>
    public async Task StartedAsync(WaitingJob job, CancellationToken cancellationToken)
    {
        _turns.Started(job.Owner, clock.GetUtcNow());
        _callers[job.Owner].Runs(1, await ShareOfAsync(job.RevisionId, cancellationToken));
    }

    private int PageSize => Math.Max(Some, admission.Free);

    private WaitingCaller InLine(string owner) =>
        _callers.TryGetValue(owner, out var known) ? known : _callers[owner] = new(owner, quotas.Value.Of(owner).MaxRunningJobs);

    private async Task CountRunningAsync(CancellationToken cancellationToken)
    {
        foreach (var running in await jobs.CountRunningAsync(cancellationToken))
        {
            if (!_callers.TryGetValue(running.Owner, out var caller)) continue;
            caller.Runs(running.Count, running.Count * await ShareOfAsync(running.RevisionId, cancellationToken));
        }
    }

    /// <summary>What a job claims of a node like this one: of cores or of memory, whichever is the greater part.</summary>
    private async Task<double> ShareOfAsync(Guid revisionId, CancellationToken cancellationToken)
    {
        var demand = await processes.DemandOfAsync(revisionId, _options, cancellationToken);
        return Math.Max(demand.Cpu / _options.CpuBudget, (double)demand.Memory / _options.MemoryBudget);
    }

    private sealed class WaitingCaller(string owner, int? mostRunning) : CallerInLine(owner)
    {
        private readonly Queue<WaitingJob> _jobs = new();
        private int _running;
        private double _share;

        public override double Share => _share;

        public override DateTimeOffset Oldest => _jobs.Peek().Created;

        /// <summary>Whether more of the caller's jobs wait than were read.</summary>
        public bool HasMore { get; set; }

        public bool IsEmpty => _jobs.Count == 0;

        public bool CanStart => !IsEmpty && !(_running >= mostRunning);

        public void Add(WaitingJob job) => _jobs.Enqueue(job);

        public WaitingJob Take() => _jobs.Dequeue();

        public void Runs(int count, double share) => (_running, _share) = (_running + count, _share + share);
    }
}
