using System.Text.Json;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Domain.Processes;

/// <summary>What runs when a process is executed: a container image and how to call it.</summary>
/// <remarks>
/// Part 2, executionUnit.yaml. An allow-list: what a deployer writes beyond these members is kept in the package and
/// never reaches the container engine.
/// </remarks>
public sealed record ExecutionUnit
{
    /// <summary>The image's reference, without the <c>docker://</c> some write before it.</summary>
    public required string Image { get; init; }

    /// <summary>What exactly the reference named when the process was deployed, by digest or identifier; null where it is not held to that.</summary>
    public string? PinnedImage { get; init; }

    /// <summary>The program and its leading arguments; null for the image's own entrypoint and command.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Whether the image's entrypoint stays, before <see cref="Command"/>.</summary>
    public bool KeepEntrypoint { get; init; }

    /// <summary>Arguments after <see cref="Command"/>, in their order, before those of <see cref="InputBindings"/>.</summary>
    public IReadOnlyList<Argument> Arguments { get; init; } = [];

    /// <summary>The file that is the program's standard input; null for none.</summary>
    public Expression? Stdin { get; init; }

    /// <summary>The file, below the outputs folder, that standard output goes to; null for the job's log.</summary>
    public Expression? Stdout { get; init; }

    /// <summary>The file, below the outputs folder, that standard error goes to; null for the job's log.</summary>
    public Expression? Stderr { get; init; }

    /// <summary>Environment variables for the program.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Environment variables whose values refer to inputs.</summary>
    public IReadOnlyDictionary<string, Expression> EnvironmentFrom { get; init; } = new Dictionary<string, Expression>();

    /// <summary>Whether the program asks for a network.</summary>
    public bool Network { get; init; }

    /// <summary>The network it asks for by name; null leaves the choice to the operator.</summary>
    public string? NetworkName { get; init; }

    /// <summary>How strictly execute requests are read; null leaves it to the operator's setting.</summary>
    public Strictness? Validation { get; init; }

    /// <summary>When a job that did not come to its end is tried again.</summary>
    public RetryPolicy Retry { get; init; } = new();

    /// <summary>Whether results are good for identical executions; null means unless the program has a network.</summary>
    public bool? Reuse { get; init; }

    /// <summary>How long jobs are kept after their end; null leaves it to the operator, who may also allow less.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>What the program needs and may use.</summary>
    public ResourceRequirements Resources { get; init; } = new();

    /// <summary>How inputs become command-line arguments, by input identifier.</summary>
    public IReadOnlyDictionary<string, InputBinding> InputBindings { get; init; } = new Dictionary<string, InputBinding>();

    /// <summary>Where outputs are found, by output identifier.</summary>
    public IReadOnlyDictionary<string, OutputBinding> OutputBindings { get; init; } = new Dictionary<string, OutputBinding>();
}

/// <summary>When a job is tried again.</summary>
/// <remarks>Ours. A container, engine or node that was lost is always worth another try; a program's own failure only where its author says so.</remarks>
public sealed record RetryPolicy
{
    /// <summary>Retries of a process that states none.</summary>
    private const int DefaultLimit = 2;

    /// <summary>How often a job is tried again after its first attempt; null for 2, or what the operator allows if that is less.</summary>
    public int? Limit { get; init; }

    /// <summary>Whether a failure of the program itself is tried again, too.</summary>
    public bool OwnFailures { get; init; }

    /// <summary>How often a job is tried in all.</summary>
    /// <param name="operatorsMost">Most attempts that the operator gives to any job.</param>
    public int MostAttempts(int operatorsMost) => Math.Min(1 + (Limit ?? DefaultLimit), operatorsMost);

    /// <summary>Whether an attempt that failed so is repeated because its process asks for it.</summary>
    /// <remarks>Another attempt meets the same image and the same request; what the program did with them may differ.</remarks>
    public bool Repeats(JobFailureKind failure) => OwnFailures && failure is
        JobFailureKind.ExitCode or JobFailureKind.OutOfMemory or JobFailureKind.Timeout
        or JobFailureKind.OutputMissing or JobFailureKind.OutputInvalid or JobFailureKind.LimitExceeded;
}

/// <summary>How strictly an execute request is read.</summary>
public enum Strictness
{
    /// <summary>An input that the process does not declare refuses the request.</summary>
    Strict,

    /// <summary>Inputs that the process does not declare are left out; all else is as strict.</summary>
    Lenient,
}

/// <summary>What a program needs (min) and may use (max); null leaves it to the operator's defaults.</summary>
/// <remarks>Part 2, executionUnit.yaml, config.</remarks>
public sealed record ResourceRequirements
{
    /// <summary>Cores it needs.</summary>
    public double? CpuMin { get; init; }

    /// <summary>Cores it may use.</summary>
    public double? CpuMax { get; init; }

    /// <summary>Memory it needs, in bytes; packages state GB.</summary>
    public long? MemoryMin { get; init; }

    /// <summary>Memory it may use, in bytes; packages state GB.</summary>
    public long? MemoryMax { get; init; }

    /// <summary>Temporary storage it needs, in bytes; packages state GB.</summary>
    public long? StorageTempMin { get; init; }

    /// <summary>Storage its outputs need, in bytes; packages state GB.</summary>
    public long? StorageOutputsMin { get; init; }

    /// <summary>GPUs it needs, and gets for itself alone; null for none.</summary>
    /// <remarks>Ours: Part 2 allows further members in config.</remarks>
    public int? Gpus { get; init; }

    /// <summary>Time after which it is stopped.</summary>
    public TimeSpan? JobTimeout { get; init; }
}

/// <summary>How one input becomes arguments of the command line.</summary>
/// <remarks>Part 2, inputBinding.yaml. There is no shell: every argument stays one argument, whatever it holds.</remarks>
public sealed record InputBinding
{
    /// <summary>An argument put before the value.</summary>
    public string? Prefix { get; init; }

    /// <summary>Whether prefix and value are two arguments or one.</summary>
    public bool Separate { get; init; } = true;

    /// <summary>Sorting key among the bindings, lowest first.</summary>
    public int Position { get; init; }

    /// <summary>An expression that replaces the value.</summary>
    public Expression? ValueFrom { get; init; }

    /// <summary>Joins several values into one argument.</summary>
    public string? ItemSeparator { get; init; }
}

/// <summary>A place of the command line, of which the value may make no argument, one or several.</summary>
/// <remarks>
/// Ours, by the rules of CWL's CommandLineBinding: nothing for null, <see cref="Prefix"/> alone for true, nothing for false,
/// prefix once and then every item for an array, prefix and text for anything else.
/// </remarks>
public sealed record Argument
{
    /// <summary>The value as text with references; one reference alone stands for the value it refers to, not its text.</summary>
    public Expression? Text { get; init; }

    /// <summary>The value itself, where it is no text.</summary>
    public JsonElement? Value { get; init; }

    /// <summary>Without this input the argument is left out; null for always there.</summary>
    public string? IfGiven { get; init; }

    /// <summary>An argument put before the value.</summary>
    public string? Prefix { get; init; }

    /// <summary>Whether prefix and value are two arguments or one.</summary>
    public bool Separate { get; init; } = true;

    /// <summary>Joins the items of an array into one argument.</summary>
    public string? ItemSeparator { get; init; }

    /// <summary>How each item of an array becomes arguments; its own value is the item unless it says otherwise.</summary>
    public Argument? Items { get; init; }
}

/// <summary>Where one output is found after the program has ended.</summary>
/// <remarks>Part 2, outputBinding.yaml; <see cref="Stdout"/> is ours.</remarks>
public sealed record OutputBinding
{
    /// <summary>File name patterns below the outputs folder; empty when the output is found otherwise.</summary>
    public IReadOnlyList<Expression> Glob { get; init; } = [];

    /// <summary>The output is what the program writes to its standard output.</summary>
    public bool Stdout { get; init; }
}
