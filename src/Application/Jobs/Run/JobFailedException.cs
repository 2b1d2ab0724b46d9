using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Ends an attempt with the reason why the job can't succeed, at this or any other attempt.</summary>
internal sealed class JobFailedException(JobFailure failure, Exception? inner = null) : Exception(failure.Reason, inner)
{
    public JobFailedException(JobFailureKind kind, string reason, Exception? inner = null)
        : this(new JobFailure(kind, reason), inner)
    {
    }

    public JobFailure Failure { get; } = failure;

    /// <summary>What the program gave all the same, to be kept with the failed job.</summary>
    public IReadOnlyList<JobOutput> Kept { get; init; } = [];
}
