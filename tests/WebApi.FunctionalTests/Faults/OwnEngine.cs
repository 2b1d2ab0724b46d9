using System.Diagnostics;

namespace OgcProcesses.WebApi.FunctionalTests.Faults;

/// <summary>A Docker engine of the test's own, beside the machine's, which may be killed. Only root can start one.</summary>
/// <remarks>Its containerd is a process apart, as distributions install it: what runs is that one's, and outlives the engine.</remarks>
internal sealed class OwnEngine : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ogc-engine-").FullName;
    private readonly bool _liveRestore;
    private readonly Process _containerd;
    private Process? _engine;

    private OwnEngine(bool liveRestore)
    {
        _liveRestore = liveRestore;
        var configuration = $"{_folder}/containerd.toml";
        File.WriteAllText(configuration, $"""
            version = 2
            root = "{_folder}/containerd"
            state = "{_folder}/containerd-state"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
            address = "{_folder}/containerd.sock"
            [ttrpc]
            address = "{_folder}/containerd.sock.ttrpc"
            """);
        _containerd = Start("containerd", "--config", configuration, "--log-level", "error");
    }

    public string Endpoint => $"unix://{_folder}/engine.sock";

    /// <summary>Starts an engine that has the tiny image.</summary>
    /// <param name="liveRestore">Whether containers go on when the engine dies.</param>
    public static async Task<OwnEngine> StartAsync(bool liveRestore)
    {
        if (Environment.UserName != "root" || await OwnDisk.RunAsync("sh", "-c", "command -v dockerd containerd docker") != "")
            Assert.Ignore("Needs root, and dockerd, containerd and docker.");
        var engine = new OwnEngine(liveRestore);
        await engine.StartAgainAsync();
        var image = Path.Combine(engine._folder, "image.tar");
        Assert.That(await OwnDisk.RunAsync("docker", "save", "-o", image, "ogcprocesses/echo:1"), Is.Empty);
        Assert.That(await OwnDisk.RunAsync("docker", "-H", engine.Endpoint, "load", "-i", image), Is.Empty);
        return engine;
    }

    public async Task StartAgainAsync()
    {
        // What a killed engine leaves would keep the next one from starting.
        File.Delete($"{_folder}/engine.pid");
        _engine?.Dispose();
        // In a network of its own: an engine that wants no bridge removes docker0, which is the other engine's.
        _engine = Start(
            "unshare", "--net", "dockerd",
            "--data-root", $"{_folder}/data", "--exec-root", $"{_folder}/exec", "--pidfile", $"{_folder}/engine.pid", "--host", Endpoint,
            "--containerd", $"{_folder}/containerd.sock", "--bridge=none", "--iptables=false", "--ip6tables=false", "--log-level=error",
            $"--live-restore={(_liveRestore ? "true" : "false")}");
        for (var deadline = DateTime.UtcNow.AddMinutes(2); DateTime.UtcNow < deadline; await Task.Delay(100))
        {
            if (await OwnDisk.RunAsync("docker", "-H", Endpoint, "version") == "") return;
            Assert.That(_engine.HasExited, Is.False, "The engine does not start.");
        }

        throw new TimeoutException("The engine did not get ready.");
    }

    public async Task KillAsync()
    {
        _engine!.Kill();
        await _engine.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // Not killed, or what it runs and has mounted would stay.
        await OwnDisk.RunAsync("sh", "-c", $"docker -H {Endpoint} ps -aq | xargs -r docker -H {Endpoint} rm -f");
        foreach (var process in (Process?[])[_engine, _containerd])
        {
            if (process is null) continue;
            if (!process.HasExited) await OwnDisk.RunAsync("kill", $"{process.Id}");
            await process.WaitForExitAsync();
            process.Dispose();
        }

        // The engine mounts its data folder onto itself, and leaves that.
        await OwnDisk.RunAsync("umount", "-l", $"{_folder}/data");
        await OwnDisk.RunAsync("rm", "-rf", _folder);
    }

    private static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments))!;
}
