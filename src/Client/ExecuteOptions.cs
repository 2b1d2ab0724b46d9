namespace OgcProcesses.Client;

/// <summary>How a process is executed besides its inputs.</summary>
public sealed class ExecuteOptions
{
    /// <summary>The outputs that are wanted; all when left out.</summary>
    public IReadOnlyList<string>? Outputs { get; init; }

    /// <summary>How old results of an identical execution may be to be given instead of a run; where the server allows it.</summary>
    public TimeSpan? ReuseWithin { get; init; }

    /// <summary>Finds the job of an earlier request of the same key, instead of running twice; a new one for each execution when left out.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Whether a wait that is cancelled dismisses the job, too. Otherwise the job goes on, and is found again by its identifier.</summary>
    public bool DismissWhenCancelled { get; init; }
}
