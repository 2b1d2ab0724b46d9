using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Looks at what a program left in its outputs folder, and trusts none of it.</summary>
public interface IOutputFolder
{
    /// <summary>The regular files of a folder and its subfolders, sorted by path.</summary>
    /// <exception cref="OutputRefusedException">A link, a device, a pipe, a socket, or more or larger files than the limits allow.</exception>
    IReadOnlyList<OutputFile> List(string folder, long mostBytes, int mostFiles);

    /// <summary>Bytes in a folder that a program is still writing to, links and special files left aside; 0 where it is gone.</summary>
    /// <exception cref="OutputRefusedException">There are more of them, or more files, than the limits allow, or some that can't be counted.</exception>
    long Measure(string folder, long mostBytes, int mostFiles);
}

/// <summary>A regular file that a program left.</summary>
/// <param name="Path">Path below the outputs folder, with '/'.</param>
/// <param name="FullPath">Path on this machine.</param>
/// <param name="Length">Size in bytes.</param>
public sealed record OutputFile(string Path, string FullPath, long Length);

/// <summary>Where the work folders of attempts lie.</summary>
public interface IWorkFolders
{
    /// <summary>Makes an empty folder for an attempt, in the place of one that may be there.</summary>
    string Create(JobId jobId, int attempt);

    /// <summary>The folder of an attempt, whether or not it exists.</summary>
    string Find(JobId jobId, int attempt);

    /// <summary>Deletes the folders of all attempts of a job. Does nothing when there are none.</summary>
    void Delete(JobId jobId);

    /// <summary>Deletes the folder of one attempt. Does nothing when there is none.</summary>
    void Delete(JobId jobId, int attempt);

    /// <summary>Jobs that have folders.</summary>
    IReadOnlyList<JobId> List();

    /// <summary>Bytes that can still be written to them.</summary>
    long AvailableBytes { get; }
}
