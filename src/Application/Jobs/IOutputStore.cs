using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs;

/// <summary>Keeps the output files of jobs.</summary>
public interface IOutputStore
{
    /// <summary>
    /// Takes a file over from a work folder. Storing the same output again replaces it, so that settling can be repeated.
    /// </summary>
    /// <exception cref="OutputRefusedException">It is not a regular file, or too large.</exception>
    /// <exception cref="IOException">The disk is full, or the store of another kind (<see cref="OutputStoreException"/>) fails.</exception>
    Task<StoredFile> TakeAsync(JobId jobId, string outputId, string path, CancellationToken cancellationToken);

    /// <summary>Gives a job a file of another one's, as its own; null when that is gone.</summary>
    /// <exception cref="IOException">It can't be copied: the disk is full, or the store fails.</exception>
    Task<StoredFile?> CopyAsync(StoredFile file, JobId to, CancellationToken cancellationToken);

    /// <summary>Opens a file for reading at any place; null when it is gone.</summary>
    Task<Stream?> OpenAsync(StoredFile file, CancellationToken cancellationToken);

    /// <summary>
    /// A URL that gives a file to whoever has it, for a short time and without this server; null where files are had through
    /// the server only.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="mediaType">The <c>Content-Type</c> that it is given with.</param>
    /// <param name="disposition">The <c>Content-Disposition</c> that it is given with.</param>
    /// <param name="cancellationToken">Ends the making.</param>
    Task<Uri?> FindLinkAsync(StoredFile file, string mediaType, string disposition, CancellationToken cancellationToken);

    /// <summary>Deletes all files of a job. Does nothing when there are none.</summary>
    Task DeleteAsync(JobId jobId, CancellationToken cancellationToken);

    /// <summary>Every job that has files, as they are come across; those stored or deleted meanwhile may be among them.</summary>
    IAsyncEnumerable<JobId> ListJobsAsync(CancellationToken cancellationToken);

    /// <summary>Makes sure that the store does its work.</summary>
    /// <exception cref="IOException">It can't be reached, or refuses.</exception>
    Task PingAsync(CancellationToken cancellationToken);

    /// <summary>Bytes that can still be stored; <see cref="long.MaxValue"/> where nothing here bounds them.</summary>
    long AvailableBytes { get; }
}

/// <summary>An output is of a kind that is never stored, or beyond a limit; no other attempt would change that.</summary>
public sealed class OutputRefusedException(string reason, JobFailureKind kind = JobFailureKind.OutputInvalid) : Exception(reason)
{
    /// <summary>How the job fails because of it.</summary>
    public JobFailureKind Kind { get; } = kind;
}

/// <summary>The store does not do its work at the moment: it can't be reached, or refuses. Another attempt may do better.</summary>
/// <param name="reason">What is wrong, as clients may be told: "it can't be reached".</param>
/// <param name="inner">What was met.</param>
public sealed class OutputStoreException(string reason, Exception inner) : IOException(reason, inner);
