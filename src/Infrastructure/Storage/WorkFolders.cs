using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Work folders at <c>{Data}/work/JOB.ATTEMPT</c>.</summary>
/// <remarks>
/// An attempt's folder is open for reading, since the program in the container is another user; the folder above it lets
/// no other user of this machine in.
/// </remarks>
internal sealed partial class WorkFolders(IOptions<DataOptions> data, ILogger<WorkFolders> logger) : IWorkFolders
{
    public const string Name = "work";

    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly string _root = data.Value.Of(Name);

    public string Create(JobId jobId, int attempt)
    {
        PrivateFolder.Create(_root);
        var folder = Find(jobId, attempt);
        FileTree.Delete(folder);
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, ReadableByAll);
        return folder;
    }

    public string Find(JobId jobId, int attempt) => Path.Combine(_root, string.Create(CultureInfo.InvariantCulture, $"{jobId}.{attempt}"));

    public void Delete(JobId jobId)
    {
        foreach (var folder in Folders($"{jobId}.*"))
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
    }

    public IReadOnlyList<JobId> List() =>
        [.. Folders("*").Select(folder => JobOf(Path.GetFileName(folder))).OfType<JobId>().Distinct()];

    private static JobId? JobOf(string name) =>
        JobId.TryParse(name.Split('.')[0], out var id) ? id : null;

    private string[] Folders(string pattern) => Directory.Exists(_root) ? Directory.GetDirectories(_root, pattern) : [];

    [LoggerMessage(LogLevel.Warning, "Work folder {Folder} could not be deleted: {Reason}")]
    private partial void LogNotDeleted(string folder, string reason);
}
