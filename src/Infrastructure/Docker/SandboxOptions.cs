using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;

namespace OgcProcesses.Infrastructure.Docker;

/// <summary>What the programs of jobs may do. Every default is the closed one.</summary>
/// <remarks>Not open to choice: no capabilities, no new privileges, a read-only root, private IPC, memory without swap.</remarks>
public sealed class SandboxOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Sandbox";

    private const long MiB = 1024 * 1024;

    /// <summary>The user (<c>uid:gid</c>) programs run as; unset, nobody (65534) when the server is root, else the server's own.</summary>
    /// <remarks>The server's own, so that it can delete what the programs leave behind.</remarks>
    [RegularExpression("[0-9]{1,10}:[0-9]{1,10}", ErrorMessage = "Sandbox:User must be written as uid:gid.")]
    public string? User { get; init; }

    /// <summary>Processes and threads a job may have at once.</summary>
    [Range(2, 1_000_000)]
    public long PidsLimit { get; init; } = 256;

    /// <summary>Size of the in-memory <c>/tmp</c>, in bytes; it counts as the job's memory.</summary>
    [Range(MiB, long.MaxValue)]
    public long TmpfsSize { get; init; } = 64 * MiB;

    /// <summary>Size of the shared memory <c>/dev/shm</c>, in bytes; it counts as the job's memory.</summary>
    [Range(MiB, long.MaxValue)]
    public long ShmSize { get; init; } = 64 * MiB;

    /// <summary>Log the engine keeps of a container, in bytes: at least this much, at most twice.</summary>
    [Range(64 * 1024, long.MaxValue)]
    public long LogSize { get; init; } = 10 * MiB;

    /// <summary>Most bytes of standard output that can become an output; less when the log is shorter (<see cref="LogSize"/>).</summary>
    [Range(1, long.MaxValue)]
    public long MaxStdoutBytes { get; init; } = 8 * MiB;

    /// <summary>Most bytes taken out of a container as an archive.</summary>
    [Range(1, long.MaxValue)]
    public long MaxArchiveBytes { get; init; } = 10L * 1024 * MiB;

    /// <summary>Most files, folders and links taken out of a container as an archive.</summary>
    [Range(1, int.MaxValue)]
    public int MaxArchiveEntries { get; init; } = 100_000;

    /// <summary>Files a process may have open.</summary>
    [Range(64, 1_048_576)]
    public long OpenFiles { get; init; } = 16_384;

    /// <summary>Whether a small init process passes signals on and reaps orphans.</summary>
    /// <remarks>Without it, a program that installs no handler ignores SIGTERM, as the kernel shields process 1.</remarks>
    public bool Init { get; init; } = true;

    internal string EffectiveUser => User
        ?? (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess ? Nobody : $"{EffectiveUserId()}:{EffectiveGroupId()}");

    internal const string Nobody = "65534:65534";

    [DllImport("libc", EntryPoint = "geteuid")]
    private static extern uint EffectiveUserId();

    [DllImport("libc", EntryPoint = "getegid")]
    private static extern uint EffectiveGroupId();
}
