// Measures the server against its floor: the same containers through the bare engine API, in the same run.
// Prints a Markdown table. The ratios count; the times depend on the machine.
// With the argument "attack" it measures instead how long a status takes while programs attack, and fails beyond a limit;
// with "scale", what queries cost among a million jobs, and fails where they cost much more than among a hundred.

using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using OgcProcesses.Benchmarks;
using OgcProcesses.Benchmarks.Scale;

const int Sequential = 30;
const int Queued = 200;
const string Inputs = """{"message":"benchmark"}""";

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["scale", .. var choices])
{
    Environment.ExitCode = await ScaleBenchmark.RunAsync(choices) ? 0 : 1;
    return;
}

using var engine = new Engine();
var (server, firstAnswer) = await Server.StartAsync();
await using var _ = server;
if (args is ["attack"])
{
    Environment.ExitCode = await AttackAsync() ? 0 : 1;
    return;
}

var idle = await SettledMemoryAsync();

// One job that lasts, so that its container can be copied; not the first, which may come before what the runner keeps ready.
for (var i = 0; i < 10; i++) await server.ExecuteAsync(Inputs, respondAsync: false);
var model = await server.ExecuteAsync("""{"message":"model","pause":600}""", respondAsync: true);
var recipe = await RecipeAsync(model["jobID"]!.GetValue<string>());
using (await server.Http.DeleteAsync($"/jobs/{model["jobID"]}"))
{
    recipe["Cmd"] = new JsonArray();
}

var folder = Directory.CreateTempSubdirectory("ogcprocesses-floor-");
var concurrency = 2 * Environment.ProcessorCount;
var holders = new List<string>();
var joins = recipe["HostConfig"]!["NetworkMode"]!.GetValue<string>().StartsWith("container:", StringComparison.Ordinal);
for (var i = 0; joins && i < concurrency; i++) holders.Add(await engine.StartHolderAsync("ogcprocesses/echo:1"));
var floors = Enumerable.Range(0, concurrency).Select(FloorRecipe).ToList();
try
{
    await MeasureAsync();
}
finally
{
    foreach (var holder in holders) await engine.RemoveAsync(holder);
    folder.Delete(recursive: true);
}

async Task<bool> AttackAsync()
{
    var held = true;
    Row("attack", "GET /jobs/{id}, median", "ratio to quiet", "slowest hundredth", "to reach");
    Row("---", "---:", "---:", "---:", "---:");
    await foreach (var latency in new Attacks(server).MeasureAsync())
    {
        Row(
            latency.Name, $"{latency.Median:0.00} ms", $"{latency.Times:0.00} ×", $"{latency.Slowest:0.0} ms",
            latency.Quiet is null ? "" : $"≤ {Attacks.MostTimes:0} ×, ≤ {Attacks.SlowestMilliseconds:0} ms");
        held &= latency.IsFine;
    }

    return held;
}

async Task MeasureAsync()
{
    for (var i = 0; i < 5; i++)
    {
        await engine.RunAsync(floors[0]);
        await server.ExecuteAsync(Inputs, respondAsync: false);
    }

    // In turns, so that whatever else the machine does meets both.
    var (floor, sync) = (new List<double>(), new List<double>());
    for (var i = 0; i < Sequential; i++)
    {
        floor.Add(await TimeAsync(() => engine.RunAsync(floors[0])));
        sync.Add(await TimeAsync(() => server.ExecuteAsync(Inputs, respondAsync: false)));
    }

    // The first time the runtime still compiles what the jobs run through; the floor has nothing to compile.
    var floorOfMany = await TimeAsync(FloorOfManyAsync);
    var manyCold = await TimeAsync(RunQueuedAsync);
    var many = await TimeAsync(RunQueuedAsync);
    floorOfMany = (floorOfMany + await TimeAsync(FloorOfManyAsync)) / 2;

    var jobId = (await server.GetAsync("/jobs?limit=1"))["jobs"]![0]!["jobID"];
    Row("what", "measured", "floor", "ratio or difference", "to reach");
    Row("---", "---:", "---:", "---:", "---:");
    Row("first answer after the start", $"{firstAnswer.TotalSeconds:0.00} s", "", "", "≤ 3 s");
    Row("resident memory, idle", $"{idle / 1e6:0} MB", "", "", "≤ 200 MB");
    Row("sync execution of `echo`, median", $"{Median(sync):0.0} ms", $"{Median(floor):0.0} ms", $"{Median(sync) - Median(floor):+0.0;-0.0} ms", "≤ +25 ms");
    Row($"{Queued} async jobs at once, the first time", $"{manyCold / 1000:0.00} s", $"{floorOfMany / 1000:0.00} s", $"{manyCold / floorOfMany:0.00} ×", "");
    Row($"{Queued} async jobs at once, again", $"{many / 1000:0.00} s", $"{floorOfMany / 1000:0.00} s", $"{many / floorOfMany:0.00} ×", "≤ 1.15 ×");
    foreach (var path in (string[])[$"/jobs/{jobId}", "/processes/echo", "/jobs?limit=10"])
    {
        var (median, perSecond) = await ReadsAsync(path);
        Row($"GET {path.Replace(jobId!.ToString(), "{id}", StringComparison.Ordinal)}, median", $"{median:0.00} ms", "", $"{perSecond:0} per second, {concurrency} clients", "");
    }

    Row("resident memory, peak", $"{server.Peak / 1e6:0} MB", "", "", "");
    Console.WriteLine();
    Console.WriteLine(
        $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, .NET {Environment.Version}, Docker {await engine.VersionAsync()}, "
        + $"concurrency {concurrency}, network {(joins ? "joined from a holder" : "none")}; floor: create, start, wait, remove.");
}

async Task<JsonObject> RecipeAsync(string id)
{
    while ((await server.GetAsync($"/jobs/{id}"))["message"]?.GetValue<string>().StartsWith("Paused", StringComparison.Ordinal) != true) await Task.Delay(20);
    return await engine.RecipeOfAsync(id);
}

JsonObject FloorRecipe(int worker)
{
    var own = recipe.DeepClone().AsObject();
    var work = folder.CreateSubdirectory($"{worker}");
    work.CreateSubdirectory("inputs");
    var outputs = work.CreateSubdirectory("outputs");
    if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(outputs.FullName, (UnixFileMode)0b111_111_111);
    File.WriteAllText(Path.Combine(work.FullName, "inputs.json"), Inputs);
    File.WriteAllText(Path.Combine(work.FullName, "wanted.json"), "{}");
    var host = own["HostConfig"]!;
    foreach (var mount in host["Mounts"]!.AsArray())
        mount!["Source"] = Path.Combine(work.FullName, Path.GetRelativePath("/job", mount["Target"]!.GetValue<string>()));
    if (joins) host["NetworkMode"] = $"container:{holders[worker]}";
    return own;
}

Task FloorOfManyAsync() => Task.WhenAll(floors.Select(async own =>
{
    for (var i = 0; i < Queued / concurrency; i++) await engine.RunAsync(own);
}));

async Task RunQueuedAsync()
{
    var accepted = await Task.WhenAll(Enumerable.Range(0, Queued).Select(_ => server.ExecuteAsync(Inputs, respondAsync: true)));
    var left = accepted.Select(job => job["jobID"]!.GetValue<string>()).ToHashSet();
    while (left.Count > 0)
    {
        await Task.Delay(50);
        var open = await server.GetAsync("/jobs?status=accepted,running&limit=1");
        if (open["jobs"]!.AsArray().Count > 0) continue;
        foreach (var job in (await server.GetAsync($"/jobs?limit={Queued}"))["jobs"]!.AsArray())
        {
            if (job!["status"]!.GetValue<string>() != "successful") throw new InvalidOperationException(job.ToJsonString());
            left.Remove(job["jobID"]!.GetValue<string>());
        }
    }
}

async Task<(double Median, double PerSecond)> ReadsAsync(string path)
{
    var times = new List<double>();
    for (var i = 0; i < 500; i++) times.Add(await TimeAsync(() => server.Http.GetByteArrayAsync(path)));
    const int each = 500;
    var together = await TimeAsync(() => Task.WhenAll(Enumerable.Range(0, concurrency).Select(async _ =>
    {
        for (var i = 0; i < each; i++) await server.Http.GetByteArrayAsync(path);
    })));
    return (Median(times), each * concurrency / together * 1000);
}

async Task<long> SettledMemoryAsync()
{
    await Task.Delay(TimeSpan.FromSeconds(5));
    return server.Resident;
}

static async Task<double> TimeAsync(Func<Task> step)
{
    var start = Stopwatch.GetTimestamp();
    await step();
    return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

static void Row(params string[] cells) => Console.WriteLine($"| {string.Join(" | ", cells)} |");
