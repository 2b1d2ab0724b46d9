namespace OgcProcesses.Domain.Jobs;

/// <summary>Why a job failed.</summary>
public enum JobFailureKind
{
    /// <summary>The process's own program ended with an exit code other than 0.</summary>
    ExitCode,

    /// <summary>The engine killed the program because it used more memory than its limit.</summary>
    OutOfMemory,

    /// <summary>The program ran longer than the job's time limit.</summary>
    Timeout,

    /// <summary>The image is neither present nor can it be pulled.</summary>
    ImageUnavailable,

    /// <summary>An input given by reference could not be fetched.</summary>
    InputUnavailable,

    /// <summary>A fetched input does not fit its schema.</summary>
    InputInvalid,

    /// <summary>A required output was not found after the program ended.</summary>
    OutputMissing,

    /// <summary>An output breaks its schema, or is of a kind that is refused (a link, a device).</summary>
    OutputInvalid,

    /// <summary>The outputs or the log are larger than their limit.</summary>
    LimitExceeded,

    /// <summary>The operator does not allow, or no longer, what the process asks for: its image, a network.</summary>
    NotAllowed,

    /// <summary>The engine will never start the container as the package asks for it: its program is not in the image, say.</summary>
    ContainerRefused,

    /// <summary>The container engine could not be reached, failed, or lost the container, at every attempt.</summary>
    EngineFailed,

    /// <summary>The server node that worked on the job was lost, and the container with it, at every attempt.</summary>
    NodeLost,

    /// <summary>The server itself made a mistake; its log has the details.</summary>
    ServerError,
}

/// <summary>The reason of a failed job, as people read it.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Reason">One sentence that names the cause.</param>
/// <param name="ExitCode">The program's exit code, when it ended by itself.</param>
/// <param name="StandardError">The last lines the program wrote to stderr, if any.</param>
public sealed record JobFailure(JobFailureKind Kind, string Reason, long? ExitCode = null, string? StandardError = null);
