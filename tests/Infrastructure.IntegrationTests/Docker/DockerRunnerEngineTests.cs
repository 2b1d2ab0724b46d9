using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Docker;
using static OgcProcesses.Infrastructure.IntegrationTests.Docker.Rig;

namespace OgcProcesses.Infrastructure.IntegrationTests.Docker;

/// <summary>Images, and an engine that is absent, slow or broken.</summary>
[CancelAfter(180_000)]
internal sealed class DockerRunnerEngineTests
{
    [Test]
    public async Task EnsureImage_Present_GivesItWithoutAPull()
    {
        await using var rig = new Rig();
        var told = new Told();
        var image = await rig.Runner.EnsureImageAsync(EngineFixture.Image, told, Cancelled);
        Assert.That((image.Id, image.Digest), Is.EqualTo((EngineFixture.ImageId, EngineFixture.ImageId)));
        Assert.That(image.Command, Is.EqualTo(new[] { "echo by default" }));
        Assert.That(told.Sentences, Is.Empty);
    }

    [Test]
    public async Task EnsureImage_AbsentAndNoRegistry_TellsTheEnginesReason()
    {
        await using var rig = new Rig();
        Assert.That(
            async () => await rig.Runner.EnsureImageAsync("localhost:1/no-such/image:1", null, Cancelled),
            Throws.TypeOf<ImageUnavailableException>().With.Message.Contains("refused"));
    }

    [TestCase("../containers/json")]
    [TestCase("a/../../info")]
    [TestCase("image?x=y")]
    [TestCase("Upper/Case")]
    [TestCase("sha256:beef")]
    [TestCase("docker://image")]
    [TestCase("")]
    public async Task EnsureImage_NotAReference_IsRefusedBeforeTheEngineSeesIt(string reference)
    {
        await using var rig = new Rig(endpoint: "tcp://127.0.0.1:1");
        Assert.That(async () => await rig.Runner.EnsureImageAsync(reference, null, Cancelled), Throws.TypeOf<ImageUnavailableException>());
    }

    [Test]
    public async Task EnsureImage_SeveralWantTheSame_ShareOnePullAndHearOfIt()
    {
        var (pulls, go) = (0, new TaskCompletionSource());
        var image = "";
        await using var engine = await FakeAsync(app =>
        {
            app.MapGet("/images/{**name}", () => pulls == 0 || !go.Task.IsCompleted
                ? Results.Json(new { message = "No such image" }, statusCode: 404)
                : Results.Json(new { Id = "sha256:1", RepoDigests = new[] { "reg/img@sha256:abc" }, Config = new { Cmd = (string[]?)null } }));
            app.MapPost("/images/create", async (HttpContext context) =>
            {
                Interlocked.Increment(ref pulls);
                image = context.Request.Query["fromImage"];
                await context.Response.WriteAsync("""{"id":"l1","status":"Downloading","progressDetail":{"current":42000000,"total":100000000}}""" + "\n");
                await context.Response.Body.FlushAsync();
                await go.Task;
                await context.Response.WriteAsync("""{"id":"l1","status":"Pull complete","progressDetail":{}}""" + "\n");
            });
        });
        await using var runner = Runner(engine);
        var (first, second) = (new Told(), new Told());

        var one = runner.EnsureImageAsync("reg/img", first, Cancelled);
        await first.Until("Pulling image reg/img:latest: 42 % (42 of 100 MB)");
        var two = runner.EnsureImageAsync("reg/img", second, Cancelled);
        await second.Until("Pulling image reg/img:latest: 42 % (42 of 100 MB)");
        go.SetResult();

        Assert.That((await one, await two).Item1.Digest, Is.EqualTo("sha256:abc"));
        Assert.That((pulls, image), Is.EqualTo((1, "reg/img:latest")));
        Assert.That(first.Sentences[0], Is.EqualTo("Pulling image reg/img:latest"));
    }

    [Test]
    public async Task EnsureImage_RegistryRefusesWithinTheAnswer_TellsItsReason()
    {
        await using var engine = await FakeAsync(app =>
        {
            app.MapGet("/images/{**name}", () => Results.Json(new { message = "No such image" }, statusCode: 404));
            app.MapPost("/images/create", () => """{"errorDetail":{"message":"pull access denied"},"error":"pull access denied"}""");
        });
        await using var runner = Runner(engine);
        Assert.That(
            async () => await runner.EnsureImageAsync("reg/img:2", null, Cancelled),
            Throws.TypeOf<ImageUnavailableException>().With.Message.Contains("pull access denied"));
    }

    [Test]
    public async Task EnsureImage_PullNeverEnds_IsGivenUp()
    {
        var closing = new CancellationTokenSource();
        await using var engine = await FakeAsync(app =>
        {
            app.MapGet("/images/{**name}", () => Results.Json(new { message = "No such image" }, statusCode: 404));
            app.MapPost("/images/create", () => Task.Delay(Timeout.Infinite, closing.Token).ContinueWith(_ => "", TaskScheduler.Default));
        });
        await using var runner = Runner(engine, pulls: Briefly);
        Assert.That(
            async () => await runner.EnsureImageAsync("reg/img:2", null, Cancelled),
            Throws.TypeOf<ImageUnavailableException>().With.Message.Contains("longer than"));
        await closing.CancelAsync();
    }

    [TestCase("unix:///nonexistent/docker.sock")]
    [TestCase("tcp://127.0.0.1:1")]
    public async Task Ping_NobodyThere_NamesTheEndpointAndAHint(string endpoint)
    {
        await using var rig = new Rig(endpoint: endpoint);
        Assert.That(
            async () => await rig.Runner.PingAsync(Cancelled),
            Throws.TypeOf<EngineException>().With.Message.Contains(endpoint).And.Message.Contains("Docker:Endpoint"));
    }

    [Test]
    public async Task Ping_EngineAnswers_IsFine()
    {
        await using var rig = new Rig();
        await rig.Runner.PingAsync(Cancelled);
    }

    [Test]
    public async Task Ping_EngineAnswersWithAnError_TellsIt()
    {
        await using var engine = await FakeAsync(app => app.MapGet("/_ping", () => Results.Json(new { message = "on fire" }, statusCode: 500)));
        await using var runner = Runner(engine);
        Assert.That(async () => await runner.PingAsync(Cancelled), Throws.InstanceOf<EngineException>().With.Message.Contains("500: on fire"));
    }

    [Test]
    public async Task Ping_EngineIsStuck_IsGivenUp()
    {
        var closing = new CancellationTokenSource();
        await using var engine = await FakeAsync(app =>
            app.MapGet("/_ping", () => Task.Delay(Timeout.Infinite, closing.Token).ContinueWith(_ => "", TaskScheduler.Default)));
        await using var runner = Runner(engine, requests: Briefly);
        Assert.That(async () => await runner.PingAsync(Cancelled), Throws.TypeOf<EngineException>().With.Message.Contains("in time"));
        await closing.CancelAsync();
    }

    [Test]
    public async Task Wait_LongerThanTheRequestTimeout_IsNotCut()
    {
        await using var engine = await FakeAsync(app => app.MapPost("/containers/{id}/wait", async () =>
        {
            await Task.Delay(Briefly + Briefly);
            return Results.Json(new { StatusCode = 0 });
        }));
        await using var runner = Runner(engine, requests: Briefly);
        var exit = await runner.WaitAsync(new("c", JobId.New(), 1, ContainerState.Running), Cancelled);
        Assert.That(exit.ExitCode, Is.Zero);
    }

    [Test]
    public async Task Requests_OneAfterAnother_UseOneConnection()
    {
        var connections = new HashSet<string>();
        var socket = Path.Combine(Path.GetTempPath(), $"ogcp-{Guid.NewGuid():N}.sock");
        await using var engine = await FakeAsync(
            app => app.MapGet("/_ping", (HttpContext context) => { lock (connections) connections.Add(context.Connection.Id); return "OK"; }), socket);
        await using var runner = Runner(engine, $"unix://{socket}");
        for (var i = 0; i < 5; i++) await runner.PingAsync(Cancelled);
        Assert.That(connections, Has.Count.EqualTo(1));
    }

    [TestCase("Docker:Endpoint", "ssh://host")]
    [TestCase("Docker:InstanceId", "with blank")]
    [TestCase("Docker:Holders", "-1")]
    [TestCase("Sandbox:User", "root")]
    [TestCase("Sandbox:PidsLimit", "0")]
    public void Options_ThatMakeNoSense_AreRefused(string key, string value)
    {
        using var services = Services(new() { [key] = value });
        Assert.That(() => services.GetRequiredService<IContainerRunner>(), Throws.TypeOf<OptionsValidationException>());
    }

    [TestCase("Docker:EndPoints")]
    [TestCase("Sandbox:Privileged")]
    public void Options_ThatDoNotExist_AreRefused(string key)
    {
        using var services = Services(new() { [key] = "true" });
        Assert.That(() => services.GetRequiredService<IContainerRunner>(), Throws.InvalidOperationException);
    }

    [Test]
    public void Registration_WithoutConfiguration_GivesARunner()
    {
        using var services = Services([]);
        Assert.That(services.GetRequiredService<IContainerRunner>(), Is.TypeOf<DockerRunner>());
    }

    private static readonly TimeSpan Briefly = TimeSpan.FromSeconds(1);

    private static ServiceProvider Services(Dictionary<string, string?> settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .AddLogging()
        .AddSingleton(new ThisNode("node-1"))
        .AddDockerRunner()
        .BuildServiceProvider();

    /// <param name="engine">The engine it talks to.</param>
    /// <param name="endpoint">Its address, where that is no port.</param>
    /// <param name="requests">Longest time of a short request; long, unless a test is about it, since the machine may be busy.</param>
    /// <param name="pulls">Longest time of a pull.</param>
    private static DockerRunner Runner(WebApplication engine, string? endpoint = null, TimeSpan? requests = null, TimeSpan? pulls = null) => new(
        Options.Create(new DockerOptions
        {
            Endpoint = endpoint ?? engine.Urls.First().Replace("http:", "tcp:", StringComparison.Ordinal),
            RequestTimeout = requests ?? TimeSpan.FromMinutes(2),
            PullTimeout = pulls ?? TimeSpan.FromMinutes(2),
        }),
        Options.Create(new SandboxOptions()), new ThisNode("node-1"), TimeProvider.System, new TestLog<DockerRunner>());

    internal static async Task<WebApplication> FakeAsync(Action<WebApplication> routes, string? socket = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            if (socket is null) kestrel.Listen(IPAddress.Loopback, 0);
            else kestrel.ListenUnixSocket(socket);
        });
        var app = builder.Build();
        routes(app);
        await app.StartAsync();
        return app;
    }

    private sealed class Told : IProgress<string>
    {
        private readonly Dictionary<string, TaskCompletionSource> _awaited = [];

        public List<string> Sentences { get; } = [];

        public void Report(string value)
        {
            lock (_awaited)
            {
                Sentences.Add(value);
                Of(value).TrySetResult();
            }
        }

        public Task Until(string sentence)
        {
            lock (_awaited) return Of(sentence).Task.WaitAsync(TimeSpan.FromMinutes(1));
        }

        private TaskCompletionSource Of(string sentence) =>
            _awaited.TryGetValue(sentence, out var source) ? source : _awaited[sentence] = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
