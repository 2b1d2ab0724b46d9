using System.Buffers.Text;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Docker;

/// <summary>The control groups of containers, where the engine runs on this machine.</summary>
/// <remarks>Reading them takes microseconds, the engine's own answer a hundred times that. They go with the program.</remarks>
internal sealed class Cgroups(string root = "/sys/fs/cgroup")
{
    private readonly bool _isUnified = File.Exists(Path.Combine(root, "cgroup.controllers"));

    /// <summary>The group of a container; null when the program has ended, or the engine is elsewhere or keeps its groups elsewhere.</summary>
    public Cgroup? Find(string containerId)
    {
        var memory = Path.Combine(root, _isUnified ? "" : "memory");
        // By the engine's two cgroup drivers.
        string[] places = [$"docker/{containerId}", $"system.slice/docker-{containerId}.scope"];
        if (Array.Find(places, place => Directory.Exists(Path.Combine(memory, place))) is not { } found) return null;
        var folder = Path.Combine(memory, found);
        if (!_isUnified) return new(Path.Combine(root, "cpuacct", found, "cpuacct.usage"), 1, Path.Combine(folder, "memory.max_usage_in_bytes"));
        var peak = Path.Combine(folder, "memory.peak");
        // Kernels before 5.19 keep no mark.
        return new(Path.Combine(folder, "cpu.stat"), 1_000, File.Exists(peak) ? peak : Path.Combine(folder, "memory.current"));
    }
}

/// <summary>The control group of one container.</summary>
/// <param name="cpu">The file that holds the CPU time.</param>
/// <param name="nanoseconds">Length of the unit that the time is told in.</param>
/// <param name="memory">The file that holds the memory, in bytes.</param>
internal sealed class Cgroup(string cpu, long nanoseconds, string memory)
{
    private static ReadOnlySpan<byte> TimeOfUnified => "usage_usec "u8;

    /// <summary>What the group has used so far; null when it is gone.</summary>
    public ContainerUsage? Read()
    {
        try
        {
            return Number(cpu) is { } time && Number(memory) is { } bytes
                ? new(TimeSpan.FromTicks(time * nanoseconds / TimeSpan.NanosecondsPerTick), bytes)
                : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The number that a file begins with.</summary>
    private static long? Number(string path)
    {
        Span<byte> text = stackalloc byte[64];
        using var file = File.OpenHandle(path);
        var read = text[..RandomAccess.Read(file, text, 0)];
        if (read.StartsWith(TimeOfUnified)) read = read[TimeOfUnified.Length..];
        return Utf8Parser.TryParse(read, out long number, out _) ? number : null;
    }
}
