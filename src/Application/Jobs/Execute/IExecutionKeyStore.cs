using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Execute;

/// <summary>Remembers which job was made for which key. A key is committed with its job, and goes with it.</summary>
public interface IExecutionKeyStore
{
    /// <summary>A key that a caller has used and that is not forgotten; null when there is none.</summary>
    Task<ExecutionKey?> FindAsync(string owner, string key, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Commits a new job with its key; false, and nothing is committed, where somebody else has used the key meanwhile.</summary>
    /// <param name="job">The job.</param>
    /// <param name="key">Its key.</param>
    /// <param name="now">A key that has expired by now may be used anew.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<bool> TryAddAsync(Job job, ExecutionKey key, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Forgets keys that have expired, and says how many.</summary>
    Task<int> ForgetAsync(DateTimeOffset now, int most, CancellationToken cancellationToken);
}
