using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace OgcProcesses.WebApi.FunctionalTests.Deployment;

/// <summary>The server as a service of systemd with Type=notify: what it tells its manager, and when.</summary>
/// <remarks>The manager is a shell by the name of systemd, by which the server knows that it is one's service, and a socket of the test.</remarks>
internal sealed class SystemdTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("ogc-systemd-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Server_StartedAndStoppedBySystemd_TellsWhenItListensAndWhenItStops()
    {
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "notify")));
        var url = $"http://127.0.0.1:{ServerProcess.FreePort()}";
        using var systemd = Start(url);
        var server = await systemd.StandardOutput.ReadLineAsync();
        try
        {
            Assert.That(await ToldAsync(manager), Is.EqualTo("READY=1"));
            using var http = new HttpClient();
            using (var ready = await http.GetAsync(new Uri($"{url}/health/ready"))) Assert.That(ready.IsSuccessStatusCode);

            using (var kill = Process.Start("kill", server!)) await kill.WaitForExitAsync();
            Assert.That(await ToldAsync(manager), Is.EqualTo("STOPPING=1"));
            await systemd.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
            Assert.That(systemd.ExitCode, Is.Zero);
        }
        finally
        {
            if (!systemd.HasExited) systemd.Kill(entireProcessTree: true);
        }
    }

    private Process Start(string url)
    {
        var shell = Path.Combine(_folder, "systemd");
        File.Copy("/bin/sh", shell);
        string[] server = ["dotnet", typeof(Program).Assembly.Location, "--urls", url, "--Data:Directory", Path.Combine(_folder, "data"), "--Logging:LogLevel:Default", "Error"];
        var start = new ProcessStartInfo(shell, ["-c", "\"$@\" >&2 & echo $!; wait $!", "systemd", .. server]) { RedirectStandardOutput = true };
        start.Environment["NOTIFY_SOCKET"] = Path.Combine(_folder, "notify");
        return Process.Start(start)!;
    }

    private static async Task<string> ToldAsync(Socket manager)
    {
        var message = new byte[1024];
        var length = await manager.ReceiveAsync(message).WaitAsync(TimeSpan.FromMinutes(1));
        return Encoding.UTF8.GetString(message, 0, length);
    }
}
