using System.Net;
using System.Net.Sockets;
using OgcProcesses.Infrastructure.Docker;

namespace OgcProcesses.Infrastructure.IntegrationTests.Docker;

/// <summary>What a program sees of its sandbox, from inside.</summary>
[CancelAfter(180_000)]
internal sealed class DockerRunnerSandboxTests
{
    [TestCase("id -u", "65534")]
    [TestCase("id -G", "65534")]
    [TestCase("pwd", "/job/outputs")]
    [TestCase("echo $HOME", "/tmp")]
    [TestCase("ls /sys/class/net", "lo")]
    [TestCase("while read k v; do case $k in Cap*) echo $v;; esac; done < /proc/self/status | tr -d '0\\n'", null)]
    [TestCase("while read k v; do case $k in NoNewPrivs:) echo $v;; esac; done < /proc/self/status", "1")]
    [TestCase("while read k v; do case $k in Seccomp:) echo $v;; esac; done < /proc/self/status", "2")]
    [TestCase("touch /x 2>/dev/null || echo refused", "refused")]
    [TestCase("touch /job/x 2>/dev/null || echo refused", "refused")]
    [TestCase("touch /etc/hosts 2>/dev/null || echo refused", "refused")]
    [TestCase("touch /tmp/x /job/outputs/x && echo done", "done")]
    [TestCase("cd /sys/fs/cgroup; cat pids.max 2>/dev/null || cat pids/pids.max", "256")]
    [TestCase("cd /sys/fs/cgroup; cat memory.max 2>/dev/null || cat memory/memory.limit_in_bytes", "67108864")]
    [TestCase("cd /sys/fs/cgroup; { read quota period < cpu.max || read quota < cpu/cpu.cfs_quota_us; } 2>/dev/null; echo $quota", "100000")]
    [TestCase("ulimit -n; ulimit -c", "16384\n0")]
    public async Task Program_ByDefault_IsConfined(string script, string? expected)
    {
        await using var rig = new Rig(new() { User = SandboxOptions.Nobody });
        var (_, _, log) = await rig.RunAsync(script);
        Assert.That(string.Join('\n', log.Select(l => l.Text)), Is.EqualTo(expected ?? ""));
    }

    [Test]
    public async Task Program_NoUserConfigured_IsNotRoot()
    {
        await using var rig = new Rig();
        var (_, _, log) = await rig.RunAsync("id -u");
        Assert.That(log[0].Text, Is.Not.EqualTo("0"));
    }

    [TestCase(false, "lo")]
    [TestCase(true, "eth0 lo")]
    public async Task Network_IsThereOnlyWhenGranted(bool asked, string interfaces)
    {
        await using var rig = new Rig();
        var (_, _, log) = await rig.RunAsync(rig.Sh("echo $(ls /sys/class/net)") with { Network = asked ? "bridge" : null });
        Assert.That(log[0].Text, Is.EqualTo(interfaces));
    }

    [Test]
    public async Task Network_OfTheOperatorsThatLeadsNowhere_ReachesNeitherMetadataNorTheServer()
    {
        // Where a way out led there, this would send packets: only on a network without one is it tried.
        var name = $"ogcp-test-{Guid.NewGuid():N}"[..24];
        var made = await EngineFixture.Client.Networks.CreateNetworkAsync(new() { Name = name, Driver = "bridge", Internal = true });
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        try
        {
            await using var rig = new Rig();
            var gateway = (await EngineFixture.Client.Networks.InspectNetworkAsync(made.ID)).IPAM.Config[0].Gateway.Split('/')[0];
            var port = ((IPEndPoint)server.LocalEndpoint).Port;
            using var open = new TcpListener(IPAddress.Parse(gateway), 0);
            open.Start();
            // Closed at once, so that who connects need not wait.
            var greeted = open.AcceptSocketAsync(CancellationToken.None).AsTask().ContinueWith(accepted => accepted.Result.Dispose(), TaskScheduler.Default);
            var careless = $"{open.LocalEndpoint}";
            var (_, _, log) = await rig.RunAsync(rig.Sh(
                $"ls /sys/class/net; for at in 169.254.169.254:80 1.1.1.1:443 127.0.0.1:{port} {gateway}:{port} {careless}; do "
                + "/bin/busybox timeout 20 /bin/busybox nc -w 3 ${at%:*} ${at#*:} </dev/null >/dev/null 2>&1 && echo \"reached $at\"; done; echo end") with { Network = name });
            Assert.That(log.Select(l => l.Text), Is.EqualTo(new[] { "eth0", "lo", $"reached {careless}", "end" }), "What listens on all addresses is reached; docs/security.md says so");
            await greeted;
        }
        finally
        {
            await EngineFixture.Client.Networks.DeleteNetworkAsync(made.ID);
        }
    }

    [Test]
    public async Task Environment_OfTheUnit_IsSeen()
    {
        await using var rig = new Rig();
        var spec = rig.Sh("echo \"$A|$HOME\"") with { Environment = new Dictionary<string, string> { ["A"] = "x=y z", ["HOME"] = "/h" } };
        var (_, _, log) = await rig.RunAsync(spec);
        Assert.That(log[0].Text, Is.EqualTo("x=y z|/h"));
    }

    [Test]
    public async Task Processes_MoreThanAllowed_AreRefused()
    {
        await using var rig = new Rig(new() { PidsLimit = 8 });
        var (_, _, log) = await rig.RunAsync("for i in 1 2 3 4 5 6 7 8 9; do sleep 5 & done; echo all");
        Assert.That(log.Select(l => l.Text), Has.None.EqualTo("all"));
    }
}
