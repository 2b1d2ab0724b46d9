using System.Text;
using static OgcProcesses.WebApi.FunctionalTests.RawRequest;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>What is too large, too deep, too many, too fast or too slow, and how clients are told.</summary>
internal sealed class LimitsTests
{
    private const string NoJob = "/jobs/00000000-0000-4000-8000-000000000000";

    private Server _small = null!;

    [OneTimeSetUp]
    public void Start() => _small = new(
        ("Limits:MaxPackageBytes", "4000"), ("Limits:MaxJsonDepth", "16"), ("Limits:MinBodyBytesPerSecond", "1000000"), ("Limits:MaxHeaderBytes", "4096"),
        ("Limits:MaxRequestLineBytes", "512"), ("Runner:MaxInputs", "30"), ("Runner:MaxOccurrences", "3"), ("Quotas:MaxQueuedJobs", "2"), ("Runner:MaxConcurrentJobs", "1"));

    [OneTimeTearDown]
    public void Stop() => _small.Dispose();

    [Test]
    public async Task Package_ThatIsTooLarge_Is413WithTheLimit()
    {
        var package = Package.Running("true");
        package.Process["description"] = new string('x', 4_000);
        var refused = await _small.DeployAsync(package);
        Assert.That((int)refused.Status, Is.EqualTo(413), refused.Text);
        Assert.That(refused.Json["detail"]!.GetValue<string>(), Does.Contain("4000"));
        var allowed = await _small.PostAsync("/processes/echo/execution?validateOnly=true", $$"""{ "inputs": { "message": "{{new string('x', 4_000)}}" } }""");
        Assert.That((int)allowed.Status, Is.EqualTo(200), "an execute request may be larger");
    }

    [Test]
    public async Task Body_ThatIsTooDeep_Is400WithThePlaceAndTheLimit()
    {
        var refused = await _small.ExecuteAsync("echo", $$"""{ "inputs": { "message": {{new string('[', 100)}}1{{new string(']', 100)}} } }""");
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Pointers().Single(), Does.StartWith("/inputs"));
        Assert.That(refused.Json["detail"]!.GetValue<string>(), Does.Contain("more than 16 levels deep"));
    }

    [TestCase("inputs")]
    [TestCase("outputs")]
    public async Task Process_WithTooManyParameters_Is400AtThem(string kind)
    {
        var package = Package.Running("true");
        for (var number = 0; number < 31; number++) _ = kind == "inputs" ? package.Taking($"p{number}", "{}") : package.Giving($"p{number}", "{}");
        var refused = await _small.DeployAsync(package);
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Pointers(), Is.EqualTo(new[] { $"/processDescription/process/{kind}" }));
        Assert.That(refused.Json["detail"]!.GetValue<string>(), Does.Contain("there are 31; the server takes 30 (Runner:MaxInputs)"));
    }

    [Test]
    public async Task Input_WithTooManyValues_Is400AtTheInput()
    {
        var package = Package.Running("true").Taking("many", """{ "type": "integer" }""");
        package.Process["inputs"]!["many"]!["maxOccurs"] = "unbounded";
        await _small.DeployAsync(package);
        var refused = await _small.ExecuteAsync(package.Id, """{ "inputs": { "many": [1, 2, 3, 4] } }""");
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Pointers(), Is.EqualTo(new[] { "/inputs/many" }));
    }

    [Test]
    public async Task Request_WithThousandsOfMistakes_TellsAThousand()
    {
        var inputs = string.Join(", ", Enumerable.Range(0, 5_000).Select(number => $"\"x{number}\": 1"));
        var refused = await _small.ExecuteAsync("echo", $$"""{ "inputs": { {{inputs}} } }""");
        Assert.That(refused.Json["errors"]!.AsArray(), Has.Count.EqualTo(1_000));
    }

    [Test]
    public async Task Queue_ThatIsFull_Is429WithRetryAfter_UntilThereIsRoom()
    {
        var first = await AcceptedAsync(_small);
        await _small.UntilAsync(first, status => status["status"]!.GetValue<string>() == "running");
        var (second, third) = (await AcceptedAsync(_small), await AcceptedAsync(_small));
        var refused = await PausingAsync(_small);
        Assert.Multiple(() =>
        {
            Assert.That((int)refused.Status, Is.EqualTo(429), refused.Text);
            Assert.That(refused.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(10)));
            Assert.That(refused.Json["title"]!.GetValue<string>(), Is.EqualTo("Too many jobs are waiting"));
            Assert.That(refused.Json["detail"]!.GetValue<string>(), Does.Contain("2 of your jobs").And.Contain("Quotas:MaxQueuedJobs"));
        });
        await _small.DeleteAsync($"/jobs/{second}");
        var fourth = await AcceptedAsync(_small);
        foreach (var job in (string[])[third, fourth, first]) await _small.DeleteAsync($"/jobs/{job}");
    }

    [Test]
    public async Task Queue_ThatIsFullInAll_Is429()
    {
        using var server = new Server(("Runner:MaxQueuedJobs", "1"), ("Runner:MaxConcurrentJobs", "1"));
        var first = await AcceptedAsync(server);
        await server.UntilAsync(first, status => status["status"]!.GetValue<string>() == "running");
        var second = await AcceptedAsync(server);
        var refused = await PausingAsync(server);
        Assert.That((int)refused.Status, Is.EqualTo(429), refused.Text);
        Assert.That(refused.Json["detail"]!.GetValue<string>(), Does.Contain("Runner:MaxQueuedJobs"));
        foreach (var job in (string[])[second, first]) await server.DeleteAsync($"/jobs/{job}");
    }

    [Test]
    public async Task Requests_ThatComeTooFast_Are429_ButNotThoseThatLookAfterAJob()
    {
        using var server = new Server(("Limits:RequestsPerSecond", "1"), ("Limits:RequestBurst", "5"), ("Api:KnownProxies:0", "127.0.0.1"));
        var answers = new List<Answer>();
        // More than the burst and what a slow minute adds.
        for (var time = 0; time < 100 && answers.TrueForAll(answer => (int)answer.Status == 200); time++) answers.Add(await server.GetAsync("/conformance"));
        var refused = answers[^1];
        Assert.Multiple(() =>
        {
            Assert.That((int)refused.Status, Is.EqualTo(429));
            Assert.That(answers, Has.Count.GreaterThan(5));
            Assert.That(refused.Headers.RetryAfter!.Delta, Is.GreaterThan(TimeSpan.Zero));
            Assert.That(refused.Json["detail"]!.GetValue<string>(), Does.Contain("Limits:RequestsPerSecond"));
        });
        foreach (var path in (string[])[NoJob, NoJob[5..], $"{NoJob}/logs", "/health/live"])
            for (var time = 0; time < 10; time++) Assert.That((int)(await server.GetAsync(path)).Status, Is.Not.EqualTo(429), path);
        var other = await server.AskAsync("GET", "/conformance", headers: ("X-Forwarded-For", "203.0.113.7"));
        Assert.That((int)other.Status, Is.EqualTo(200), "another client behind the proxy has a rate of its own");
    }

    [TestCase("GET", "/conformance HTTP/1.1\nHost: localhost\nX-Long: {0}\nConnection: close\n\n", 431)]
    [TestCase("GET", "/conformance?x={0} HTTP/1.1\nHost: localhost\nConnection: close\n\n", 414)]
    [TestCase("G\0T", "/ HTTP/1.1\nHost: localhost\n\n", 400)]
    [TestCase("GET", "/ HTTP/9.9\nHost: localhost\n\n", 505)]
    public async Task Head_ThatIsTooLongOrNone_IsRefusedByTheWebServer(string method, string rest, int status)
    {
        var answer = await RawRequest.SendAsync(_small, $"{method} {rest.Replace("{0}", new string('x', 5_000), StringComparison.Ordinal)}");
        Assert.That(StatusOf(answer), Is.EqualTo(status), answer);
    }

    [Test]
    public async Task Body_ThatDrips_Is408()
    {
        using var connection = await ConnectAsync(_small);
        var stream = connection.GetStream();
        await stream.WriteAsync("POST /processes/echo/execution HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"u8.ToArray());
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answer = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.That(StatusOf(answer), Is.EqualTo(408), answer);
    }

    [Test]
    public async Task Connections_BeyondTheLimit_AreClosed()
    {
        using var server = new Server(("Limits:MaxConnections", "2"));
        using var first = await ConnectAsync(server);
        using var second = await ConnectAsync(server);
        // That they are taken, and not only waiting to be.
        foreach (var connection in (System.Net.Sockets.TcpClient[])[first, second])
        {
            await connection.GetStream().WriteAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            Assert.That(await connection.GetStream().ReadAsync(new byte[1]), Is.EqualTo(1));
        }

        using var third = await ConnectAsync(server);
        Assert.That(await ReadToEndAsync(third).WaitAsync(TimeSpan.FromMinutes(1)), Is.Empty);
    }

    private static async Task<string> ReadToEndAsync(System.Net.Sockets.TcpClient connection)
    {
        try
        {
            using var reader = new StreamReader(connection.GetStream());
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static Task<Answer> PausingAsync(Server server) =>
        server.ExecuteAsync("echo", """{ "inputs": { "message": "m", "pause": 60 } }""", "respond-async");

    private static async Task<string> AcceptedAsync(Server server)
    {
        var accepted = await PausingAsync(server);
        Assert.That((int)accepted.Status, Is.EqualTo(201), accepted.Text);
        return accepted.Json["jobID"]!.GetValue<string>();
    }
}
