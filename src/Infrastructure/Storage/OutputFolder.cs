using System.IO.Enumeration;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Reads an outputs folder as one reads a stranger's letter.</summary>
internal sealed class OutputFolder : IOutputFolder
{
    private const int LongestPath = 1_000;
    private const int AccessDenied = 13;

    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false, ReturnSpecialDirectories = false,
    };

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
                if (++entries > 2 * mostFiles || (!isFolder && files.Count == mostFiles)) throw TooManyFiles(mostFiles);
                var fullPath = Path.Combine(folder, path);
                EnsureAcceptable(path, fullPath);
                if (isFolder) continue;
                bytes += length;
                if (bytes > mostBytes) throw TooManyBytes(mostBytes);
                files.Add(new(path.Replace(Path.DirectorySeparatorChar, '/'), fullPath, length));
            }
        }
        catch (UnauthorizedAccessException locked)
        {
            throw new OutputRefusedException($"The program left what the server may not read: {locked.Message}");
        }

        return [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    /// <inheritdoc />
    /// <remarks>
    /// The program may change everything meanwhile, a folder into a link to anywhere included: nothing found is named, opened
    /// or kept, and what vanishes is passed over.
    /// </remarks>
    public long Measure(string folder, long mostBytes, int mostFiles)
    {
        if (UnixFile.KindOf(folder) != UnixFile.Folder) return 0;
        var (bytes, files, entries) = (0L, 0, 0);
        using var found = new Growing(folder);
        while (found.MoveNext())
        {
            var (isFolder, length) = found.Current;
            if (!isFolder) files++;
            bytes += length;
            if (++entries > 2 * mostFiles || files > mostFiles) throw TooManyFiles(mostFiles);
            if (bytes > mostBytes) throw TooManyBytes(mostBytes);
            if (found.IsHiding)
                throw new OutputRefusedException("The program made folders that the server can't look into: locked, of names that are not UTF-8, or too deep.");
        }

        return bytes;
    }

    private static OutputRefusedException TooManyFiles(int most) =>
        new($"The program left more than {most} files; that is the most for one job.", JobFailureKind.LimitExceeded);

    private static OutputRefusedException TooManyBytes(long most) =>
        new($"The program left more than {most} bytes; that is the most for one job.", JobFailureKind.LimitExceeded);

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
        Everything)
    {
        // A path too long to be taken is not gone into either; the entry itself is then refused.
        ShouldRecursePredicate = (ref entry) => !IsLink(ref entry) && entry.Directory.Length - folder.Length <= LongestPath,
    };

    private static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);

    /// <summary>Goes through a folder that changes meanwhile.</summary>
    private sealed class Growing(string folder) : FileSystemEnumerator<(bool IsFolder, long Length)>(folder, Everything)
    {
        private readonly int _above = folder.Length;

        /// <summary>Whether there are folders that can't be gone into.</summary>
        public bool IsHiding { get; private set; }

        protected override bool ContinueOnError(int error)
        {
            IsHiding |= error == AccessDenied;
            return true;
        }

        protected override bool ShouldRecurseIntoEntry(ref FileSystemEntry entry)
        {
            if (IsLink(ref entry)) return false;
            var hides = entry.Directory.Length - _above > LongestPath
                // A name that is not UTF-8 is read with this in the place of its bytes, and then leads nowhere.
                || (entry.FileName.Contains('\uFFFD') && UnixFile.KindOf(entry.ToFullPath()) is null);
            IsHiding |= hides;
            return !hides;
        }

        protected override (bool IsFolder, long Length) TransformEntry(ref FileSystemEntry entry) =>
            IsLink(ref entry) || entry.IsDirectory ? (entry.IsDirectory, 0) : (false, entry.Length);
    }
}
