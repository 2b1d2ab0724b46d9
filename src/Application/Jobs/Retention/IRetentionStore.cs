using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Retention;

/// <summary>Lets ended jobs expire. Pinned ones stay, and those whose subscriber is still to be told.</summary>
/// <remarks>
/// A job's rows are removed in the transaction that leaves an <see cref="ExpiredJob"/> behind; its files go afterwards, and what is
/// left behind says whether they are gone. So no job promises a file that is lost, and after a crash no file is forgotten.
/// </remarks>
public interface IRetentionStore
{
    /// <summary>Expires jobs whose time is up, and says how many.</summary>
    /// <param name="now">Jobs with a time of their own expire when it is before this.</param>
    /// <param name="finishedBefore">The others expire when they ended before this; null for never.</param>
    /// <param name="reason">Why a job expires, by how long its process lets it be kept, if that says so.</param>
    /// <param name="most">Most jobs to expire at once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<int> ExpireAsync(DateTimeOffset now, DateTimeOffset? finishedBefore, Func<TimeSpan?, string> reason, int most, CancellationToken cancellationToken);

    /// <summary>Expires the jobs with output files that ended first, no more than it takes, and says how many.</summary>
    /// <param name="bytes">What is to be freed.</param>
    /// <param name="now">When.</param>
    /// <param name="reason">Why.</param>
    /// <param name="most">Most jobs to expire at once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<int> ExpireOldestAsync(long bytes, DateTimeOffset now, string reason, int most, CancellationToken cancellationToken);

    /// <summary>Bytes that the output files of all jobs take.</summary>
    Task<long> SumStoredBytesAsync(CancellationToken cancellationToken);

    /// <summary>Expired jobs whose files are to be removed, oldest first.</summary>
    Task<IReadOnlyList<JobId>> ListWithFilesAsync(int most, CancellationToken cancellationToken);

    /// <summary>Notes that the files of expired jobs are gone.</summary>
    Task NoteFilesRemovedAsync(IReadOnlyCollection<JobId> jobs, CancellationToken cancellationToken);

    /// <summary>Forgets jobs that expired before a time and have no files any more, and says how many.</summary>
    Task<int> ForgetAsync(DateTimeOffset before, int most, CancellationToken cancellationToken);
}
