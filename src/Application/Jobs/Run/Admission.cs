using Microsoft.Extensions.Options;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>This node, as leases name it.</summary>
public sealed record ThisNode(string Id);

/// <summary>What a job claims of its node's budget, and what it may use at most.</summary>
/// <param name="Cpu">Cores claimed.</param>
/// <param name="Memory">Bytes of memory claimed.</param>
/// <param name="CpuLimit">Cores it may use.</param>
/// <param name="MemoryLimit">Bytes of memory it may use.</param>
/// <param name="Timeout">Time it may run.</param>
public sealed record Demand(double Cpu, long Memory, double CpuLimit, long MemoryLimit, TimeSpan Timeout)
{
    /// <summary>The demand of an execution unit, with the operator's defaults for what it does not state.</summary>
    public static Demand Of(ResourceRequirements stated, RunnerOptions options)
    {
        var cpuLimit = stated.CpuMax ?? Math.Max(stated.CpuMin ?? 0, options.DefaultCpuLimit);
        var memoryLimit = stated.MemoryMax ?? Math.Max(stated.MemoryMin ?? 0, options.DefaultMemoryLimit);
        return new(
            Math.Min(stated.CpuMin ?? options.DefaultCpuRequest, cpuLimit),
            Math.Min(stated.MemoryMin ?? options.DefaultMemoryRequest, memoryLimit),
            cpuLimit,
            memoryLimit,
            stated.JobTimeout ?? options.DefaultTimeout);
    }
}

/// <summary>Decides which jobs may run on this node at once: within its budget of cores and memory, and its limits in number.</summary>
public sealed class Admission(IOptions<RunnerOptions> options)
{
    // A double that is added to and subtracted from does not come back to where it was.
    private const double Rounding = 1e-6;

    private readonly RunnerOptions _limits = options.Value;
    private readonly Lock _lock = new();
    private readonly Dictionary<JobId, (ProcessId Process, Demand Demand)> _running = [];
    private string? _obstacle;

    /// <summary>Processes of which no further job may start now.</summary>
    public IReadOnlyCollection<ProcessId> FullProcesses
    {
        get
        {
            lock (_lock)
            {
                return [.. _running.Values.GroupBy(job => job.Process)
                    .Where(jobs => jobs.Count() >= _limits.MaxConcurrentJobsPerProcess).Select(jobs => jobs.Key)];
            }
        }
    }

    /// <summary>How many more jobs the limit in number leaves.</summary>
    public int Free
    {
        get
        {
            lock (_lock) return Math.Max(0, _limits.MaxConcurrentJobs - _running.Count);
        }
    }

    /// <summary>Lets a job in if it fits; otherwise remembers what stands in its way.</summary>
    public bool TryEnter(JobId id, ProcessId process, Demand demand)
    {
        lock (_lock)
        {
            _obstacle = Obstacle(demand);
            return _obstacle is null && _running.TryAdd(id, (process, demand));
        }
    }

    /// <summary>Counts a job in that runs already, whether it fits or not.</summary>
    public void Enter(JobId id, ProcessId process, Demand demand)
    {
        lock (_lock) _running[id] = (process, demand);
    }

    /// <summary>Counts a job out.</summary>
    public void Leave(JobId id)
    {
        lock (_lock) _running.Remove(id);
    }

    /// <summary>Tells the owner of a waiting job what it waits for.</summary>
    /// <param name="before">Jobs before it.</param>
    /// <param name="atLeast">Whether there may be more than were counted.</param>
    public string Explain(int before, bool atLeast)
    {
        lock (_lock)
        {
            var position = before == 0 ? "Next to start" : $"Waiting behind {(atLeast ? "at least " : "")}{before} job{(before == 1 ? "" : "s")}";
            return _obstacle is null ? position : $"{position}: {_obstacle}";
        }
    }

    private string? Obstacle(Demand demand)
    {
        if (_running.Count >= _limits.MaxConcurrentJobs) return $"all {_limits.MaxConcurrentJobs} places for running jobs are taken";
        if (_running.Values.Sum(job => job.Demand.Cpu) + demand.Cpu > _limits.CpuBudget + Rounding) return "the cores it needs are in use";
        return _running.Values.Sum(job => job.Demand.Memory) + demand.Memory > _limits.MemoryBudget ? "the memory it needs is in use" : null;
    }
}
