using System.Diagnostics;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Deletes what programs left behind.</summary>
internal static class FileTree
{
    /// <summary>Deeper folders are brought to the top first, or their paths could become too long to name.</summary>
    private const int DeepestWalk = 32;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Deletes a folder with everything in it, also where programs took the write permission away.</summary>
    /// <remarks>Links are removed, never followed.</remarks>
    public static void Delete(string folder)
    {
        if (!Directory.Exists(folder)) return;
        if (IsLink(new DirectoryInfo(folder)))
        {
            DeleteEntry(new DirectoryInfo(folder));
            return;
        }

        try
        {
            DeleteFolder(new(folder), folder, 0);
        }
        catch (Exception unnamed) when (!OperatingSystem.IsWindows() && unnamed is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Names that are not UTF-8, or paths too long to name: nothing that .NET can delete, and rm can.
            Remove(folder, unnamed.HResult);
        }
    }

    private static void Remove(string folder, int reason)
    {
        using var remove = Process.Start(new ProcessStartInfo("rm", ["-rf", "--", folder]) { RedirectStandardError = true })!;
        var error = remove.StandardError.ReadToEnd();
        remove.WaitForExit();
        if (remove.ExitCode != 0) throw new IOException($"'{folder}' could not be deleted: {error.Trim()}", reason);
    }

    private static void DeleteFolder(DirectoryInfo folder, string top, int depth)
    {
        Open(folder);
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (entry is not DirectoryInfo inner || IsLink(inner)) DeleteEntry(entry);
            else if (depth < DeepestWalk) DeleteFolder(inner, top, depth + 1);
            else DeleteFolder(Raise(inner, top), top, 1);
        }

        folder.Delete();
    }

    private static DirectoryInfo Raise(DirectoryInfo folder, string top)
    {
        Open(folder);
        var raised = Path.Combine(top, $".deleting-{Guid.NewGuid():N}");
        folder.MoveTo(raised);
        return new(raised);
    }

    private static void DeleteEntry(FileSystemInfo entry)
    {
        if (OperatingSystem.IsWindows())
        {
            entry.Attributes &= ~FileAttributes.ReadOnly;
            entry.Delete();
        }
        else
        {
            File.Delete(entry.FullName);
        }
    }

    /// <summary>Lets the server's own user list and change a folder; only its owner (or root) can.</summary>
    private static void Open(DirectoryInfo folder)
    {
        if (OperatingSystem.IsWindows()) folder.Attributes &= ~FileAttributes.ReadOnly;
        else if ((folder.UnixFileMode & OwnerOnly) != OwnerOnly) File.SetUnixFileMode(folder.FullName, folder.UnixFileMode | OwnerOnly);
    }

    private static bool IsLink(FileSystemInfo entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
}
