using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Uploads;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Uploads;
using OgcProcesses.Infrastructure.Fetching;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Uploads at <c>{Data}/uploads/OWNER/ID</c>: the bytes, what is known of them, and a file for each job that has them.</summary>
/// <remarks>OWNER is a part of the SHA-256 of the owner, whose own characters need not be those of file names.</remarks>
internal sealed class FolderUploadStore(IOptions<DataOptions> data, IOptions<UploadOptions> options) : IUploadStore
{
    private const string Content = "content";
    private const string Description = "upload.json";
    private const string Jobs = "jobs";
    private const int OwnerCharacters = 32;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly string _root = data.Value.Of("uploads");

    public long AvailableBytes => Disk.AvailableBytes(_root);

    public Upload? Find(string owner, string id) => Upload.IsId(id) ? Read(FolderOf(owner, id)) : null;

    public IReadOnlyList<Upload> List(string owner) =>
        [.. FoldersIn(FolderOf(owner)).Select(Read).OfType<Upload>().OrderByDescending(upload => upload.Id, StringComparer.Ordinal)];

    public void Add(Upload upload)
    {
        PrivateFolder.Create(FolderOf(upload.Owner, upload.Id));
        Save(upload);
    }

    public void Save(Upload upload)
    {
        var folder = FolderOf(upload.Owner, upload.Id);
        var temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                JsonSerializer.Serialize(file, upload, Json);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, Path.Combine(folder, Description), overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public Stream? Open(Upload upload)
    {
        try
        {
            // Locked for all nodes, and until this process ends at the latest.
            return new FileStream(
                Path.Combine(FolderOf(upload.Owner, upload.Id), Content), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, useAsync: true);
        }
        catch (IOException taken) when (taken is not (FileNotFoundException or DirectoryNotFoundException) && Trouble.OfStorage(taken) is null)
        {
            return null;
        }
    }

    public void Flush(Stream content) => ((FileStream)content).Flush(flushToDisk: true);

    public void Hold(Upload upload, JobId jobId) =>
        File.Create(Path.Combine(PrivateFolder.Create(Path.Combine(FolderOf(upload.Owner, upload.Id), Jobs)), jobId.ToString())).Dispose();

    /// <remarks>Another name of the same file where the file system has such: a complete upload is never changed, and programs can only read it.</remarks>
    public Task<FetchedFile?> StageAsync(string owner, string id, string folder, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            if (Find(owner, id) is not { Sha256: { } sha256 } upload) return null;
            var (content, target) = (Path.Combine(FolderOf(owner, id), Content), Path.Combine(folder, NameOf(upload)));
            try
            {
                if (!UnixFile.TryLink(content, target)) File.Copy(content, target, overwrite: true);
                return new FetchedFile(target, upload.Type, upload.Received, sha256);
            }
            catch (IOException gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
        },
        cancellationToken);

    public IReadOnlyList<JobId> JobsOf(Upload upload)
    {
        var folder = new DirectoryInfo(Path.Combine(FolderOf(upload.Owner, upload.Id), Jobs));
        if (!folder.Exists) return [];
        return [.. folder.EnumerateFiles().Select(file => JobId.TryParse(file.Name, out var id) ? id : (JobId?)null).OfType<JobId>()];
    }

    public IEnumerable<Upload> ListExpired(DateTimeOffset before)
    {
        foreach (var folder in FoldersIn(_root).SelectMany(FoldersIn))
        {
            if (Read(folder) is not { } upload) DeleteRemains(folder, before);
            else if (upload.Expires <= before) yield return upload;
        }
    }

    public void Delete(Upload upload) => FileTree.Delete(FolderOf(upload.Owner, upload.Id));

    /// <summary>Removes what nobody can have: what a crash left of a beginning or a removal, or what was damaged.</summary>
    private void DeleteRemains(string folder, DateTimeOffset before)
    {
        if (Directory.GetLastWriteTimeUtc(folder) + options.Value.Lifetime <= before) FileTree.Delete(folder);
    }

    private static string NameOf(Upload upload) =>
        upload.Name is null ? SafeFileName.For(null as string) + MediaTypes.ExtensionOf(upload.Type) : SafeFileName.For(upload.Name);

    private static IEnumerable<string> FoldersIn(string folder) => Directory.Exists(folder) ? Directory.EnumerateDirectories(folder) : [];

    private static Upload? Read(string folder)
    {
        try
        {
            using var file = File.OpenRead(Path.Combine(folder, Description));
            var content = new FileInfo(Path.Combine(folder, Content));
            return JsonSerializer.Deserialize<Upload>(file, Json)! with { Received = content.Exists ? content.Length : 0 };
        }
        catch (Exception unread) when (unread is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    private string FolderOf(string owner) =>
        Path.Combine(_root, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)))[..OwnerCharacters]);

    private string FolderOf(string owner, string id) => Path.Combine(FolderOf(owner), id);
}
