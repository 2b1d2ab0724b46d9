namespace OgcProcesses.Infrastructure.Storage;

/// <summary>The file system that a folder lies on.</summary>
internal static class Disk
{
    /// <summary>Bytes that can still be written there; makes the folder where it is absent.</summary>
    public static long AvailableBytes(string folder)
    {
        PrivateFolder.Create(folder);
        return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
    }
}
