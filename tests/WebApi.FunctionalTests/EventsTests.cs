using System.Diagnostics;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Jobs followed by Server-Sent Events, read with the framework's own parser.</summary>
internal sealed class EventsTests : ServerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Test]
    public async Task Events_OfARunningJob_TellStatusProgressAndLogToTheEnd()
    {
        var job = await ExecuteAsync(Server, Package.Running("trap 'exit 1' TERM; echo one; echo '::progress 40 Half way'; sleep 0.5; echo two >&2; sleep 60 & wait"));
        var events = new List<SseItem<string>>();
        using var response = await OpenAsync(Server, $"/jobs/{job}/events");
        await foreach (var one in ReadAsync(response))
        {
            events.Add(one);
            if (Lines(events).Count() == 3 && events.Exists(seen => seen.EventType == "progress" && seen.Data.Contains("Half way", StringComparison.Ordinal)) && one.EventType != "end")
                await Server.AskAsync("DELETE", $"/jobs/{job}");
        }


        Assert.That(events[0].EventType, Is.EqualTo("status"));
        Assert.That(events[^1].EventType, Is.EqualTo("end"));
        Assert.That(Statuses(events).Distinct(), Is.EqualTo(new[] { "accepted", "running", "dismissed" }).Or.EqualTo(new[] { "running", "dismissed" }));
        Assert.That(Data(events[^1])["links"]!.AsArray(), Is.Not.Empty);
        Assert.That(Lines(events), Is.EqualTo(new[] { "1 1 stdout one", "1 2 stdout ::progress 40 Half way", "1 3 stderr two" }));
        Assert.That(
            events.Where(one => one.EventType == "progress").Select(one => (Data(one)["progress"]!.GetValue<int>(), Data(one)["message"]!.GetValue<string>())),
            Does.Contain((40, "Half way")));
        Assert.That(events.Select(one => one.EventId), Is.All.Not.Null);
    }

    [Test]
    public async Task Events_OfAFinishedJob_TellAllAndEnd()
    {
        var package = Package.Running("echo one; sleep 0.3; echo two >&2; exit 3");
        await Server.DeployAsync(package);
        var job = (await Server.RunAsync(package.Id, "{}")).Json["jobID"]!.GetValue<string>();
        var events = await FollowAsync(Server, $"/jobs/{job}/events");
        Assert.That(events.Select(one => one.EventType), Is.EqualTo(new[] { "status", "log", "log", "end" }));
        Assert.That(Data(events[^1])["exception"]!["exitCode"]!.GetValue<int>(), Is.EqualTo(3));
    }

    /// <summary>Wherever a stream breaks, the next one goes on after the last event.</summary>
    [Test]
    public async Task Events_AfterAnyEvent_GoOnWithoutLossOrDoubling()
    {
        var package = Package.Running("for i in 1 2 3 4 5 6; do echo line $i; done");
        await Server.DeployAsync(package);
        var job = (await Server.RunAsync(package.Id, "{}")).Json["jobID"]!.GetValue<string>();
        var all = await FollowAsync(Server, $"/jobs/{job}/events");
        foreach (var (index, last) in all.Index())
        {
            var rest = await FollowAsync(Server, $"/jobs/{job}/events", last.EventId);
            Assert.That(rest.Select(one => (one.EventId, one.EventType)), Is.EqualTo(all.Skip(index + 1).Select(one => (one.EventId, one.EventType))), $"after {last.EventId}");
            if (index < 2) Assert.That(await FollowAsync(Server, $"/jobs/{job}/events?after={last.EventId}"), Has.Count.EqualTo(rest.Count));
        }

        Assert.That((int)(await Server.AskAsync("GET", $"/jobs/{job}/events", null, ("Last-Event-ID", all[^1].EventId!))).Status, Is.EqualTo(204), "an EventSource shall not come back");
        Assert.That(await FollowAsync(Server, $"/jobs/{job}/events", "not ours"), Has.Count.EqualTo(all.Count));
    }

    [Test]
    public async Task Events_BrokenOffByTheClientWhileTheJobRuns_GoOnWithTheNextLine()
    {
        var job = await ExecuteAsync(Server, Package.Running("i=1; while [ $i -le 40 ]; do echo line $i; sleep 0.05; i=$((i+1)); done"));
        var lines = new List<string>();
        string? last = null;
        for (var ended = false; !ended;)
        {
            var (taken, most) = (0, 7);
            using var response = await OpenAsync(Server, $"/jobs/{job}/events", last);
            await foreach (var one in ReadAsync(response))
            {
                last = one.EventId;
                if (one.EventType == "log") lines.Add(Data(one)["text"]!.GetValue<string>());
                if (ended = one.EventType == "end") break;
                if (++taken == most) break;
            }
        }

        Assert.That(lines, Is.EqualTo(Enumerable.Range(1, 40).Select(number => $"line {number}")));
    }

    [Test]
    public async Task Events_OfAJobInSeveralAttempts_TellEachAttemptsLog()
    {
        using var server = new Server(("Runner:FirstRetry", "00:00:01"));
        var package = Package.Running("echo attempt $OGC_ATTEMPT; sleep 0.7; [ $OGC_ATTEMPT = 2 ]");
        package.Unit["retry"] = JsonNode.Parse("""{"limit":1,"ownFailures":true}""");
        var job = await ExecuteAsync(server, package);
        // From the first attempt on, though the second may have begun.
        var events = await FollowAsync(server, $"/jobs/{job}/events", "0.1.0");
        Assert.That(Lines(events), Is.EqualTo(new[] { "1 1 stdout attempt 1", "2 1 stdout attempt 2" }));
        Assert.That(Texts(await server.GetAsync($"/jobs/{job}/logs?attempt=1")), Is.EqualTo(new[] { "attempt 1" }));
        Assert.That(Texts(await server.GetAsync($"/jobs/{job}/logs")), Is.EqualTo(new[] { "attempt 2" }));
        Assert.That(Lines(await FollowAsync(server, $"/jobs/{job}/logs?attempt=1")), Is.EqualTo(new[] { "1 1 stdout attempt 1" }));
    }

    [Test]
    public async Task Logs_AsAnEventStream_TellLinesAndTheEndAlone()
    {
        var job = await ExecuteAsync(Server, Package.Running("echo one; echo two >&2; sleep 1; echo three >&2"));
        var events = await FollowAsync(Server, $"/jobs/{job}/logs?stream=stderr");
        Assert.That(events.Select(one => one.EventType), Is.EqualTo(new[] { "log", "log", "end" }));
        Assert.That(events.Take(2).Select(one => Data(one)["text"]!.GetValue<string>()), Is.EqualTo(new[] { "two", "three" }));
        var refused = await Server.GetAsync($"/jobs/{job}/logs?tail=1", "text/event-stream");
        Assert.That(((int)refused.Status, refused.Pointers().Single()), Is.EqualTo((400, "tail")));
        Assert.That((await Server.GetAsync($"/jobs/{job}/logs?f=json", "text/event-stream")).MediaType, Is.EqualTo("application/json"));
    }

    [Test]
    public async Task Events_HeadersOfAStream_KeepProxiesFromHoldingItBack()
    {
        var job = await ExecuteAsync(Server, Package.Running("true"));
        using var response = await OpenAsync(Server, $"/jobs/{job}/events");
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/event-stream"));
        Assert.That(response.Headers.GetValues("X-Accel-Buffering"), Is.EqualTo(new[] { "no" }));
        Assert.That(response.Headers.CacheControl!.ToString(), Is.EqualTo("no-cache, no-transform").Or.EqualTo("no-transform, no-cache"));
        var head = await Server.AskAsync("HEAD", $"/jobs/{job}/events");
        Assert.That(((int)head.Status, head.MediaType), Is.EqualTo((200, "text/event-stream")));
        Assert.That((int)(await Server.GetAsync($"/jobs/{Guid.NewGuid()}/events")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Events_OfADismissedJob_End()
    {
        var running = await ExecuteAsync(Server, Package.Running("sleep 60"));
        var following = FollowAsync(Server, $"/jobs/{running}/events");
        await Server.UntilAsync(running, status => status["status"]!.GetValue<string>() == "running");
        await Server.DeleteAsync($"/jobs/{running}");
        Assert.That(Data((await following.WaitAsync(Patience))[^1])["status"]!.GetValue<string>(), Is.EqualTo("dismissed"));
    }

    /// <summary>The engine pulls from a registry of the test's own, slowly; the registry's words tell why it can't.</summary>
    [Test]
    public async Task Events_OfAJobWhoseImageIsPulled_TellHowFarThatIs()
    {
        await using var registry = await Registry.StartAsync();
        using var server = new Server();
        var package = Package.Running("true");
        package.Unit["image"] = registry.Image;
        var job = await ExecuteAsync(server, package);
        var following = FollowAsync(server, $"/jobs/{job}/events");
        await server.UntilAsync(job, status => status["message"]!.GetValue<string>() == $"Pulling image {registry.Image}");
        registry.Go();
        var events = await following;
        var messages = events.Where(one => one.EventType == "progress").Select(one => Data(one)["message"]!.GetValue<string>()).ToList();
        Assert.That(messages, Has.Some.Match($@"\APulling image {registry.Image}: \d+ % \([\d.]+ of 4(\.\d)? MB\)\z"));

        package = Package.Running("true");
        package.Unit["image"] = $"{registry.Host}/none:1";
        await server.DeployAsync(package);
        var why = (await server.RunAsync(package.Id, "{}")).Json["exception"]!;
        Assert.That(why["type"]!.GetValue<string>(), Is.EqualTo("imageUnavailable"));
        Assert.That(why["detail"]!.GetValue<string>(), Does.Contain($"{registry.Host}/none:1").And.Contain("nobody has pushed such an image").Or.Contain("manifest unknown"));
        Assert.That(why["remedy"]!.GetValue<string>(), Does.Contain("docker pull"));
    }

    /// <summary>nginx, set up as the README shows it, holds nothing back.</summary>
    [Test]
    public async Task Events_ThroughAProxy_ComeAsTheyHappen()
    {
        if (!Nginx.IsAtHand) Assert.Ignore("nginx is not installed.");
        using var server = new Server(("Api:KnownProxies:0", "127.0.0.1"));
        using var nginx = await Nginx.StartAsync(server.Http.BaseAddress!);
        var job = await ExecuteAsync(server, Package.Running("trap 'exit 1' TERM; echo one; sleep 60 & wait"));
        using var http = new HttpClient { Timeout = Patience };
        using var response = await http.GetAsync($"{nginx.Url}/jobs/{job}/events", HttpCompletionOption.ResponseHeadersRead);
        await foreach (var one in ReadAsync(response))
        {
            // Held back, it would never come: the job does not end by itself.
            if (one.EventType == "log") await server.DeleteAsync($"/jobs/{job}");
            if (one.EventType == "status") Assert.That(Data(one)["links"]![0]!["href"]!.GetValue<string>(), Does.StartWith(nginx.Url));
            if (one.EventType == "end") Assert.That(Data(one)["status"]!.GetValue<string>(), Is.EqualTo("dismissed"));
        }
    }

    /// <summary>Signs of life, the largest number of streams, and streams on which nothing happens.</summary>
    [Test]
    public async Task Streams_AreBounded_KeptAliveAndGivenBack()
    {
        using var server = new Server(("Events:MaxStreams", "2"), ("Events:Heartbeat", "00:00:00.2"), ("Events:IdleTimeout", "00:00:06"), ("Runner:MaxConcurrentJobs", "1"));
        var job = await ExecuteAsync(server, Package.Running("trap 'exit 1' TERM; sleep 60 & wait"));
        await server.UntilAsync(job, status => status["message"]?.GetValue<string>() == "Running");
        var watch = Stopwatch.StartNew();
        using (var first = await OpenAsync(server, $"/jobs/{job}/events"))
        using (var second = await OpenAsync(server, $"/jobs/{job}/events"))
        {
            var refused = await server.GetAsync($"/jobs/{job}/events");
            Assert.That(((int)refused.Status, refused.Headers.RetryAfter!.Delta), Is.EqualTo((503, TimeSpan.FromSeconds(10))));
            Assert.That(refused.Json["detail"]!.GetValue<string>(), Does.Contain("Events:MaxStreams"));
            var text = await first.Content.ReadAsStringAsync().WaitAsync(Patience);
            Assert.That(text, Does.Contain("\n: nothing new\n\n: nothing new\n"));
            Assert.That(watch.Elapsed, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(5.5)), "closed for its silence alone");
        }

        await UntilAsync(async () =>
        {
            using var again = await OpenAsync(server, $"/jobs/{job}/events", expected: null);
            return again.StatusCode == HttpStatusCode.OK;
        });
        await server.DeleteAsync($"/jobs/{job}");
    }

    /// <summary>A stop of the server waits for no stream, and what is told before and after it are the whole.</summary>
    [Test]
    public async Task Stream_AcrossAStopOfTheServer_EndsAtOnceAndGoesOnAfterwards()
    {
        var folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;
        using var server = new ServerProcess(folder);
        await server.StartAsync();
        var package = Package.Running("i=1; while [ $i -le 60 ]; do echo line $i; sleep 0.1; i=$((i+1)); done");
        await server.DeployAsync(package);
        var job = await server.ExecuteAsync(package.Id, "{}");
        var told = new List<SseItem<string>>();
        using var http = new HttpClient { Timeout = Patience };
        using (var response = await http.GetAsync($"{server.Url}/jobs/{job}/events", HttpCompletionOption.ResponseHeadersRead))
        {
            await foreach (var one in ReadAsync(response))
            {
                told.Add(one);
                if (one.EventType != "log" || told.Count(seen => seen.EventType == "log") != 10) continue;
                var watch = Stopwatch.StartNew();
                await server.StopAsync();
                Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(15)));
            }
        }

        await server.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{server.Url}/jobs/{job}/events");
        request.Headers.Add("Last-Event-ID", told[^1].EventId);
        using (var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
            await foreach (var one in ReadAsync(response)) told.Add(one);
        Assert.That(Lines(told), Is.EqualTo(Enumerable.Range(1, 60).Select(number => $"1 {number} stdout line {number}")));
        Assert.That(told[^1].EventType, Is.EqualTo("end"));
        await server.StopAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> ExecuteAsync(Server server, Package package)
    {
        var deployed = await server.DeployAsync(package);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        return (await server.ExecuteAsync(package.Id, "{}", "respond-async")).Json["jobID"]!.GetValue<string>();
    }

    private static async Task<HttpResponseMessage> OpenAsync(Server server, string path, string? last = null, int? expected = 200)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", "text/event-stream");
        if (last is not null) request.Headers.Add("Last-Event-ID", last);
        var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (expected is not null) Assert.That((int)response.StatusCode, Is.EqualTo(expected));
        return response;
    }

    /// <summary>All events until the server ends the stream.</summary>
    private static async Task<List<SseItem<string>>> FollowAsync(Server server, string path, string? last = null)
    {
        using var response = await OpenAsync(server, path, last, expected: null);
        var events = new List<SseItem<string>>();
        await foreach (var one in ReadAsync(response)) events.Add(one);
        return events;
    }

    private static async IAsyncEnumerable<SseItem<string>> ReadAsync(HttpResponseMessage response)
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
        await foreach (var one in SseParser.Create(body).EnumerateAsync(patience.Token)) yield return one;
    }

    private static async Task UntilAsync(Func<Task<bool>> isReached)
    {
        for (var deadline = DateTime.UtcNow + Patience; DateTime.UtcNow < deadline; await Task.Delay(100))
            if (await isReached()) return;
        Assert.Fail("It has not got there.");
    }

    private static JsonNode Data(SseItem<string> one) => JsonNode.Parse(one.Data)!;

    private static IEnumerable<string> Statuses(IEnumerable<SseItem<string>> events) =>
        events.Where(one => one.EventType is "status" or "end").Select(one => Data(one)["status"]!.GetValue<string>());

    private static IEnumerable<string> Lines(IEnumerable<SseItem<string>> events) => events.Where(one => one.EventType == "log").Select(Data)
        .Select(line => $"{line["attempt"]} {line["line"]} {line["source"]} {line["text"]}");

    private static IEnumerable<string> Texts(Answer log) => log.Json.AsArray().Select(line => line!["text"]!.GetValue<string>());
}
