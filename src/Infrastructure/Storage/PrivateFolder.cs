namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Folders that only the server's own user may enter.</summary>
internal static class PrivateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes a folder and what is missing above it. One that is there keeps its mode, which the operator may have set.</summary>
    public static string Create(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
        return path;
    }
}
