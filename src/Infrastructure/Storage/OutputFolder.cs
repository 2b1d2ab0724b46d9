using System.IO.Enumeration;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Reads an outputs folder as one reads a stranger's letter.</summary>
internal sealed class OutputFolder : IOutputFolder
{
    private const int LongestPath = 1_000;

    public IReadOnlyList<OutputFile> List(string folder, long mostBytes, int mostFiles)
    {
        if (UnixFile.KindOf(folder) is var kind && kind != UnixFile.Folder)
            throw new OutputRefusedException($"The outputs folder is {(kind is null ? "gone" : $"a {kind}")}.");
        var files = new List<OutputFile>();
        var bytes = 0L;
        var entries = 0;
        try
        {
            foreach (var (path, isFolder, length) in Entries(folder))
            {
                // Folders count too: a program can make millions of empty ones.
                if (++entries > 2 * mostFiles || (!isFolder && files.Count == mostFiles))
                    throw new OutputRefusedException($"The program left more than {mostFiles} files; that is the most for one job.", JobFailureKind.LimitExceeded);
                var fullPath = Path.Combine(folder, path);
                EnsureAcceptable(path, fullPath);
                if (isFolder) continue;
                bytes += length;
                if (bytes > mostBytes)
                    throw new OutputRefusedException($"The program left more than {mostBytes} bytes; that is the most for one job.", JobFailureKind.LimitExceeded);
                files.Add(new(path.Replace(Path.DirectorySeparatorChar, '/'), fullPath, length));
            }
        }
        catch (UnauthorizedAccessException locked)
        {
            throw new OutputRefusedException($"The program left what the server may not read: {locked.Message}");
        }

        return [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    private static void EnsureAcceptable(string path, string fullPath)
    {
        if (path.Length > LongestPath)
            throw new OutputRefusedException($"Output '{path[..80]}…' has a path of more than {LongestPath} characters.");
        switch (UnixFile.KindOf(fullPath))
        {
            case UnixFile.RegularFile or UnixFile.Folder:
                return;
            case null:
                throw new OutputRefusedException($"Output '{path}' has a name that is not UTF-8, or is gone.");
            case var kind:
                throw new OutputRefusedException($"Output '{path}' is a {kind}; only regular files are taken.");
        }
    }

    private static FileSystemEnumerable<(string Path, bool IsFolder, long Length)> Entries(string folder) => new(
        folder,
        (ref entry) => (
            Path.GetRelativePath(folder, entry.ToFullPath()),
            entry.IsDirectory && !IsLink(ref entry),
            entry.IsDirectory ? 0 : entry.Length),
        new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false, ReturnSpecialDirectories = false })
    {
        // A path too long to be taken is not gone into either; the entry itself is then refused.
        ShouldRecursePredicate = (ref entry) => !IsLink(ref entry) && entry.Directory.Length - folder.Length <= LongestPath,
    };

    private static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
}
