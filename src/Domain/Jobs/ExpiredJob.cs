namespace OgcProcesses.Domain.Jobs;

/// <summary>What is left of a job that has expired, so that whoever asks for it learns what became of it.</summary>
/// <param name="JobId">The job.</param>
/// <param name="At">When it expired.</param>
/// <param name="Reason">Why, as a part of a sentence.</param>
/// <param name="FilesRemoved">Whether its files are gone, too; until then this stays.</param>
public sealed record ExpiredJob(JobId JobId, DateTimeOffset At, string Reason, bool FilesRemoved);
