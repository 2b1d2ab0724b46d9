using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Processes;
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
    /// <summary>GPUs it claims, each for itself alone.</summary>
    public int Gpus { get; init; }

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
            stated.JobTimeout ?? options.DefaultTimeout)
        {
            Gpus = stated.Gpus ?? 0,
        };
    }
}

/// <summary>Looks demands up.</summary>
internal static class DemandExtensions
{
    /// <summary>The demand of the jobs of a revision.</summary>
    public static async Task<Demand> DemandOfAsync(
        this IProcessStore processes, Guid revisionId, RunnerOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return Demand.Of((await processes.FindRevisionAsync(revisionId, cancellationToken))?.Unit.Resources ?? new(), options);
        }
        catch (OgcException unreadable) when (unreadable.Error == OgcError.UnreadableRecord)
        {
            // The job is let in all the same, and fails with this reason.
            return Demand.Of(new(), options);
        }
    }
}

/// <summary>What becomes of a job that asks to be let in.</summary>
public enum Entry
{
    /// <summary>It may run.</summary>
    Granted,

    /// <summary>It has to wait, and those behind it wait for it: or small jobs would keep a large one out for ever.</summary>
    Full,

    /// <summary>It has to wait for jobs of its own process; those of others need not.</summary>
    ProcessFull,

    /// <summary>It claims more than this node has; another may take it.</summary>
    TooLarge,

    /// <summary>It fits, but could not be started.</summary>
    Failed,
}

/// <summary>Decides which jobs may run on this node at once: within its budget of cores and memory, its limits in number, and while its disks have room.</summary>
public sealed class Admission(IOptions<RunnerOptions> options, IOutputStore outputs, IWorkFolders folders)
{
    // A double that is added to and subtracted from does not come back to where it was.
    private const double Rounding = 1e-6;

    private readonly RunnerOptions _limits = options.Value;
    private readonly Lock _lock = new();
    private readonly Dictionary<JobId, (ProcessId Process, Demand Demand)> _running = [];

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

    /// <summary>Lets a job in if it fits.</summary>
    public Entry TryEnter(JobId id, ProcessId process, Demand demand)
    {
        lock (_lock)
        {
            var obstacle = Refusal(process, demand);
            if (obstacle is null) _running.Add(id, (process, demand));
            return obstacle?.Entry ?? Entry.Granted;
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

    /// <summary>What a job waits for on this node; null for its turn alone.</summary>
    /// <param name="process">Its process.</param>
    /// <param name="demand">What it claims.</param>
    public string? Obstacle(ProcessId process, Demand demand)
    {
        lock (_lock) return Refusal(process, demand)?.Reason;
    }

    private (Entry Entry, string Reason)? Refusal(ProcessId process, Demand demand)
    {
        var running = _running.Values;
        if (Math.Min(outputs.AvailableBytes, folders.AvailableBytes) < _limits.MinFreeBytes) return (Entry.Full, "the server's disk is full");
        if (demand.Cpu > _limits.CpuBudget + Rounding) return (Entry.TooLarge, "it needs more cores than this server gives to jobs");
        if (demand.Memory > _limits.MemoryBudget) return (Entry.TooLarge, "it needs more memory than this server gives to jobs");
        if (demand.Gpus > _limits.Gpus.Count) return (Entry.TooLarge, "it needs more GPUs than this server gives to jobs");
        if (running.Count(job => job.Process == process) >= _limits.MaxConcurrentJobsPerProcess)
            return (Entry.ProcessFull, $"all {_limits.MaxConcurrentJobsPerProcess} places for jobs of this process are taken");
        if (running.Count >= _limits.MaxConcurrentJobs) return (Entry.Full, $"all {_limits.MaxConcurrentJobs} places for running jobs are taken");
        if (running.Sum(job => job.Demand.Cpu) + demand.Cpu > _limits.CpuBudget + Rounding) return (Entry.Full, "the cores it needs are in use");
        if (demand.Gpus > 0 && running.Sum(job => job.Demand.Gpus) + demand.Gpus > _limits.Gpus.Count) return (Entry.Full, "the GPUs it needs are in use");
        return running.Sum(job => job.Demand.Memory) + demand.Memory > _limits.MemoryBudget ? (Entry.Full, "the memory it needs is in use") : null;
    }
}
