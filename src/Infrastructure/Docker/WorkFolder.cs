using Docker.DotNet.Models;
using OgcProcesses.Application.Jobs.Run;
using static System.IO.UnixFileMode;

namespace OgcProcesses.Infrastructure.Docker;

/// <summary>An attempt's folder on the server, and what the container sees of it.</summary>
/// <remarks>
/// The folder itself stays closed to everybody but the server; the container gets what lies in it piece by piece, inputs
/// read-only. So the sandbox's user needs no owner's rights anywhere, and a program can't replace the outputs folder.
/// </remarks>
internal static class WorkFolder
{
    public const UnixFileMode ReadableFile = UserRead | UserWrite | GroupRead | OtherRead;
    public const UnixFileMode ReadableFolder = ReadableFile | UserExecute | GroupExecute | OtherExecute;
    public const UnixFileMode WritableFolder = ReadableFolder | GroupWrite | OtherWrite;

    public static void Open(string folder)
    {
        var outputs = ContainerPaths.OnServer(folder, ContainerPaths.Outputs);
        Directory.CreateDirectory(outputs);
        if (OperatingSystem.IsWindows()) return;

        File.SetUnixFileMode(folder, UserRead | UserWrite | UserExecute);
        File.SetUnixFileMode(outputs, WritableFolder);
        foreach (var (entry, _) in Inputs(folder))
            File.SetUnixFileMode(entry.FullName, entry is DirectoryInfo ? ReadableFolder : ReadableFile);
    }

    public static List<Mount> Mounts(string folder) =>
    [
        .. from path in new[] { ContainerPaths.InputsFile, ContainerPaths.WantedFile, ContainerPaths.Inputs, ContainerPaths.Outputs }
           let source = Path.GetFullPath(ContainerPaths.OnServer(folder, path))
           where Path.Exists(source)
           select new Mount { Type = "bind", Source = source, Target = path, ReadOnly = path != ContainerPaths.Outputs },
    ];

    /// <summary>Everything the program may read, with its path in the container; folders before what is in them, no links.</summary>
    public static IEnumerable<(FileSystemInfo Entry, string Path)> Inputs(string folder)
    {
        foreach (var path in (string[])[ContainerPaths.InputsFile, ContainerPaths.WantedFile])
        {
            var file = new FileInfo(ContainerPaths.OnServer(folder, path));
            if (file.Exists) yield return (file, path);
        }

        var inputs = new DirectoryInfo(ContainerPaths.OnServer(folder, ContainerPaths.Inputs));
        if (!inputs.Exists) yield break;
        yield return (inputs, ContainerPaths.Inputs);

        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var entry in inputs.EnumerateFileSystemInfos("*", everything).OrderBy(e => e.FullName, StringComparer.Ordinal))
            yield return (entry, $"{ContainerPaths.Inputs}/{Path.GetRelativePath(inputs.FullName, entry.FullName).Replace('\\', '/')}");
    }
}
