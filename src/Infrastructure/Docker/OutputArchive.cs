using System.Formats.Tar;
using System.IO.Pipelines;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Docker;

/// <summary>Packs an attempt's inputs for a container and unpacks the outputs it left.</summary>
internal static class OutputArchive
{
    /// <summary>Where a link or special file of a program pointed to is not kept; that there was one is, for the collector to refuse.</summary>
    private const string Nowhere = "/nonexistent/refused";

    /// <summary>An archive of the inputs and an empty outputs folder, relative to <see cref="ContainerPaths.Root"/>, made while it is read.</summary>
    public static Stream Pack(string workFolder, CancellationToken cancellationToken)
    {
        var pipe = new Pipe();
        _ = PackAsync();
        return pipe.Reader.AsStream();

        async Task PackAsync()
        {
            try
            {
                await using (var tar = new TarWriter(pipe.Writer.AsStream(leaveOpen: true)))
                {
                    foreach (var (entry, path) in WorkFolder.Inputs(workFolder)) await AddAsync(tar, entry, path);
                    await tar.WriteEntryAsync(Folder(ContainerPaths.Outputs, WorkFolder.WritableFolder), cancellationToken);
                }

                await pipe.Writer.CompleteAsync();
            }
            catch (Exception e)
            {
                // The reader throws it: what is half an archive must not look like a whole one.
                await pipe.Writer.CompleteAsync(e);
            }
        }

        async Task AddAsync(TarWriter tar, FileSystemInfo entry, string path)
        {
            if (entry is DirectoryInfo)
            {
                await tar.WriteEntryAsync(Folder(path, WorkFolder.ReadableFolder), cancellationToken);
                return;
            }

            await using var content = new FileStream(entry.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous);
            var file = new PaxTarEntry(TarEntryType.RegularFile, Relative(path)) { Mode = WorkFolder.ReadableFile, DataStream = content };
            await tar.WriteEntryAsync(file, cancellationToken);
        }
    }

    /// <summary>Unpacks the outputs folder of a container over the one of the attempt, which is emptied first.</summary>
    /// <remarks>Follows no link and leaves no trace outside the folder, whatever the archive says.</remarks>
    public static async Task UnpackAsync(Stream archive, string outputs, long maxBytes, int maxEntries, CancellationToken cancellationToken)
    {
        if (Directory.Exists(outputs)) Directory.Delete(outputs, recursive: true);
        Directory.CreateDirectory(outputs);

        var folders = new HashSet<string>(StringComparer.Ordinal) { "" };
        var files = new HashSet<string>(StringComparer.Ordinal);
        var (bytes, entries) = (0L, 0);

        await using var tar = new TarReader(archive);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            var path = Inside(entry.Name);
            if (path.Length == 0) continue;
            if (++entries > maxEntries) throw TooMuch($"{maxEntries} files");
            if (!folders.Contains(Parent(path))) throw Unsafe(entry.Name);

            var target = Path.Combine(outputs, path);
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    Directory.CreateDirectory(target);
                    folders.Add(path);
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    Account(entry.Length);
                    await WriteAsync(entry.DataStream, target);
                    files.Add(path);
                    break;
                case TarEntryType.HardLink when files.Contains(Inside(entry.LinkName)):
                    var original = Path.Combine(outputs, Inside(entry.LinkName));
                    Account(new FileInfo(original).Length);
                    File.Copy(original, target);
                    files.Add(path);
                    break;
                default:
                    File.CreateSymbolicLink(target, Nowhere);
                    break;
            }
        }

        // To the very end, so that the connection can be used again.
        await archive.CopyToAsync(Stream.Null, cancellationToken);

        void Account(long length)
        {
            bytes += length;
            if (bytes > maxBytes) throw TooMuch($"{maxBytes} bytes");
        }

        async Task WriteAsync(Stream? content, string target)
        {
            await using var file = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 * 1024, FileOptions.Asynchronous);
            if (content is not null) await content.CopyToAsync(file, cancellationToken);
        }
    }

    private static PaxTarEntry Folder(string path, UnixFileMode mode) => new(TarEntryType.Directory, Relative(path) + "/") { Mode = mode };

    private static string Relative(string path) => Path.GetRelativePath(ContainerPaths.Root, path).Replace('\\', '/');

    /// <summary>The path below the outputs folder; the archive's own begin with that folder's name.</summary>
    private static string Inside(string name)
    {
        var segments = name.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (name.StartsWith('/') || segments.Length == 0 || segments.Any(Escapes)) throw Unsafe(name);
        return string.Join('/', segments[1..]);

        static bool Escapes(string segment) =>
            segment is "." or ".." || segment.Contains('\0') || (OperatingSystem.IsWindows() && segment.AsSpan().IndexOfAny('\\', ':') >= 0);
    }

    private static string Parent(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    private static OutputRefusedException TooMuch(string than) =>
        new($"The program left more than {than}; not more is taken out of a container.", JobFailureKind.LimitExceeded);

    private static OutputRefusedException Unsafe(string name) => new($"The archive of the container's outputs holds '{name}', which leads out of it.");
}
