using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Domain.Jobs;

/// <summary>What is left of a job that has expired, so that whoever asks for it learns what became of it.</summary>
/// <param name="JobId">The job.</param>
/// <param name="At">When it expired.</param>
/// <param name="Reason">Why, as a part of a sentence.</param>
/// <param name="FilesRemoved">Whether its files are gone, too; until then this stays.</param>
public sealed record ExpiredJob(JobId JobId, DateTimeOffset At, string Reason, bool FilesRemoved)
{
    /// <summary>Who asked for it; empty for one that expired before that was kept.</summary>
    public string Owner { get; init; } = "";

    /// <summary>The process it executed; null for one that expired before that was kept.</summary>
    public ProcessId? ProcessId { get; init; }
}
