using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Uploads;

namespace OgcProcesses.Application.Uploads;

/// <summary>Keeps uploads. What lies on the disk is the truth: an upload has as many bytes as its file.</summary>
/// <remarks>Whether one has expired its readers see to: a job that was accepted with it may have it still.</remarks>
public interface IUploadStore
{
    /// <summary>Bytes that can still be written where uploads are kept.</summary>
    long AvailableBytes { get; }

    /// <summary>An upload of an owner; null when they have none of that name.</summary>
    Upload? Find(string owner, string id);

    /// <summary>All uploads of an owner, newest first.</summary>
    IReadOnlyList<Upload> List(string owner);

    /// <summary>Keeps a new upload; its bytes are written apart.</summary>
    void Add(Upload upload);

    /// <summary>Keeps what has become of an upload.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such upload any more.</exception>
    void Save(Upload upload);

    /// <summary>Opens the bytes of an upload, for one at a time on all nodes; null while somebody else writes them.</summary>
    /// <exception cref="IOException">There is no such upload any more, or the disk refuses.</exception>
    Stream? Open(Upload upload);

    /// <summary>Makes sure that the disk has what was written.</summary>
    void Flush(Stream content);

    /// <summary>Notes that a job is to be accepted with an upload, which keeps its bytes until the job has ended.</summary>
    void Hold(Upload upload, JobId jobId);

    /// <summary>Puts a complete upload into a folder, under a safe name; null when it is not there any more.</summary>
    Task<FetchedFile?> StageAsync(string owner, string id, string folder, CancellationToken cancellationToken);

    /// <summary>The jobs that were to be accepted with an upload.</summary>
    IReadOnlyList<JobId> JobsOf(Upload upload);

    /// <summary>All uploads that expired before a time, as they are come across.</summary>
    IEnumerable<Upload> ListExpired(DateTimeOffset before);

    /// <summary>Removes an upload with its bytes.</summary>
    void Delete(Upload upload);
}
