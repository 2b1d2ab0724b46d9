using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace OgcProcesses.Infrastructure.IntegrationTests.Storage;

/// <summary>Makes what a hostile program may leave instead of a file.</summary>
internal static class SpecialFile
{
    public static void Make(string kind, string path)
    {
        switch (kind)
        {
            case "named pipe":
                Assert.That(MakeFifo(path, 0x180), Is.Zero);
                break;
            case "socket":
                using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
                {
                    socket.Bind(new UnixDomainSocketEndPoint(path));
                    // Disposing would remove the file that binding made.
                    File.Move(path, path + "~");
                }

                File.Move(path + "~", path);
                break;
            case "symbolic link":
                File.CreateSymbolicLink(path, "/etc/passwd");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind));
        }
    }

#pragma warning disable SYSLIB1054 // LibraryImport asks for unsafe code.
    [DllImport("libc", EntryPoint = "mkfifo")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
#pragma warning restore SYSLIB1054
}
