namespace OgcProcesses.Application.Jobs.Quotas;

/// <summary>Knows what callers have used.</summary>
/// <remarks>CPU time is counted in the transaction that notes it on a job, and stays counted, whatever becomes of the job.</remarks>
public interface IUsageStore
{
    /// <summary>CPU time of an owner's jobs that was noted on a day in UTC; of running ones as far as they have told.</summary>
    Task<TimeSpan> GetCpuTimeAsync(string owner, DateOnly day, CancellationToken cancellationToken);

    /// <summary>Bytes that the output files of an owner's jobs take.</summary>
    Task<long> SumStoredBytesAsync(string owner, CancellationToken cancellationToken);
}
