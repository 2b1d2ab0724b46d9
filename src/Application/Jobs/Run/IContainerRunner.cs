using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>The seam to a container engine: start, wait, follow logs, stop, collect, find by job.</summary>
/// <remarks>
/// Every call may be repeated after a crash of the server. Failures of the engine throw <see cref="EngineException"/>;
/// a token that fires never stops a container, only the waiting.
/// </remarks>
public interface IContainerRunner
{
    /// <summary>Makes sure that the engine has an image, pulling it only when it is absent.</summary>
    /// <param name="reference">The image as the execution unit names it.</param>
    /// <param name="progress">Told what a pull does, in a sentence; never called when the image is present.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ImageUnavailableException">It is absent and can't be pulled; the message says why.</exception>
    Task<ContainerImage> EnsureImageAsync(string reference, IProgress<string>? progress, CancellationToken cancellationToken);

    /// <summary>Creates and starts the container of an attempt.</summary>
    /// <exception cref="ContainerRefusedException">The engine will never start it as it is asked for; the message says why.</exception>
    Task<JobContainer> StartAsync(ContainerSpec spec, CancellationToken cancellationToken);

    /// <summary>The container of an attempt, whatever its state; null when there is none.</summary>
    Task<JobContainer?> FindAsync(JobId jobId, int attempt, CancellationToken cancellationToken);

    /// <summary>Every container that this server's installation has made and not yet removed.</summary>
    Task<IReadOnlyList<JobContainer>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Follows what the program writes, from its first line to its end.</summary>
    IAsyncEnumerable<LogLine> FollowLogsAsync(JobContainer container, CancellationToken cancellationToken);

    /// <summary>
    /// Looks at what a running program has used: at once where that costs next to nothing, then in growing intervals, to its
    /// end. Ends early, or gives nothing, where that can't be told.
    /// </summary>
    IAsyncEnumerable<ContainerUsage> FollowUsageAsync(JobContainer container, CancellationToken cancellationToken);

    /// <summary>Waits for the end of the program.</summary>
    Task<ContainerExit> WaitAsync(JobContainer container, CancellationToken cancellationToken);

    /// <summary>Asks the program to end (SIGTERM) and kills it after the grace. Does nothing when it has ended.</summary>
    Task StopAsync(JobContainer container, TimeSpan grace, CancellationToken cancellationToken);

    /// <summary>Brings the outputs of an ended container into the attempt's work folder, where they are not there already.</summary>
    /// <exception cref="OutputRefusedException">They are more or larger than the limits allow.</exception>
    Task CollectAsync(JobContainer container, string workFolder, CancellationToken cancellationToken);

    /// <summary>Copies the bytes that an ended program wrote to its standard output.</summary>
    /// <exception cref="OutputRefusedException">They are more than the limits allow.</exception>
    Task CopyStandardOutputAsync(JobContainer container, Stream destination, CancellationToken cancellationToken);

    /// <summary>Removes a container, killing it where it runs. Does nothing when it is gone.</summary>
    Task RemoveAsync(JobContainer container, CancellationToken cancellationToken);

    /// <summary>Throws <see cref="EngineException"/> unless the engine answers.</summary>
    Task PingAsync(CancellationToken cancellationToken);
}

/// <summary>An image the engine has.</summary>
/// <param name="Id">The digest of its configuration (<c>sha256:…</c>), which names exactly this image to the engine.</param>
/// <param name="Digest">The digest by which its registry knows it; the <paramref name="Id"/> where it came from none.</param>
/// <param name="Command">The image's default arguments, which follow its entrypoint.</param>
public sealed record ContainerImage(string Id, string Digest, IReadOnlyList<string> Command)
{
    /// <summary>The image's own program and its first arguments; empty where it has none.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];
}

/// <summary>What a container is to be.</summary>
public sealed record ContainerSpec
{
    /// <summary>The job it runs for.</summary>
    public required JobId JobId { get; init; }

    /// <summary>The attempt it runs for.</summary>
    public required int Attempt { get; init; }

    /// <summary>The image, by <see cref="ContainerImage.Id"/>.</summary>
    public required string ImageId { get; init; }

    /// <summary>Replaces the image's entrypoint; null keeps it.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>Arguments after the entrypoint; null keeps the image's own.</summary>
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>Environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The folder that becomes <see cref="ContainerPaths.Root"/>.</summary>
    public required string WorkFolder { get; init; }

    /// <summary>Cores it may use.</summary>
    public required double Cpu { get; init; }

    /// <summary>Memory it may use, in bytes; swap included.</summary>
    public required long Memory { get; init; }

    /// <summary>Largest file it may write, in bytes; null for no limit.</summary>
    public long? LargestFile { get; init; }

    /// <summary>The engine's network it joins; null for none. Decided by the operator and the unit together.</summary>
    public string? Network { get; init; }

    /// <summary>GPUs it gets for itself alone.</summary>
    public int Gpus { get; init; }

    /// <summary>The node's GPUs to choose from.</summary>
    public IReadOnlyList<string> NodeGpus { get; init; } = [];
}

/// <summary>The paths that a program sees; the container contract.</summary>
public static class ContainerPaths
{
    /// <summary>Everything of the job.</summary>
    public const string Root = "/job";

    /// <summary>All inputs after defaults, as one JSON object.</summary>
    public const string InputsFile = "/job/inputs.json";

    /// <summary>The outputs that were asked for, by identifier, each with its media type.</summary>
    public const string WantedFile = "/job/wanted.json";

    /// <summary>Staged files, in a folder per input.</summary>
    public const string Inputs = "/job/inputs";

    /// <summary>Where outputs are written; the working directory.</summary>
    public const string Outputs = "/job/outputs";

    /// <summary>Whether a path, absolute or relative to the working directory, stays in the outputs folder.</summary>
    public static bool IsOutput(string path) =>
        path.Length > 0
        && (path[0] != '/' || path.StartsWith(Outputs + "/", StringComparison.Ordinal))
        && !path.Split('/').Contains("..");

    /// <summary>The same folders below an attempt's work folder on the server.</summary>
    public static string OnServer(string workFolder, string path) => Path.Combine(workFolder, Path.GetRelativePath(Root, path));
}

/// <summary>Where a container stands.</summary>
public enum ContainerState
{
    /// <summary>Made and never started.</summary>
    Created,

    /// <summary>Its program runs.</summary>
    Running,

    /// <summary>Its program has ended.</summary>
    Exited,
}

/// <summary>A container of a job.</summary>
/// <param name="Id">The engine's identifier.</param>
/// <param name="JobId">The job it runs for.</param>
/// <param name="Attempt">The attempt it runs for.</param>
/// <param name="State">Where it stood when it was looked at.</param>
/// <param name="Started">When its program was started; null where that is not known.</param>
/// <param name="ImageId">The image it was made of; null where that is not known.</param>
public sealed record JobContainer(
    string Id, JobId JobId, int Attempt, ContainerState State, DateTimeOffset? Started = null, string? ImageId = null);

/// <summary>What a program has used since its start.</summary>
/// <param name="CpuTime">Time on all cores together.</param>
/// <param name="PeakMemory">Most memory at once, in bytes; where the system keeps no such mark, the memory at the moment.</param>
public sealed record ContainerUsage(TimeSpan CpuTime, long PeakMemory);

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code; 128 plus the signal where one ended it.</param>
/// <param name="OutOfMemory">Whether the engine killed it for its memory.</param>
public sealed record ContainerExit(long ExitCode, bool OutOfMemory)
{
    /// <summary>Whether it looks like a program that an engine has ended, or whose end it did not see: SIGTERM, SIGKILL, or 255.</summary>
    public bool MayBeTheEngines => !OutOfMemory && ExitCode is (128 + 9) or (128 + 15) or 255;
}

/// <summary>Where a line of a log comes from.</summary>
public enum LogSource
{
    /// <summary>Standard output.</summary>
    Stdout,

    /// <summary>Standard error.</summary>
    Stderr,

    /// <summary>Neither: the server tells something about the log.</summary>
    Server,
}

/// <summary>One line a program wrote.</summary>
/// <param name="At">When the engine received it.</param>
/// <param name="Source">Where it was written to.</param>
/// <param name="Text">The line without its end; bytes that are not UTF-8 are replaced by U+FFFD.</param>
public sealed record LogLine(DateTimeOffset At, LogSource Source, string Text);

/// <summary>The container engine did not do what it was asked.</summary>
public class EngineException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>An image is absent and can't be pulled.</summary>
public sealed class ImageUnavailableException(string reference, string reason, Exception? inner = null)
    : EngineException($"Image '{reference}' is not present and can't be pulled: {reason}", inner);

/// <summary>The engine will never start a container as it was asked for: its program is not in the image, say.</summary>
public sealed class ContainerRefusedException(string reason, Exception? inner = null) : EngineException(reason, inner);
