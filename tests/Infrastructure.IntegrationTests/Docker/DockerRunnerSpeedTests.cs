using System.Diagnostics;
using OgcProcesses.Infrastructure.Docker;

namespace OgcProcesses.Infrastructure.IntegrationTests.Docker;

/// <summary>What a trivial job costs in each arrangement; to be run by hand, quoted as ratios.</summary>
[Explicit("Measures")]
internal sealed class DockerRunnerSpeedTests
{
    private const int Runs = 20;

    [Test]
    public async Task TrivialJob_EachArrangement_Measured()
    {
        var arrangements = new (string Name, Func<Rig> Make, bool Network)[]
        {
            ("none", () => new(), false),
            ("holder", () => new(holders: 1), false),
            ("none, without init", () => new(new() { Init = false }), false),
            ("holder, without init", () => new(new() { Init = false }, holders: 1), false),
            ("holder, archive", () => new(files: FileExchange.Archive, holders: 1), false),
            ("bridge", () => new(), true),
        };
        var rigs = arrangements.Select(a => a.Make()).ToList();
        var times = arrangements.Select(_ => new List<double>()).ToList();

        // In turn, so that what else the machine does falls on all alike. The first rounds only warm up.
        for (var run = -2; run < Runs; run++)
        {
            for (var i = 0; i < rigs.Count; i++)
            {
                var time = await TimeAsync(rigs[i], arrangements[i].Network);
                if (run >= 0) times[i].Add(time.TotalMilliseconds);
            }
        }

        foreach (var rig in rigs) await rig.DisposeAsync();
        var medians = times.Select(t => t.Order().ElementAt(Runs / 2)).ToList();
        foreach (var (arrangement, median) in arrangements.Zip(medians))
            await TestContext.Out.WriteLineAsync($"{arrangement.Name,-22} {median,6:F0} ms  {median / medians[0]:F2}");
    }

    private static async Task<TimeSpan> TimeAsync(Rig rig, bool network)
    {
        await rig.Runner.Holders.SettleAsync();
        var spec = rig.Sh("exit 0") with { Network = network ? "bridge" : null };
        var watch = Stopwatch.StartNew();
        var container = await rig.Runner.StartAsync(spec, default);
        await rig.Runner.WaitAsync(container, default);
        await rig.Runner.CollectAsync(container, rig.WorkFolder, default);
        await rig.Runner.RemoveAsync(container, default);
        return watch.Elapsed;
    }
}
