using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Output files at <c>{Data}/outputs/KEY</c>.</summary>
internal sealed class FolderOutputStore(IOptions<DataOptions> data) : IOutputStore
{
    private const int ChunkBytes = 128 << 10;

    private readonly string _root = data.Value.Of("outputs");
    private readonly string _work = data.Value.Work;

    public long AvailableBytes => Disk.AvailableBytes(_root);

    /// <remarks>
    /// The work folder keeps its file, which costs nothing where both lie on one file system: a server that is killed before
    /// the job's end is recorded collects again, and must find again what it found.
    /// </remarks>
    public async Task<StoredFile> TakeAsync(JobId jobId, string outputId, string path, CancellationToken cancellationToken)
    {
        var (key, name) = OutputKeys.Of(jobId, outputId, path, _work);
        var target = PathOf(key)!;
        PrivateFolder.Create(Path.GetDirectoryName(target)!);
        var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Guid.NewGuid():N}.tmp");
        try
        {
            var (length, sha256) = UnixFile.TryLink(path, temporary)
                ? await CopyAsync(temporary, null, cancellationToken)
                : await CopyAsync(path, temporary, cancellationToken);
            Tame(temporary);
            File.Move(temporary, target, overwrite: true);
            return new(key, name, length, sha256);
        }
        catch (UnauthorizedAccessException locked)
        {
            throw new OutputRefusedException($"Output '{outputId}' can't be read by the server: {locked.Message}");
        }
        finally
        {
            // Also after a rename: one between two names of the same file does nothing and leaves both.
            File.Delete(temporary);
        }
    }

    /// <remarks>Another name of the same file where the file system has such: stored files are never changed.</remarks>
    public async Task<StoredFile?> CopyAsync(StoredFile file, JobId to, CancellationToken cancellationToken)
    {
        if (OutputKeys.For(to, file.Key) is not { } key || PathOf(file.Key) is not { } source) return null;
        var copy = file with { Key = key };
        var target = PathOf(copy.Key)!;
        PrivateFolder.Create(Path.GetDirectoryName(target)!);
        if (UnixFile.TryLink(source, target)) return copy;
        var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Guid.NewGuid():N}.tmp");
        try
        {
            if (await CopyAsync(source, temporary, cancellationToken) != (file.Length, file.Sha256)) return null;
            File.Move(temporary, target, overwrite: true);
            return copy;
        }
        catch (IOException gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public Task PingAsync(CancellationToken cancellationToken)
    {
        PrivateFolder.Create(_root);
        return Task.CompletedTask;
    }

    public Task<Stream?> OpenAsync(StoredFile file, CancellationToken cancellationToken) => Task.FromResult<Stream?>(Open(file));

    public Task DeleteAsync(JobId jobId, CancellationToken cancellationToken)
    {
        FileTree.Delete(Path.Combine(_root, OutputKeys.FolderOf(jobId)));
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<JobId> ListJobsAsync(CancellationToken cancellationToken) => JobFolders.In(_root).ToAsyncEnumerable();

    public Task<Uri?> FindLinkAsync(StoredFile file, string mediaType, string disposition, CancellationToken cancellationToken) =>
        Task.FromResult<Uri?>(null);

    private FileStream? Open(StoredFile file)
    {
        if (PathOf(file.Key) is not { } path) return null;
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.Read | FileShare.Delete,
                Options = FileOptions.Asynchronous,
            });
        }
        catch (IOException gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Takes the bits from a file that would let it run with its owner's rights.</summary>
    private static void Tame(string path)
    {
        const UnixFileMode rights = UnixFileMode.SetUser | UnixFileMode.SetGroup;
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) is var mode && (mode & rights) != 0) File.SetUnixFileMode(path, mode & ~rights);
    }

    /// <summary>Reads a file to its end, copying it if asked to, and makes sure that the disk has it.</summary>
    private static async Task<(long Length, string Sha256)> CopyAsync(string path, string? copyTo, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var source = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = copyTo is null ? null : File.OpenHandle(copyTo, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            var length = 0L;
            while (await RandomAccess.ReadAsync(source, buffer.AsMemory(0, ChunkBytes), length, cancellationToken) is var read and > 0)
            {
                hash.AppendData(buffer, 0, read);
                if (copy is not null) await RandomAccess.WriteAsync(copy, buffer.AsMemory(0, read), length, cancellationToken);
                length += read;
            }

            // A handle for reading can flush on Linux, the only system that links.
            RandomAccess.FlushToDisk(copy ?? source);
            return (length, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private string? PathOf(string key)
    {
        var path = Path.GetFullPath(Path.Combine(_root, key));
        return path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : null;
    }
}
