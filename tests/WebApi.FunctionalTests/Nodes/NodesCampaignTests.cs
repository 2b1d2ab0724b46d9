using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using OgcProcesses.WebApi.FunctionalTests.Faults;

namespace OgcProcesses.WebApi.FunctionalTests.Nodes;

/// <summary>Many jobs through three nodes at once, which are killed at random and come back.</summary>
[Parallelizable]
internal sealed class NodesCampaignTests
{
    private const int Size = 3;
    private const int Clients = 10;

    /// <summary>Jobs that a node may run at once, and the cores that they may claim together.</summary>
    private const int MostJobs = 2;
    private const double MostCores = 1.5;

    private const string Text = """{"type":"string","contentMediaType":"text/plain"}""";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly Package Light = Running("", 0.5);
    private static readonly Package Slow = Running("sleep 1; ", 0.5);
    private static readonly Package Heavy = Running(": heavy; ", MostCores);

    /// <summary>What was asked for, by the key that every repetition of a request carries.</summary>
    private readonly ConcurrentDictionary<string, Asked> _asked = new();

    /// <summary>Containers that outlived their node, and count to whichever node takes them over.</summary>
    private readonly ConcurrentDictionary<string, int> _orphans = new();

    [Test]
    public async Task Nodes_KilledAtRandom_LoseAndRepeatNothing_AndKeepToTheirBudgets()
    {
        var (seed, jobs, kills) = (Setting("OGC_TEST_SEED", Random.Shared.Next()), Setting("OGC_TEST_JOBS", 500), Setting("OGC_TEST_NODE_KILLS", 8));
        await TestContext.Progress.WriteLineAsync($"OGC_TEST_SEED={seed} OGC_TEST_JOBS={jobs} OGC_TEST_NODE_KILLS={kills}");
        var random = new Random(seed);
        await using var subscriber = await Subscriber.StartAsync();
        await using var cluster = await Cluster.StartAsync(Size, sharesEngine: true, _ =>
        [
            "--Runner:LeaseDuration", "00:00:03", "--Runner:MaxAttempts", "100", "--Docker:Holders", "2", "--Callbacks:Timeout", "00:00:02",
            "--Runner:MaxConcurrentJobs", $"{MostJobs}", "--Runner:CpuBudget", MostCores.ToString(CultureInfo.InvariantCulture),
        ]);
        await using var engine = new EngineEvents(cluster.InstanceId);
        foreach (var package in (Package[])[Light, Slow, Heavy]) await cluster.Nodes[0].DeployAsync(package);

        using var ending = new CancellationTokenSource();
        var watching = WatchBudgetsAsync(cluster, ending.Token);
        var killing = KillAsync(cluster, kills, new Random(random.Next()));
        var keys = new ConcurrentQueue<int>(Enumerable.Range(0, jobs));
        await Task.WhenAll([killing, .. Enumerable.Range(0, Clients).Select(_ => AskAsync(cluster, keys, subscriber, new Random(random.Next())))]);
        var ended = await EndedAsync(cluster);
        await ending.CancelAsync();
        await watching;

        Assert.That(ended.Select(IdOf), Is.EquivalentTo(_asked.Values.Select(asked => asked.JobId)), "every request is one job");
        var left = new List<string>();
        foreach (var job in ended) await CheckAsync(cluster, job, subscriber, engine, left);
        await UntilLeftAsync(cluster, left);
        foreach (var job in ended) Assert.That(engine.StartsOf(IdOf(job)), Installation.Word(job) == "dismissed" ? Is.LessThanOrEqualTo(1) : Is.EqualTo(1), $"starts of {job}");
    }

    private static Package Running(string script, double cores)
    {
        var package = Package.Running(script + "echo $OGC_JOB_ID > out.txt").Giving("out", Text).With("cpuMin", cores);
        package.Unit["retry"] = new JsonObject { ["limit"] = 90 };
        return package;
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var set) ? set : otherwise;

    /// <summary>A client: asks node after node, until there is nothing more to ask for.</summary>
    private async Task AskAsync(Cluster cluster, ConcurrentQueue<int> keys, Subscriber subscriber, Random random)
    {
        while (keys.TryDequeue(out var number))
        {
            var package = random.Next(10) switch { 0 => Heavy, 1 or 2 => Slow, _ => Light };
            var (waits, isTold) = (random.Next(10) == 0, random.Next(2) == 0);
            var request = isTold ? $$"""{"inputs":{}, {{subscriber.Member("success")}} }""" : """{"inputs":{}}""";
            var (status, headers, text) = await SomewhereAsync(
                cluster, random, node => node.SendAsync(HttpMethod.Post, $"/processes/{package.Id}/execution", request, prefer: waits ? "wait=100" : "respond-async", key: $"{number}"));
            Assert.That(status, Is.EqualTo(HttpStatusCode.Created).Or.EqualTo(waits ? HttpStatusCode.OK : HttpStatusCode.Created), text);
            var jobId = status == HttpStatusCode.OK ? headers["Content-Location"].Split('/')[^2] : JsonNode.Parse(text)!["jobID"]!.GetValue<string>();
            if (status == HttpStatusCode.OK) Assert.That(text, Does.Contain($"/jobs/{jobId}/results/out"));
            var asked = _asked[$"{number}"] = new(jobId, isTold);
            if (waits || random.Next(20) > 0) continue;
            asked.IsDismissed = true;
            var (dismissed, _, why) = await SomewhereAsync(cluster, random, node => node.SendAsync(HttpMethod.Delete, $"/jobs/{jobId}"));
            // Gone where the first answer was lost with its node.
            Assert.That(dismissed, Is.EqualTo(HttpStatusCode.OK).Or.EqualTo(HttpStatusCode.Gone), why);
        }
    }

    /// <summary>Asks one node after the other until one answers.</summary>
    private static async Task<(HttpStatusCode Status, Dictionary<string, string> Headers, string Text)> SomewhereAsync(
        Cluster cluster, Random random, Func<Installation, Task<HttpResponseMessage>> ask)
    {
        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(20))
        {
            try
            {
                using var answer = await ask(cluster.Nodes[random.Next(Size)]);
                var headers = answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join(',', header.Value));
                return (answer.StatusCode, headers, await answer.Content.ReadAsStringAsync());
            }
            catch (HttpRequestException) when (Stopwatch.GetElapsedTime(start) < Patience)
            {
                // Killed, or not there yet.
            }
        }
    }

    private async Task KillAsync(Cluster cluster, int kills, Random random)
    {
        for (var killed = 0; killed < kills;)
        {
            await Task.Delay(random.Next(500, 4_000));
            var some = Enumerable.Range(0, Size).OrderBy(_ => random.Next()).Take(random.Next(4) == 0 ? 2 : 1).ToList();
            foreach (var number in some) await cluster.Nodes[number].KillAsync();
            // Longer than a lease, or not.
            await Task.Delay(random.Next(5_000));
            foreach (var number in some)
            {
                foreach (var orphan in (await RunningAsync(cluster)).Where(container => NodeOf(container) == Cluster.NameOf(number))) _orphans[orphan.ID] = number;
                await cluster.Nodes[number].StartPlainAsync();
            }

            killed += some.Count;
        }
    }

    /// <summary>Looks at the engine, again and again, whether any node runs more than it may.</summary>
    private async Task WatchBudgetsAsync(Cluster cluster, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            var all = await RunningAsync(cluster);
            for (var number = 0; number < Size; number++)
            {
                var running = all.Where(container => NodeOf(container) == Cluster.NameOf(number) && !_orphans.ContainsKey(container.ID)).ToList();
                var cores = running.Sum(container => container.Command.Contains("heavy", StringComparison.Ordinal) ? MostCores : 0.5);
                Assert.That((running.Count <= MostJobs, cores <= MostCores), Is.EqualTo((true, true)), $"{Cluster.NameOf(number)} runs {string.Join(", ", running.Select(container => container.Command))}");
            }

            await Task.Delay(250, CancellationToken.None);
        }
    }

    private static async Task<List<Docker.DotNet.Models.ContainerListResponse>> RunningAsync(Cluster cluster) =>
        [.. (await Engine.ContainersOfInstanceAsync(cluster.InstanceId)).Where(container => container.State == "running" && container.Labels.ContainsKey("org.ogcprocesses.job"))];

    private static string NodeOf(Docker.DotNet.Models.ContainerListResponse container) => container.Labels["org.ogcprocesses.node"];

    private static async Task<List<JsonNode>> EndedAsync(Cluster cluster)
    {
        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(250))
        {
            var open = (await cluster.Nodes[0].GetAsync("/jobs?status=accepted,running&limit=1"))["jobs"]!.AsArray();
            if (open.Count == 0) return [.. (await cluster.Nodes[0].GetAsync("/jobs?limit=1000"))["jobs"]!.AsArray().Select(job => job!)];
            if (Stopwatch.GetElapsedTime(start) > Patience) throw new TimeoutException($"A job has not ended: {open[0]}\n{Said(cluster)}");
        }
    }

    /// <summary>Checks a job that has ended, and adds what it is to leave.</summary>
    private async Task CheckAsync(Cluster cluster, JsonNode job, Subscriber subscriber, EngineEvents engine, List<string> left)
    {
        var id = IdOf(job);
        var asked = _asked.Values.Single(asked => asked.JobId == id);
        Assert.That(Installation.Word(job), Is.EqualTo(asked.IsDismissed ? "dismissed" : "successful"), $"{job}\n{Said(cluster)}");
        if (asked.IsDismissed) return;
        var file = $"outputs/{id[..2]}/{id}/out/out.txt";
        left.AddRange([file, $"logs/{id[..2]}/{id}"]);
        Assert.That(await File.ReadAllTextAsync(Path.Combine(cluster.Folder, file)), Is.EqualTo($"{id}\n"));
        if (asked.IsTold) await CheckToldAsync(cluster, id, subscriber);
    }

    private static async Task CheckToldAsync(Cluster cluster, string id, Subscriber subscriber)
    {
        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(100))
        {
            var callback = (await cluster.Nodes[1].GetAsync($"/jobs/{id}/callbacks"))["callbacks"]!.AsArray().Single()!;
            if (Installation.Word(callback) == "delivered")
            {
                var told = subscriber.All.Where(told => told.Headers["Link"].Contains(id, StringComparison.Ordinal)).Select(told => told.Id).ToList();
                // More than once only where a node died before it had noted the acknowledgment.
                Assert.That((told.Count, told.Distinct().Count()), Is.EqualTo((callback["attempts"]!.AsArray()[^1]!["attempt"]!.GetValue<int>(), 1)).Or.EqualTo((1, 1)), $"{callback}");
                return;
            }

            if (Stopwatch.GetElapsedTime(start) > Patience) throw new TimeoutException($"Not told: {callback}\n{Said(cluster)}");
        }
    }

    private static async Task UntilLeftAsync(Cluster cluster, List<string> files)
    {
        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(100))
        {
            var containers = (await Engine.ContainersOfInstanceAsync(cluster.InstanceId)).Where(container => container.Labels.ContainsKey("org.ogcprocesses.job")).Select(container => container.Names[0]);
            var left = Installation.LeftIn(cluster.Folder).Concat(containers).Order().ToList();
            if (left.SequenceEqual(files.Order())) return;
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(30)) Assert.That(left, Is.EquivalentTo(files), () => Said(cluster));
        }
    }

    private static string Said(Cluster cluster) => string.Join('\n', cluster.Nodes.SelectMany(node => node.Said.Split('\n').TakeLast(100)));

    private static string IdOf(JsonNode job) => job["jobID"]!.GetValue<string>();

    /// <summary>A job that was accepted.</summary>
    private sealed record Asked(string JobId, bool IsTold)
    {
        public bool IsDismissed { get; set; }
    }
}
