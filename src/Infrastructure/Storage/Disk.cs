namespace OgcProcesses.Infrastructure.Storage;

/// <summary>The file system that a folder lies on.</summary>
internal static class Disk
{
    /// <summary>Bytes that can still be written there. A folder that is absent is told by those above it.</summary>
    public static long AvailableBytes(string folder)
    {
        if (OperatingSystem.IsWindows()) return new DriveInfo(Path.GetPathRoot(folder)!).AvailableFreeSpace;
        while (!Path.Exists(folder)) folder = Path.GetDirectoryName(folder)!;
        return new DriveInfo(folder).AvailableFreeSpace;
    }
}
