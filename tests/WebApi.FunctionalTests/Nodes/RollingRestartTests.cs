using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using OgcProcesses.WebApi.FunctionalTests.Faults;

namespace OgcProcesses.WebApi.FunctionalTests.Nodes;

/// <summary>Nodes are stopped and started one after the other, as for an upgrade, while clients go on.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RollingRestartTests : IDisposable
{
    private const int Clients = 4;
    private const int MostRepeats = 2;
    private const string Text = """{"type":"string","contentMediaType":"text/plain"}""";

    private static readonly Package Quick = Package.Running("sleep 0.5; echo $OGC_JOB_ID > out.txt").Giving("out", Text);
    private static readonly Package Long = Package.Running("until [ -e go ]; do sleep 0.05; done; echo $OGC_JOB_ID > out.txt").Giving("out", Text);

    private readonly ConcurrentQueue<string> _jobs = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = TimeSpan.FromMinutes(2) };

    public void Dispose() => _http.Dispose();

    [TestCase(false)]
    [TestCase(true)]
    public async Task Nodes_RestartedOneAfterTheOther_LoseNothing(bool behindNginx)
    {
        if (behindNginx && !Nginx.IsAtHand) Assert.Ignore("nginx is not installed.");
        await using var cluster = await Cluster.StartAsync(2, sharesEngine: true, _ => ["--Api:KnownProxies:0", "127.0.0.1"]);
        using var nginx = behindNginx
            ? await Nginx.StartAsync("docs/operations.md", "", new Dictionary<string, Uri> { ["node1.example:8080"] = new(cluster.Nodes[0].Address), ["node2.example:8080"] = new(cluster.Nodes[1].Address) })
            : null;
        string[] doors = nginx is null ? [.. cluster.Nodes.Select(node => node.Address)] : [nginx.Url];
        await using var engine = new EngineEvents(cluster.InstanceId);
        await cluster.Nodes[0].DeployAsync(Quick);
        await cluster.Nodes[0].DeployAsync(Long);

        // One that is waited for on each node: neither ends before its node has stopped.
        var waiting = await Task.WhenAll(cluster.Nodes.Select(node => WaitedForAsync(cluster, node)));
        var rolling = RestartAllAsync(cluster);
        await Task.WhenAll([rolling, .. Enumerable.Range(0, Clients).Select(number => AskAsync(doors, number, rolling))]);
        foreach (var (jobId, answering) in waiting)
        {
            using var answer = await answering;
            Assert.That((answer.StatusCode, (await JsonOfAsync(answer))["jobID"]!.GetValue<string>()), Is.EqualTo((HttpStatusCode.Created, jobId)), "a stopping node answers with the job");
            await File.WriteAllTextAsync(Path.Combine(cluster.OutputsOf(jobId), "go"), "");
            _jobs.Enqueue(jobId);
        }

        Assert.That((await cluster.Nodes[0].GetAsync("/jobs?limit=1000"))["jobs"]!.AsArray(), Has.Count.EqualTo(_jobs.Count), "what was repeated by its key is one job");
        foreach (var jobId in _jobs)
        {
            var ended = await cluster.Nodes[0].EndOfAsync(jobId);
            Assert.That((Installation.Word(ended), ended["attempt"]!.GetValue<int>()), Is.EqualTo(("successful", 1)), $"{ended}\n{cluster.Nodes[0].Said}\n{cluster.Nodes[1].Said}");
            Assert.That(await cluster.Nodes[1].AskAsync($"/jobs/{jobId}/results/out"), Is.EqualTo((HttpStatusCode.OK, $"{jobId}\n")));
            Assert.That(await engine.StartsOfEndedAsync(jobId), Is.EqualTo(1));
        }
    }

    /// <summary>An execution through a node whose answer is waited for, and its job, which runs.</summary>
    private static async Task<(string JobId, Task<HttpResponseMessage> Answer)> WaitedForAsync(Cluster cluster, Installation node)
    {
        var key = Guid.NewGuid().ToString();
        var answer = node.SendAsync(HttpMethod.Post, $"/processes/{Long.Id}/execution", """{"inputs":{}}""", prefer: "wait=100", key: key);
        // The same job, by its key.
        var jobId = (await node.ExecuteAsync(Long.Id, key: key))!;
        await node.UntilAsync(jobId, status => status["message"]!.GetValue<string>() == "Running" && File.Exists(Path.Combine(cluster.OutputsOf(jobId), "..", "inputs.json")));
        return (jobId, answer);
    }

    private static async Task RestartAllAsync(Cluster cluster)
    {
        foreach (var node in cluster.Nodes)
        {
            await Task.Delay(500);
            await node.StopAsync();
            await node.StartPlainAsync();
        }
    }

    /// <summary>A client that executes, with waiting and without, and looks at what it has.</summary>
    private async Task AskAsync(string[] doors, int number, Task rolling)
    {
        for (var turn = number; !rolling.IsCompleted; turn++)
        {
            using var executed = await SendAsync(doors, turn, HttpMethod.Post, $"/processes/{Quick.Id}/execution", turn % 2 == 0 ? "wait=60" : "respond-async");
            Assert.That(executed.StatusCode, Is.EqualTo(HttpStatusCode.Created).Or.EqualTo(HttpStatusCode.OK), await executed.Content.ReadAsStringAsync());
            var jobId = executed.StatusCode == HttpStatusCode.OK
                ? executed.Content.Headers.ContentLocation!.OriginalString.Split('/')[^2]
                : (await JsonOfAsync(executed))["jobID"]!.GetValue<string>();
            _jobs.Enqueue(jobId);
            using var status = await SendAsync(doors, turn + 1, HttpMethod.Get, $"/jobs/{jobId}");
            Assert.That(status.StatusCode, Is.EqualTo(HttpStatusCode.OK), await status.Content.ReadAsStringAsync());
        }
    }

    /// <summary>Asks the doors in turn, and again where the answer is lost.</summary>
    /// <remarks>A connection that is made as a node stops is refused or reset, which nginx tells of by 502 where it may not repeat the request.</remarks>
    private async Task<HttpResponseMessage> SendAsync(string[] doors, int turn, HttpMethod method, string path, string? prefer = null)
    {
        var key = Guid.NewGuid().ToString();
        for (var tried = 0; ; tried++)
        {
            using var request = new HttpRequestMessage(method, doors[(turn + tried) % doors.Length] + path);
            if (prefer is not null)
            {
                request.Headers.Add("Prefer", prefer);
                request.Headers.Add("Idempotency-Key", key);
                request.Content = new StringContent("""{"inputs":{}}""", Encoding.UTF8, "application/json");
            }

            try
            {
                var answer = await _http.SendAsync(request);
                if (answer.StatusCode != HttpStatusCode.BadGateway || tried == MostRepeats) return answer;
                answer.Dispose();
            }
            catch (HttpRequestException) when (tried < MostRepeats)
            {
                // The node restarts.
            }
        }
    }

    private static async Task<JsonNode> JsonOfAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
}
