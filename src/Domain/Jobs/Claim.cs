namespace OgcProcesses.Domain.Jobs;

/// <summary>A node's right to work on a job: which node, and at which attempt.</summary>
/// <remarks>The attempt number fences: a node that slept through its lease can't settle what another has taken over.</remarks>
/// <param name="Node">The node that holds the job.</param>
/// <param name="Attempt">Counts the tries, from 1.</param>
public sealed record Claim(string Node, int Attempt);

/// <summary>A node tried to change a job that it no longer holds.</summary>
public sealed class ClaimLostException(JobId jobId, Claim claim)
    : Exception($"Job {jobId} is no longer held by node {claim.Node} at attempt {claim.Attempt}.");

/// <summary>A job was told to take a step that its status does not allow.</summary>
public sealed class IllegalTransitionException(JobId jobId, JobStatus from, JobStatus to)
    : Exception($"Job {jobId} is {from} and can't become {to}.")
{
    /// <summary>The status the job has.</summary>
    public JobStatus From { get; } = from;
}
