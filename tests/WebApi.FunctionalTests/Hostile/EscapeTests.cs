using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Hostile;

/// <summary>A program that tries to leave its container by every door there is (escape.py).</summary>
[Platform("Linux")]
internal sealed class EscapeTests : Cage
{
    private const string Text = """{"type":"string"}""";

    [Test]
    public async Task Program_TriesEveryDoor_FindsThemShut()
    {
        // Where a program that shared the host's network namespace would get through.
        var name = $"ogcp-{Guid.NewGuid():N}";
        using var host = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        host.Bind(new UnixDomainSocketEndPoint("\0" + name));
        host.Listen();
        // Once with a network namespace of its own, then with one that was kept ready.
        for (var run = 0; run < 2; run++)
        {
            var package = Package.Running("").Giving("report", Text);
            package.Unit["image"] = "ogcprocesses/ndvi:1";
            package.Unit["command"] = new JsonArray(
                "python3", "-c", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Hostile", "escape.py")),
                Server.ClientOptions.BaseAddress.Port.ToString(CultureInfo.InvariantCulture), Server.Folder,
                Environment.ProcessId.ToString(CultureInfo.InvariantCulture), name);

            var report = (await ResultsOfAsync(package)).Json["report"]!.GetValue<string>().Split('\n');
            var allowed = report.Where(line => line.StartsWith('(')).ToList();
            Assert.That(report, Has.Length.GreaterThan(75));
            Assert.That(allowed, Has.Count.EqualTo(4).And.All.Contains("=DONE"));
            Assert.That(report.Except(allowed), Has.All.Contains("=refused"));
        }
    }

    [Test]
    public async Task Inputs_NamedLikeVariables_BecomeNone()
    {
        var package = Package.Running("env > variables; tr '\\0' '\\n' < /proc/1/environ >> variables").Giving("variables", Text);
        string[] names = ["LD_PRELOAD", "LD_LIBRARY_PATH", "PATH", "ENV", "HOME", "OGC_JOB_ID"];
        foreach (var name in names) package.Taking(name, Text).Binding("inputBindings", name, "{}");

        var inputs = string.Join(',', names.Select(name => $"\"{name}\":\"/job/inputs/evil\""));
        var variables = (await ResultsOfAsync(package, "{\"inputs\":{" + inputs + "}}")).Json["variables"]!.GetValue<string>();

        Assert.That(variables, Does.Contain("OGC_JOB_ID=").And.Not.Contain("evil"));
    }

    [Test]
    public async Task Arguments_ThatBeginWithADash_StayOneEach_AndFollowWhatTheUnitPutsBefore()
    {
        var package = Package.Running("for a; do echo \"[$a]\"; done > arguments").Taking("first", Text).Taking("second", Text).Giving("arguments", Text)
            .Binding("inputBindings", "first", """{"position":1}""").Binding("inputBindings", "second", """{"position":2,"prefix":"--name=","separate":false}""");
        package.Unit["command"]!.AsArray().Add("--");

        var results = await ResultsOfAsync(package, """{"inputs":{"first":"-rf /; --help","second":"-e\n--evil"}}""");

        Assert.That(results.Json["arguments"]!.GetValue<string>(), Is.EqualTo("[--]\n[-rf /; --help]\n[--name=-e\n--evil]"));
    }

    [Test]
    public async Task Jobs_OfOthersAtTheSameTime_AreNeitherSeenNorReached()
    {
        var secret = Package.Running("echo secret > /tmp/secret; echo secret > secret; mkfifo /tmp/wait; echo ready; cat /tmp/wait");
        await Server.DeployAsync(secret);
        var other = (await Server.ExecuteAsync(secret.Id, "{}", "respond-async")).Json["jobID"]!.GetValue<string>();
        try
        {
            await Server.UntilAsync(other, status => status["status"]!.GetValue<string>() == "running");
            var folder = Path.Combine(Server.Folder, "work");
            var spy = Package.Running(
                $"exec > seen 2>/dev/null; ls /tmp /dev/shm /dev/mqueue; ls {folder} {folder}/{other}.1 /proc/1/root{folder}; cat /proc/[0-9]*/root/tmp/secret; echo end")
                .Giving("seen", Text);

            var seen = (await ResultsOfAsync(spy)).Json["seen"]!.GetValue<string>();

            Assert.That(seen, Does.EndWith("end").And.Not.Contain("secret").And.Not.Contain(other));
        }
        finally
        {
            await Server.DeleteAsync($"/jobs/{other}");
        }

        await NothingIsLeftAsync(other);
    }
}
