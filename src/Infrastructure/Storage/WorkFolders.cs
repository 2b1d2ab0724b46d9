using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Work folders at <c>{Work}/JOB.ATTEMPT</c>, closed to every other user of this machine.</summary>
internal sealed partial class WorkFolders(IOptions<DataOptions> data, ILogger<WorkFolders> logger) : IWorkFolders
{
    private readonly string _root = data.Value.Work;

    public long AvailableBytes => Disk.AvailableBytes(_root);

    public string Create(JobId jobId, int attempt)
    {
        PrivateFolder.Create(_root);
        var folder = Find(jobId, attempt);
        FileTree.Delete(folder);
        PrivateFolder.Create(folder);
        return folder;
    }

    public string Find(JobId jobId, int attempt) => Path.Combine(_root, string.Create(CultureInfo.InvariantCulture, $"{jobId}.{attempt}"));

    public void Delete(JobId jobId)
    {
        foreach (var folder in Folders($"{jobId}.*")) DeleteOrLog(folder);
    }

    public void Delete(JobId jobId, int attempt) => DeleteOrLog(Find(jobId, attempt));

    public IReadOnlyList<JobId> List() =>
        [.. Folders("*").Select(folder => JobOf(Path.GetFileName(folder))).OfType<JobId>().Distinct()];

    private void DeleteOrLog(string folder)
    {
        try
        {
            FileTree.Delete(folder);
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            // Only root can delete what a program of another user locked away; the job has ended rightly all the same.
            LogNotDeleted(folder, refused.Message);
        }
    }

    private static JobId? JobOf(string name) =>
        JobId.TryParse(name.Split('.')[0], out var id) ? id : null;

    private string[] Folders(string pattern) => Directory.Exists(_root) ? Directory.GetDirectories(_root, pattern) : [];

    [LoggerMessage(LogLevel.Warning, "Work folder {Folder} could not be deleted: {Reason}")]
    private partial void LogNotDeleted(string folder, string reason);
}
