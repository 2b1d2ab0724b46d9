using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Folders of jobs at <c>XX/JOB</c> below a folder, XX being the first characters of the job.</summary>
internal static class JobFolders
{
    /// <summary>The jobs that have one, as they are come across.</summary>
    public static IEnumerable<JobId> In(string root) => Directory.Exists(root)
        ? Directory.EnumerateDirectories(root).SelectMany(Directory.EnumerateDirectories).Select(JobOf).OfType<JobId>()
        : [];

    private static JobId? JobOf(string folder) => JobId.TryParse(Path.GetFileName(folder), out var id) ? id : null;
}
