using System.Diagnostics;

namespace OgcProcesses.WebApi.FunctionalTests.Faults;

/// <summary>A small disk in memory, mounted at a folder. Only root may do so.</summary>
internal sealed class OwnDisk(string folder) : IAsyncDisposable
{
    public static async Task<OwnDisk> MountAsync(string folder, string options)
    {
        Directory.CreateDirectory(folder);
        if (await RunAsync("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder) is { Length: > 0 } refused) Assert.Ignore($"Needs to mount a file system: {refused}");
        return new(folder);
    }

    public async Task RemountAsync(string options) => Assert.That(await RunAsync("mount", "-o", $"remount,{options}", folder), Is.Empty);

    public async ValueTask DisposeAsync() => await RunAsync("umount", "-l", folder);

    /// <summary>Runs a program and gives what it complains of; nothing when it succeeds.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = await Task.WhenAll(process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? "" : $"{program} ended with {process.ExitCode}: {said[0].Trim()}";
    }
}
