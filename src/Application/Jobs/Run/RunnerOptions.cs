using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using OgcProcesses.Application.Processes.Image;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>What this node gives to jobs, and what one job may have. Section <c>Runner</c>.</summary>
public sealed partial class RunnerOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Runner";

    /// <summary>This node's name in leases; different on every node of one database. Default: machine name and data folder.</summary>
    public string? NodeId { get; set; }

    /// <summary>Cores that running jobs may claim together. Default: all of the machine.</summary>
    [Range(0.1, 4096)]
    public double CpuBudget { get; set; } = Environment.ProcessorCount;

    /// <summary>Memory that running jobs may claim together, in bytes. Default: three quarters of the machine's.</summary>
    [Range(16L << 20, long.MaxValue)]
    public long MemoryBudget { get; set; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3;

    /// <summary>Most jobs that run at once on this node. Default: twice the cores; more only adds waiting.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentJobs { get; set; } = 2 * Environment.ProcessorCount;

    /// <summary>Most jobs of one process that run at once on this node.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentJobsPerProcess { get; set; } = 10_000;

    /// <summary>Cores a job claims when its process states no <c>cpuMin</c>.</summary>
    [Range(0.01, 4096)]
    public double DefaultCpuRequest { get; set; } = 0.5;

    /// <summary>Cores a job may use when its process states no <c>cpuMax</c>.</summary>
    [Range(0.01, 4096)]
    public double DefaultCpuLimit { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Memory a job claims when its process states no <c>memoryMin</c>, in bytes.</summary>
    [Range(6L << 20, long.MaxValue)]
    public long DefaultMemoryRequest { get; set; } = 256L << 20;

    /// <summary>Memory a job may use when its process states no <c>memoryMax</c>, in bytes.</summary>
    [Range(20_000_000L, long.MaxValue)]
    public long DefaultMemoryLimit { get; set; } = 2L << 30;

    /// <summary>Time a job may run when its process states no <c>jobTimeout</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "49.00:00:00")]
    public TimeSpan DefaultTimeout { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Longest <c>jobTimeout</c> a process may state; 49 days are as long as the platform's timers run.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "49.00:00:00")]
    public TimeSpan MaxTimeout { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Time between SIGTERM and SIGKILL.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The engine's networks that packages may ask for by name; the first is what <c>"network": true</c> gets. None: all are refused.</summary>
    /// <remarks>Never the host's own, and never that of another container.</remarks>
    public IList<string> Networks { get; init; } = [];

    /// <summary>Patterns of the images that processes may run, such as <c>ghcr.io/institute/**</c>; none: any image.</summary>
    public IList<string> AllowedImages { get; init; } = [];

    /// <summary>Whether images are held to what they were when a process was deployed.</summary>
    [EnumDataType(typeof(ImagePinning))]
    public ImagePinning ImagePinning { get; set; }

    /// <summary>This node's GPUs that jobs may use, by the numbers or identifiers that the engine knows them by; none: packages that ask for one are refused.</summary>
    public IList<string> Gpus { get; init; } = [];

    /// <summary>Largest size of all outputs of one job together, in bytes.</summary>
    [Range(1L, long.MaxValue)]
    public long MaxOutputBytes { get; set; } = 100L << 30;

    /// <summary>Most output files of one job.</summary>
    [Range(1, 1_000_000)]
    public int MaxOutputFiles { get; set; } = 1_000;

    /// <summary>Largest output, or input by link, that is taken as a value, in bytes; values are numbers and small objects, all else is a file.</summary>
    [Range(1, 100 << 20)]
    public int MaxValueBytes { get; set; } = 4 << 20;

    /// <summary>Most attempts of one job; a package that asks for more retries is refused.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Time between a program's own failure and the next attempt, where its process asks for one; it doubles with each further attempt.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time between two attempts.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxRetry { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a node holds a job without renewing; afterwards another node takes it over.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "01:00:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between two comparisons of jobs and containers.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan ReconcileInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time after which the queue is looked at without a signal, and so are jobs of other nodes that somebody waits for; these
    /// within a second at most where nodes can't tell each other.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an engine that does not answer is waited for before a job's attempt is given up.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan EngineRecovery { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a job waits for a disk that is full, or can't be written to, before it fails.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan DiskRecovery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Longest time a synchronous execution is waited for; then the answer is 201 with the job, which goes on.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxSyncWait { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How strictly execute requests are read, where the process does not say.</summary>
    [EnumDataType(typeof(Strictness))]
    public Strictness Validation { get; set; }

    /// <summary>Most inputs, and most outputs, of a process that is deployed; the built-in ones need some.</summary>
    [Range(30, 100_000)]
    public int MaxInputs { get; set; } = 1_000;

    /// <summary>Most values that a request may give for one input.</summary>
    [Range(1, 10_000_000)]
    public int MaxOccurrences { get; set; } = 10_000;

    /// <summary>Most jobs that wait; with more, executions answer 429.</summary>
    [Range(1, 10_000_000)]
    public int MaxQueuedJobs { get; set; } = 100_000;

    /// <summary>
    /// How long a caller's waiting jobs may be passed by those of callers who have less running; then the oldest of them is next. With 0
    /// jobs start in the order in which they came.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan AgeingTime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Bytes that must stay free on the output store's disk; with less no job is taken.</summary>
    [Range(0L, long.MaxValue)]
    public long MinFreeBytes { get; set; } = 500L << 20;

    /// <summary>The time between a program's own failure and the next attempt.</summary>
    /// <param name="attempts">Attempts so far, at least 1.</param>
    public TimeSpan RetryAfter(int attempts)
    {
        var wait = FirstRetry * Math.Pow(2, Math.Min(attempts - 1, 30));
        return wait < MaxRetry ? wait : MaxRetry;
    }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // A job that claims more than there is would wait for ever, and every job behind it.
        if (Math.Min(DefaultCpuRequest, DefaultCpuLimit) > CpuBudget)
            yield return new($"Runner:DefaultCpuRequest ({DefaultCpuRequest}) must not be more than Runner:CpuBudget ({CpuBudget}).", [nameof(DefaultCpuRequest)]);
        if (Math.Min(DefaultMemoryRequest, DefaultMemoryLimit) > MemoryBudget)
            yield return new($"Runner:DefaultMemoryRequest ({DefaultMemoryRequest}) must not be more than Runner:MemoryBudget ({MemoryBudget}).", [nameof(DefaultMemoryRequest)]);
        if (DefaultTimeout > MaxTimeout)
            yield return new($"Runner:DefaultTimeout ({DefaultTimeout:c}) must not be more than Runner:MaxTimeout ({MaxTimeout:c}).", [nameof(DefaultTimeout)]);
        if (FirstRetry > MaxRetry)
            yield return new($"Runner:FirstRetry ({FirstRetry:c}) must not be more than Runner:MaxRetry ({MaxRetry:c}).", [nameof(FirstRetry)]);
        foreach (var network in Networks.Where(network => !NetworkName.IsMatch(network)))
            yield return new($"Runner:Networks: '{network}' must name a network of the engine, not host, none or default.", [nameof(Networks)]);
        if (Gpus.Distinct().Count() != Gpus.Count || Gpus.Any(string.IsNullOrWhiteSpace))
            yield return new("Runner:Gpus must name each GPU once.", [nameof(Gpus)]);
        foreach (var pattern in AllowedImages)
            if (Malformed(pattern) is { } reason) yield return new($"Runner:AllowedImages: {reason}.", [nameof(AllowedImages)]);
    }

    /// <summary>The network that a unit gets; null where it asks for none, or for one that is not allowed.</summary>
    public string? NetworkOf(ExecutionUnit unit) => !unit.Network ? null
        : unit.NetworkName is { } name ? Networks.FirstOrDefault(allowed => allowed == name)
        : Networks.FirstOrDefault();

    [GeneratedRegex(@"\A(?!(host|none|default)\z)[A-Za-z0-9][A-Za-z0-9_.-]{0,127}\z")]
    private static partial Regex NetworkName { get; }

    private static string? Malformed(string pattern)
    {
        try
        {
            ImageRules.Compile(pattern);
            return null;
        }
        catch (FormatException malformed)
        {
            return malformed.Message;
        }
    }
}

/// <summary>Whether images are held to what they were when a process was deployed.</summary>
public enum ImagePinning
{
    /// <summary>Not: what a tag names when a job starts is what runs; the job tells its digest.</summary>
    Off,

    /// <summary>Packages must name images by digest.</summary>
    Required,

    /// <summary>What a tag names is looked up, and pulled where it is absent, when a process is deployed or replaced; all its jobs run that.</summary>
    OnDeploy,
}
