namespace OgcProcesses.Domain.Processes;

/// <summary>Whether the client waits for the end of the job or only for its acceptance.</summary>
public enum ExecutionMode
{
    /// <summary>The answer holds the results.</summary>
    Sync,

    /// <summary>The answer names the job.</summary>
    Async,
}

/// <summary>How a process may be executed.</summary>
/// <remarks>Part 1, jobControlOptions.yaml.</remarks>
/// <param name="Sync">sync-execute is offered.</param>
/// <param name="Async">async-execute is offered.</param>
public sealed record JobControlOptions(bool Sync, bool Async)
{
    /// <summary>Chooses the mode of an execution.</summary>
    /// <remarks>/req/core/process-execute-default-execution-mode, /req/core/process-execute-auto-execution-mode</remarks>
    public ExecutionMode Choose(bool prefersAsync) => this switch
    {
        { Sync: true, Async: true } => prefersAsync ? ExecutionMode.Async : ExecutionMode.Sync,
        { Async: true } => ExecutionMode.Async,
        _ => ExecutionMode.Sync,
    };
}
