using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace OgcProcesses.Benchmarks;

/// <summary>How long the status of a job takes while programs take all they can get, against the same when nothing runs.</summary>
internal sealed class Attacks(Server server)
{
    /// <summary>What the median answer may take under any attack, as a multiple of what it takes in quiet.</summary>
    public const double MostTimes = 3;

    /// <summary>What the slowest hundredth may take, in milliseconds: what people do not yet take for a wait.</summary>
    public const double SlowestMilliseconds = 500;

    private const int Answers = 600;

    /// <summary>A client that polls leaves the server time; one that does not would measure itself.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(10);

    private static readonly (string Name, string Script)[] All =
    [
        ("fork bomb", "bomb() { bomb | bomb & }; while :; do bomb; sleep 1; done"),
        ("memory bomb, again and again", "while :; do tail /dev/zero; done"),
        ("disk, filled and emptied", "while :; do dd if=/dev/zero of=f bs=1M count=500; rm f; done"),
        ("files, made and removed", "while :; do seq 900 | xargs touch; rm -f *; done"),
        ("log of short lines", "yes"),
        ("log of one endless line", "cat /dev/zero | tr '\\0' x"),
        ("log of progress", "while :; do echo '::progress 50 again'; done"),
    ];

    /// <summary>Measures each attack alone, then several at once.</summary>
    public async IAsyncEnumerable<Latency> MeasureAsync()
    {
        await DeployAsync();
        var asked = await StartAsync("sleep 1000000");
        await LatencyAsync("warming up", [], asked, null);
        var quiet = await LatencyAsync("quiet", [], asked, null);
        yield return quiet;
        foreach (var (name, script) in All) yield return await LatencyAsync(name, [script], asked, quiet);
        yield return await LatencyAsync("three of them at once", [All[0].Script, All[2].Script, All[4].Script], asked, quiet);
        await DismissAsync(asked);
    }

    private async Task<Latency> LatencyAsync(string name, string[] scripts, string asked, Latency? quiet)
    {
        var attackers = new List<string>();
        foreach (var script in scripts) attackers.Add(await StartAsync(script));
        var times = new List<double>();
        for (var i = 0; i < Answers; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await server.Http.GetByteArrayAsync($"/jobs/{asked}");
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await Task.Delay(Between);
        }

        foreach (var attacker in attackers) await DismissAsync(attacker);
        times.Sort();
        return new(name, times[times.Count / 2], times[times.Count * 99 / 100], quiet);
    }

    private async Task DeployAsync()
    {
        const string package = """
            {
              "processDescription": { "id": "attack", "inputs": { "script": { "schema": { "type": "string" } } }, "outputs": {} },
              "executionUnit": {
                "type": "docker", "image": "ogcprocesses/echo:1", "command": ["/bin/sh", "-c"], "bindings": { "inputBindings": { "script": {} } },
                "config": { "cpuMin": 0.1, "memoryMax": 0.2 }
              }
            }
            """;
        using var deployed = await server.Http.PostAsync("/processes", new StringContent(package, Encoding.UTF8, "application/json"));
        deployed.EnsureSuccessStatusCode();
    }

    /// <summary>Starts a program and waits until it runs.</summary>
    private async Task<string> StartAsync(string script)
    {
        var inputs = new JsonObject { ["script"] = script };
        var id = (await server.ExecuteAsync(inputs.ToJsonString(), respondAsync: true, "attack"))["jobID"]!.GetValue<string>();
        while ((await server.GetAsync($"/jobs/{id}"))["status"]!.GetValue<string>() == "accepted") await Task.Delay(20);
        return id;
    }

    private async Task DismissAsync(string id)
    {
        using var dismissed = await server.Http.DeleteAsync($"/jobs/{id}");
    }
}

/// <summary>How long answers took, in milliseconds.</summary>
internal sealed record Latency(string Name, double Median, double Slowest, Latency? Quiet)
{
    /// <summary>What the median takes, as a multiple of what it takes in quiet.</summary>
    public double Times => Quiet is null ? 1 : Median / Quiet.Median;

    /// <summary>Whether that is within the limits.</summary>
    public bool IsFine => Quiet is null || (Times <= Attacks.MostTimes && Slowest <= Attacks.SlowestMilliseconds);
}
