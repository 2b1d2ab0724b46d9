namespace OgcProcesses.Domain.Jobs;

/// <summary>Where a job stands.</summary>
/// <remarks>Part 1 1.0, statusCode.yaml.</remarks>
public enum JobStatus
{
    /// <summary>Recorded and waiting for its turn.</summary>
    Accepted,

    /// <summary>Claimed by a node, which stages, runs or collects it.</summary>
    Running,

    /// <summary>Ended with every required output.</summary>
    Successful,

    /// <summary>Ended without them; the failure says why.</summary>
    Failed,

    /// <summary>Ended by a client's wish.</summary>
    Dismissed,
}
