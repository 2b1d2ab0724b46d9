using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Faults;

/// <summary>Many jobs of all kinds, and servers that are killed hundreds of times at random, also while they start and recover.</summary>
[Parallelizable]
internal sealed class CampaignTests
{
    /// <summary>Installations that one kill hits.</summary>
    private const int Size = 10;

    /// <summary>The last crossing, counted from the start over all installations, at which they die; they need so many for some seconds of work.</summary>
    private const int FarthestCrossing = 1_200;

    private const string Text = """{"type":"string","contentMediaType":"text/plain"}""";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly Kind[] Kinds =
    [
        new(Package.Running("for name in one two three; do for i in 1 2 3 4 5 6 7 8 9; do echo $OGC_JOB_ID; done > $name.txt; done").Giving("one", Text).Giving("two", Text).Giving("three", Text), "successful", null, "one", "two", "three"),
        new(Package.Running("sleep 2; for i in 1 2 3 4 5 6 7 8 9; do echo $OGC_JOB_ID; done > one.txt").Giving("one", Text), "successful", null, "one"),
        new(Package.Running("""printf '{"value":"%s"}' $OGC_JOB_ID > outputs.json""").Giving("value", """{"type":"string"}"""), "successful", null),
        new(Package.Running("echo half > one.txt; exit 3").Giving("one", Text), "failed", "exitCode"),
        new(Package.Running("echo half > one.txt").Giving("one", Text).Giving("two", Text), "failed", "outputMissing"),
    ];

    private static readonly string[] Steps =
    [
        "JobStore.Add:after", "JobStore.Update(Running):after", "WorkFolders.Create:after", "Request.create", "Request.start", "ContainerRunner.Start:after",
        "ContainerRunner.Wait:after", "OutputStore.Take:after", "JobStore.Update(Successful):after", "JobStore.Update(Failed):before", "ContainerRunner.Remove:after",
        "CallbackSender.Post:after",
    ];

    private readonly ConcurrentDictionary<string, Asked> _asked = new();

    [Test]
    public async Task Installations_KilledAtHundredsOfRandomPoints_LoseAndRepeatNothing()
    {
        var seed = Setting("OGC_TEST_SEED", Random.Shared.Next());
        var kills = Setting("OGC_TEST_KILLS", 200);
        await TestContext.Progress.WriteLineAsync($"OGC_TEST_SEED={seed} OGC_TEST_KILLS={kills}");
        var random = new Random(seed);
        await using var subscriber = await Subscriber.StartAsync();
        await using var engine = new EngineEvents(null);
        await using var fleet = new Fleet(Size, "--Runner:MaxAttempts", "100", "--Docker:Holders", "1", "--Callbacks:Timeout", "00:00:02");

        // As often as it takes: servers that die before they have started a container use up an attempt.
        foreach (var kind in Kinds) kind.Package.Unit["retry"] = new JsonObject { ["limit"] = 90 };
        fleet.Start(killAt: null);
        await Task.WhenAll(fleet.Members.Select(member => DeployAsync(member, fleet)));
        await fleet.KillAsync();
        for (var killed = 0; killed < kills; killed += Size)
        {
            var killAt = Place(random);
            fleet.Start(killAt);
            var working = Task.WhenAll([.. fleet.Members.Select(member => WorkAsync(member, fleet, subscriber, new Random(random.Next())))]);
            await Task.WhenAny(fleet.Death, killAt is not null ? WorkedAndRestedAsync(working) : Task.Delay(random.Next(200, 4_000)));
            await fleet.KillAsync();
            await working;
        }

        fleet.Start(killAt: null);
        await Task.WhenAll(fleet.Members.Select(member => CheckAsync(member, fleet, subscriber, engine)));
        await TestContext.Progress.WriteLineAsync($"{_asked.Count} jobs were accepted.");
        Assert.That(_asked, Has.Count.AtLeast(kills / 40), "servers that never come to work prove nothing");
    }

    /// <summary>Any step, among which those of starting and recovering are the most; a step of a job's work; or null for a moment, which also hits what is no step.</summary>
    private static string? Place(Random random) => random.Next(4) switch
    {
        0 => null,
        1 => $"#{random.Next(1, FarthestCrossing)}",
        _ => $"{Steps[random.Next(Steps.Length)]}#{random.Next(1, Size)}",
    };

    /// <summary>Where the chosen step does not come, because nothing is left to do, time ends the round.</summary>
    private static async Task WorkedAndRestedAsync(Task working)
    {
        await working;
        await Task.Delay(2_000);
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var set) ? set : otherwise;

    private static async Task DeployAsync(Member member, Fleet fleet)
    {
        Assert.That(await member.AnswersAsync(fleet), Is.True, () => fleet.Said);
        foreach (var kind in Kinds)
        {
            var answer = await member.SendAsync(HttpMethod.Post, "/processes", kind.Package.ToString(), "application/ogcapppkg+json");
            Assert.That(answer?.Status, Is.EqualTo(HttpStatusCode.Created), answer?.Text);
        }
    }

    /// <summary>Executes and dismisses until the server dies.</summary>
    private async Task WorkAsync(Member member, Fleet fleet, Subscriber subscriber, Random random)
    {
        if (!await member.AnswersAsync(fleet)) return;
        var kind = Kinds[random.Next(Kinds.Length)];
        var told = random.Next(2) == 0;
        var request = told ? $$"""{"inputs":{}, {{subscriber.Member("success", "failed")}} }""" : """{"inputs":{}}""";
        var accepted = await member.SendAsync(HttpMethod.Post, $"/processes/{kind.Package.Id}/execution", request);
        if (accepted is not { Status: HttpStatusCode.Created } answer) return;
        _asked[JsonNode.Parse(answer.Text)!["jobID"]!.GetValue<string>()] = new(member, told);
        if (random.Next(3) > 0) return;
        var some = _asked.Where(job => job.Value.Member == member).Select(job => job.Key).Order().ToList();
        var dismissed = some[random.Next(some.Count)];
        if (await member.SendAsync(HttpMethod.Delete, $"/jobs/{dismissed}") is { Status: HttpStatusCode.OK }) _asked[dismissed].IsDismissed = true;
        else _asked[dismissed].MayBeDismissed = true;
    }

    private async Task CheckAsync(Member member, Fleet fleet, Subscriber subscriber, EngineEvents engine)
    {
        Assert.That(await member.AnswersAsync(fleet), Is.True, () => fleet.Said);
        var jobs = await UntilAsync(
            () => ListAsync(member), all => all.All(job => Installation.Word(job) is "successful" or "failed" or "dismissed"), "Jobs have not ended", fleet);
        Assert.That(jobs.Select(IdOf), Is.SupersetOf(_asked.Where(job => job.Value.Member == member).Select(job => job.Key)), "what was accepted is there");
        var left = new List<string>();
        foreach (var job in jobs)
        {
            var id = IdOf(job);
            await CheckEndAsync(member, job, left);
            if (_asked.TryGetValue(id, out var asked) && asked.IsTold) await CheckToldAsync(member, job, subscriber, fleet);
            var starts = engine.StartsOf(id);
            Assert.That(starts, Installation.Word(job) == "dismissed" ? Is.LessThanOrEqualTo(1) : Is.EqualTo(1), $"starts of {job}");
        }

        await UntilAsync(
            async () => (await Engine.ContainersOfInstanceAsync(member.InstanceId)).Where(container => container.Labels.ContainsKey("org.ogcprocesses.job")).Select(container => container.Names[0])
                .Concat(Installation.LeftIn(member.Folder)).Order().ToList(),
            found => found.SequenceEqual(left.Order()),
            $"Other things are left than {string.Join(", ", left.Order())}",
            fleet);
    }

    /// <summary>Checks a job that has ended, and adds what it is to leave.</summary>
    private async Task CheckEndAsync(Member member, JsonNode job, List<string> left)
    {
        var (id, status) = (IdOf(job), Installation.Word(job));
        var kind = Kinds.Single(kind => kind.Package.Id == job["processID"]!.GetValue<string>());
        var asked = _asked.GetValueOrDefault(id);
        if (status == "dismissed")
        {
            Assert.That(asked is { IsDismissed: true } or { MayBeDismissed: true }, Is.True, $"Nobody dismissed {job}");
            return;
        }

        Assert.That((status, job["exception"]?["type"]?.GetValue<string>(), asked?.IsDismissed == true), Is.EqualTo((kind.Status, kind.Failure, false)), job.ToString());
        left.Add($"logs/{id[..2]}/{id}");
        foreach (var name in kind.Files)
        {
            var file = $"outputs/{id[..2]}/{id}/{name}/{name}.txt";
            left.Add(file);
            Assert.That(await File.ReadAllTextAsync(Path.Combine(member.Folder, file)), Is.EqualTo(string.Concat(Enumerable.Repeat($"{id}\n", 9))));
        }

        if (status == "successful" && kind.Files.Count == 0)
            Assert.That((await member.GetAsync($"/jobs/{id}/results"))["value"]!.GetValue<string>(), Is.EqualTo(id));
    }

    private static async Task CheckToldAsync(Member member, JsonNode job, Subscriber subscriber, Fleet fleet)
    {
        var id = IdOf(job);
        await UntilAsync(
            async () => (await member.GetAsync($"/jobs/{id}/callbacks"))["callbacks"]!.AsArray().Select(callback => Installation.Word(callback!)).ToList(),
            states => states.Count > 0 && states.TrueForAll(state => state is "delivered" or "dropped"),
            $"Callbacks of {id} are left",
            fleet);
        var kind = Installation.Word(job) == "successful" ? "success" : "failed";
        var told = subscriber.All.Where(told => told.Headers["Link"].Contains(id, StringComparison.Ordinal)).ToList();
        if (Installation.Word(job) != "dismissed") Assert.That(told.Select(one => one.Kind), Does.Contain(kind), $"nobody was told of {job}");
        Assert.That(told.Where(one => one.Kind == kind).Select(one => one.Id).Distinct().Count(), Is.LessThanOrEqualTo(1), "repetitions keep their identifier");
    }

    private static async Task<List<JsonNode>> ListAsync(Member member) => [.. (await member.GetAsync("/jobs?limit=1000"))["jobs"]!.AsArray().Select(job => job!)];

    private static string IdOf(JsonNode job) => job["jobID"]!.GetValue<string>();

    private static async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> isReached, string otherwise, Fleet fleet)
    {
        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(100))
        {
            var seen = await look();
            if (isReached(seen)) return seen;
            if (Stopwatch.GetElapsedTime(start) > Patience) throw new TimeoutException($"{otherwise}: {string.Join("\n", seen is System.Collections.IEnumerable all ? all.Cast<object>() : [seen!])}\n{fleet.Said}");
        }
    }

    /// <summary>A process, and how its jobs end.</summary>
    private sealed record Kind(Package Package, string Status, string? Failure, params IReadOnlyList<string> Files);

    /// <summary>A job that was accepted.</summary>
    private sealed record Asked(Member Member, bool IsTold)
    {
        public bool IsDismissed { get; set; }

        public bool MayBeDismissed { get; set; }
    }
}
