using System.Runtime.InteropServices;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>What the file system knows of a path and .NET does not tell. Links are looked at, never followed.</summary>
internal static class UnixFile
{
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint TypeAndMode = 0x3;

    /// <summary>What lies at a path: "regular file", "directory", "symbolic link" and so on; null when nothing does.</summary>
    public static string? KindOf(string path)
    {
        if (!OperatingSystem.IsLinux()) return KindByAttributes(path);
        // statx, not lstat: its structure is the same on every architecture and C library.
        if (Statx(CurrentFolder, path, NoFollow, TypeAndMode, out var status) != 0) return null;
        return (status.Mode & 0xF000) switch
        {
            0x8000 => RegularFile,
            0x4000 => Folder,
            0xA000 => SymbolicLink,
            0x1000 => "named pipe",
            0xC000 => "socket",
            0x2000 or 0x6000 => "device",
            _ => "file of an unknown kind",
        };
    }

    public const string RegularFile = "regular file";
    public const string Folder = "folder";
    public const string SymbolicLink = "symbolic link";

    /// <summary>Gives a file a second name on the same file system; false where that can't be done.</summary>
    /// <remarks>
    /// Not on another file system, not on some network shares, and not (fs.protected_hardlinks) where the file is another
    /// user's and not writable.
    /// </remarks>
    public static bool TryLink(string path, string newPath) => OperatingSystem.IsLinux() && Link(path, newPath) == 0;

    private static string? KindByAttributes(string path)
    {
        var info = new FileInfo(path);
        if (info.LinkTarget is not null) return SymbolicLink;
        if (Directory.Exists(path)) return Folder;
        if (!info.Exists) return null;
        return (info.Attributes & (FileAttributes.Device | FileAttributes.ReparsePoint)) == 0 ? RegularFile : "device";
    }

    // DllImport: LibraryImport asks for unsafe code in the whole project.
#pragma warning disable SYSLIB1054
    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, out Status status);

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string path, [MarshalAs(UnmanagedType.LPUTF8Str)] string newPath);
#pragma warning restore SYSLIB1054

    /// <summary>struct statx, of which only the mode is read.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(28)]
        public ushort Mode;
    }
}
