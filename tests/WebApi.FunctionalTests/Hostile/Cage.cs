using System.Diagnostics;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Hostile;

/// <summary>A server of narrow limits, for programs that want more.</summary>
internal abstract class Cage
{
    public const int MaxOutputBytes = 32 << 20;
    public const int MaxOutputFiles = 100;

    /// <summary>How long the server may take for an answer while it is attacked: far above what it takes, far below what a client bears.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    protected static Server Server { get; private set; } = null!;

    [OneTimeSetUp]
    public void Start() => Server = new Server(
        ("Runner:MaxOutputBytes", $"{MaxOutputBytes}"),
        ("Runner:MaxOutputFiles", $"{MaxOutputFiles}"),
        ("Runner:StopGrace", "00:00:01"),
        ("Runner:DefaultMemoryRequest", "67108864"),
        ("Runner:DefaultMemoryLimit", "134217728"),
        ("Sandbox:PidsLimit", "64"),
        ("Sandbox:LogSize", "1048576"),
        ("Logs:MaxBytes", "1048576"));

    [OneTimeTearDown]
    public void Stop() => Server.Dispose();

    /// <summary>Runs a program to its end, asking for its status all the time, and makes sure that nothing of it stays.</summary>
    protected static async Task<Answer> EndOfAsync(Package package, string request = "{}")
    {
        var deployed = await Server.DeployAsync(package);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        var accepted = await Server.ExecuteAsync(package.Id, request, "respond-async");
        Assert.That((int)accepted.Status, Is.EqualTo(201), accepted.Text);
        var id = accepted.Json["jobID"]!.GetValue<string>();
        var slowest = TimeSpan.Zero;
        var asked = Stopwatch.StartNew();
        var ended = await Server.UntilAsync(id, status =>
        {
            // The pause of the poll included.
            if (asked.Elapsed > slowest) slowest = asked.Elapsed;
            asked.Restart();
            return status["status"]!.GetValue<string>() is "successful" or "failed" or "dismissed";
        });
        Assert.That(slowest, Is.LessThan(Patience), "The server went on answering");
        await NothingIsLeftAsync(id);
        return ended;
    }

    protected static async Task<JsonNode> FailureOfAsync(Package package, string request = "{}")
    {
        var ended = await EndOfAsync(package, request);
        Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo("failed"), ended.Text);
        return ended.Json["exception"]!;
    }

    /// <summary>Runs a program that succeeds, and gives its results.</summary>
    protected static async Task<Answer> ResultsOfAsync(Package package, string request = "{}")
    {
        var ended = await EndOfAsync(package, request);
        Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo("successful"), ended.Text);
        return await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/results");
    }

    /// <summary>Waits until container and work folder of a job are gone, as they are soon after its end.</summary>
    protected static async Task NothingIsLeftAsync(string jobId)
    {
        var work = Path.Combine(Server.Folder, "work");
        string left;
        var deadline = DateTime.UtcNow.AddMinutes(1);
        do
        {
            var containers = await Engine.ContainersOfAsync(jobId);
            var folders = Directory.Exists(work) ? Directory.GetDirectories(work, $"{jobId}*") : [];
            left = string.Join(", ", containers.Select(container => container.Names[0]).Concat(folders));
            if (left.Length > 0) await Task.Delay(100);
        }
        while (left.Length > 0 && DateTime.UtcNow < deadline);
        Assert.That(left, Is.Empty, "Left behind");
    }
}
