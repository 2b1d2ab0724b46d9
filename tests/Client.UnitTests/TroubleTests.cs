using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace OgcProcesses.Client.UnitTests;

/// <summary>What the C# client makes of servers that are away, busy, broken or hostile; no real one can be had to be so at will.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class TroubleTests
{
    private const string Accepted = """{"processID":"p","type":"process","jobID":"7f6c3a5e-0000-4000-8000-000000000001","id":"7f6c3a5e-0000-4000-8000-000000000001","status":"accepted","links":[]}""";

    private static readonly string Successful = Accepted.Replace("accepted", "successful", StringComparison.Ordinal);

    private readonly FakeTimeProvider _clock = new();
    private readonly Stub _server = new();
    private ServiceProvider _services = null!;
    private OgcProcessesClient _client = null!;

    [SetUp]
    public void MakeClient()
    {
        var services = new ServiceCollection();
        services
            .AddOgcProcessesClient(options => (options.Server, options.ApiKey, options.TimeProvider) = (new("https://server.example/api"), "secret", _clock))
            .ConfigurePrimaryHttpMessageHandler(() => _server);
        _services = services.BuildServiceProvider();
        _client = _services.GetRequiredService<OgcProcessesClient>();
    }

    [TearDown]
    public void Dispose() => _services.Dispose();

    [Test]
    public async Task Submit_ToABusyServer_WaitsAsLongAsItIsTold_AndSendsTheSameKey()
    {
        _server.Answers.Enqueue(_ => new(HttpStatusCode.ServiceUnavailable) { Headers = { RetryAfter = new(TimeSpan.FromSeconds(20)) } });
        _server.Answers.Enqueue(_ => Json(Accepted, HttpStatusCode.Created));

        var submitting = _client.SubmitAsync("p", []);
        _clock.Advance(TimeSpan.FromSeconds(19));
        Assert.That(_server.Requests, Has.Count.EqualTo(1));
        _clock.Advance(TimeSpan.FromSeconds(2));
        await submitting;

        Assert.That(_server.Requests.Select(request => request.Headers.GetValues("Idempotency-Key").Single()).Distinct().Count(), Is.EqualTo(1));
        Assert.That(_server.Requests.Select(request => request.RequestUri!.ToString()), Is.All.EqualTo("https://server.example/api/processes/p/execution"));
    }

    [Test]
    public void Submit_ThatIsRefusedForHours_IsThrownAtOnce()
    {
        _server.Answers.Enqueue(_ =>
        {
            var refusal = Json("""{"type":"about:blank","title":"Enough for today","detail":"Come back tomorrow."}""", HttpStatusCode.TooManyRequests);
            refusal.Headers.RetryAfter = new(TimeSpan.FromHours(3));
            return refusal;
        });

        var refused = Assert.ThrowsAsync<OgcProcessesException>(() => _client.SubmitAsync("p", []))!;

        Assert.That((refused.Status, refused.RetryAfter, refused.Message), Is.EqualTo((HttpStatusCode.TooManyRequests, TimeSpan.FromHours(3), "Enough for today: Come back tomorrow.")));
    }

    [Test]
    public void Deploy_WhoseAnswerIsLost_IsNotRepeated()
    {
        _server.Answers.Enqueue(_ => throw new HttpRequestException("The connection broke."));

        Assert.ThrowsAsync<HttpRequestException>(() => _client.DeployAsync([]));

        Assert.That(_server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public void Answer_OfSomethingElse_IsToldByItsStatus()
    {
        _server.Answers.Enqueue(_ => new(HttpStatusCode.NotFound) { Content = new StringContent("<html>", Encoding.UTF8, "text/html") });

        var refused = Assert.ThrowsAsync<OgcProcessesException>(() => _client.WhoAmIAsync())!;

        Assert.That((refused.Message, refused.Problem), Is.EqualTo(("The server answered 404.", default(Problem))));
    }

    [Test]
    public async Task Save_WhereTheConnectionBreaks_GoesOnThere_WithoutTheKeyForABucket_AndStaysInTheFolder()
    {
        var results = await ResultsAsync("""{"map":{"href":"https://bucket.example/map"}}""");
        _server.Answers.Enqueue(_ => File("0123456789"[..4], HttpStatusCode.OK, breaks: true));
        _server.Answers.Enqueue(_ => File("456789", HttpStatusCode.PartialContent, breaks: false));
        var folder = Directory.CreateTempSubdirectory("ogcprocesses-client-");
        try
        {
            var saved = await results.SaveAsync(folder.FullName);

            Assert.That(saved.Select(file => file.FullName), Is.EqualTo(new[] { Path.Combine(folder.FullName, "passwd") }));
            Assert.That(await System.IO.File.ReadAllTextAsync(saved[0].FullName), Is.EqualTo("0123456789"));
            Assert.That(_server.Requests[^1].Headers.Range!.ToString(), Is.EqualTo("bytes=4-"));
            Assert.That(_server.Requests[^1].Headers.IfRange!.EntityTag!.Tag, Is.EqualTo("\"v1\""));
            Assert.That(_server.Requests.Select(request => request.Headers.Authorization?.Parameter), Is.EqualTo(new[] { "secret", "secret", null, null }));
            Assert.That(folder.GetFiles(), Has.Length.EqualTo(1));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public async Task Save_OutputsWithNamesThatLeadAwayOrAreTheSame_KeepsEachInTheFolder()
    {
        var results = await ResultsAsync("""{"../../up":1,"a":{"href":"https://bucket.example/a"},"b":{"href":"https://bucket.example/b"},"..":2}""");
        _server.Answers.Enqueue(_ => File("first", HttpStatusCode.OK, breaks: false));
        _server.Answers.Enqueue(_ => File("second", HttpStatusCode.OK, breaks: false));
        var folder = Directory.CreateTempSubdirectory("ogcprocesses-client-");
        try
        {
            var saved = await results.SaveAsync(folder.FullName);

            Assert.That(saved.Select(file => Path.GetRelativePath(folder.FullName, file.FullName)), Is.EqualTo(new[] { "up.json", "passwd", "passwd-2", "...json" }));
            Assert.That(await System.IO.File.ReadAllTextAsync(saved[1].FullName), Is.EqualTo("first"));
            Assert.That(await System.IO.File.ReadAllTextAsync(saved[2].FullName), Is.EqualTo("second"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public async Task Follow_OfAServerThatIsAwayForAWhile_WaitsForIt()
    {
        var job = await RunningAsync(maxOutage: TimeSpan.FromMinutes(1));
        _server.Answers.Enqueue(_ => throw new HttpRequestException("refused: the event stream"));
        _server.Answers.Enqueue(_ => throw new HttpRequestException("refused: a look"));
        _server.Answers.Enqueue(_ => new(HttpStatusCode.BadGateway));
        _server.Answers.Enqueue(_ => Json(Successful));
        _server.Answers.Enqueue(_ => Json("""[{"line":1,"at":"2026-01-31T12:00:00Z","source":"stdout","text":"meanwhile"}]"""));

        var events = await job.FollowAsync().ToListAsync();

        Assert.That(events.OfType<LogEvent>().Select(line => line.Text), Is.EqualTo(new[] { "meanwhile" }));
        Assert.That(events[^1], Is.InstanceOf<StatusEvent>().With.Property(nameof(StatusEvent.IsEnd)).True);
    }

    [Test]
    public async Task Follow_OfAServerThatStaysAway_SaysSo()
    {
        var job = await RunningAsync(maxOutage: TimeSpan.Zero);
        _server.Answers.Enqueue(_ => throw new HttpRequestException("refused: the event stream"));
        _server.Answers.Enqueue(_ => throw new HttpRequestException("refused: a look"));

        Assert.That(async () => await job.WaitAsync(), Throws.InstanceOf<HttpRequestException>().With.Message.EqualTo("refused: a look"));
    }

    [Test]
    public async Task Follow_ThatIsLeft_ClosesItsStream()
    {
        var job = await RunningAsync(maxOutage: TimeSpan.Zero);
        var stream = new BreakingStream(Encoding.UTF8.GetBytes($"event: status\ndata: {Accepted}\n\n"), breaks: false);
        _server.Answers.Enqueue(_ => new(HttpStatusCode.OK) { Content = new StreamContent(stream) { Headers = { ContentType = new("text/event-stream") } } });

        Assert.That(await job.FollowAsync().FirstAsync(), Is.InstanceOf<StatusEvent>());

        Assert.That(stream.CanRead, Is.False);
    }

    [Test]
    public async Task Execute_WithADictionary_TakesItsEntriesForInputs()
    {
        _server.Answers.Enqueue(_ => Json(Accepted, HttpStatusCode.Created));
        string? body = null;
        _server.Heard = async request => body = await request.Content!.ReadAsStringAsync();

        await _client.SubmitAsync("p", ProcessInputs.Of(new Dictionary<string, object?> { ["red"] = 3, ["image"] = ProcessInput.Link(new("https://data.example/a.tif")), ["none"] = null }));

        Assert.That(body, Is.EqualTo("""{"inputs":{"red":3,"image":{"href":"https://data.example/a.tif"},"none":null}}"""));
    }

    /// <summary>A job that runs, on a server that is asked again at once.</summary>
    private async Task<Job> RunningAsync(TimeSpan maxOutage)
    {
        var settings = _services.GetRequiredService<IOptions<OgcProcessesClientOptions>>().Value;
        (settings.MaxRetries, settings.MaxOutage, settings.PollInterval, settings.TimeProvider) = (0, maxOutage, TimeSpan.FromMilliseconds(1), TimeProvider.System);
        _server.Answers.Enqueue(_ => Json(Accepted));
        return await _client.GetJobAsync(Guid.Parse("7f6c3a5e-0000-4000-8000-000000000001"));
    }

    private async Task<JobResults> ResultsAsync(string document)
    {
        _server.Answers.Enqueue(_ => Json(Successful));
        _server.Answers.Enqueue(_ => Json(document));
        return await (await _client.GetJobAsync(Guid.Parse("7f6c3a5e-0000-4000-8000-000000000001"))).GetResultsAsync();
    }

    private static HttpResponseMessage Json(string content, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(content, Encoding.UTF8, "application/json") };

    private static HttpResponseMessage File(string content, HttpStatusCode status, bool breaks)
    {
        var answer = new HttpResponseMessage(status) { Content = new StreamContent(new BreakingStream(Encoding.UTF8.GetBytes(content), breaks)) };
        answer.Headers.ETag = new("\"v1\"");
        answer.Content.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = "../../etc/passwd" };
        return answer;
    }

    private sealed class Stub : HttpMessageHandler
    {
        public Queue<Func<HttpRequestMessage, HttpResponseMessage>> Answers { get; } = new();

        public List<HttpRequestMessage> Requests { get; } = [];

        /// <summary>Reads a request before it is gone.</summary>
        public Func<HttpRequestMessage, Task> Heard { get; set; } = _ => Task.CompletedTask;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add(request);
            await Heard(request);
            return Answers.Dequeue()(request);
        }
    }

    private sealed class BreakingStream(byte[] content, bool breaks) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            return read == 0 && breaks ? throw new IOException("The connection broke.") : read;
        }
    }
}
