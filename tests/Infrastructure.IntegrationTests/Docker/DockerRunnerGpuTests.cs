using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Docker;
using static OgcProcesses.Infrastructure.IntegrationTests.Docker.Rig;

namespace OgcProcesses.Infrastructure.IntegrationTests.Docker;

/// <summary>GPUs, as they are asked of an engine that keeps note of it; and a real engine that has none.</summary>
[CancelAfter(180_000)]
internal sealed class DockerRunnerGpuTests
{
    private readonly List<JsonObject> _containers = [];

    [SetUp]
    public void Forget() => _containers.Clear();

    [Test]
    public async Task Start_AskingForGpus_GetsSomeThatNoOtherHas()
    {
        await using var engine = await NotingAsync();
        await using var runner = Runner(engine);

        await Task.WhenAll(runner.StartAsync(Spec(1), Cancelled), runner.StartAsync(Spec(2), Cancelled));

        var requests = _containers.Select(made => made["HostConfig"]!["DeviceRequests"]![0]!).ToList();
        Assert.That(requests.Select(request => request["Capabilities"]!.ToJsonString()), Is.All.EqualTo("""[["gpu"]]"""));
        Assert.That(requests.SelectMany(Ids), Is.EquivalentTo(new[] { "0", "1", "GPU-3" }));
        Assert.That(requests.Select(request => request["Count"]?.GetValue<long>() ?? 0), Is.All.Zero, "The engine would give the first ones to everybody");
    }

    [Test]
    public async Task Start_OthersHaveThemAll_IsTriedAgainLater()
    {
        await using var engine = await NotingAsync();
        await using var runner = Runner(engine);
        await runner.StartAsync(Spec(2), Cancelled);

        Assert.That(async () => await runner.StartAsync(Spec(2), Cancelled), Throws.TypeOf<EngineException>().With.Message.Contains("1 are free"));
        _containers[0]["State"] = "exited";
        await runner.StartAsync(Spec(2), Cancelled);

        Assert.That(_containers.Select(made => string.Join(',', Ids(made["HostConfig"]!["DeviceRequests"]![0]!))), Is.EqualTo(new[] { "0,1", "0,1" }));
    }

    [Test]
    public async Task Start_AskingForNone_AsksTheEngineForNone()
    {
        await using var engine = await NotingAsync();
        await using var runner = Runner(engine);
        await runner.StartAsync(Spec(0), Cancelled);
        Assert.That(_containers.Single()["HostConfig"]!["DeviceRequests"] is null or JsonArray { Count: 0 }, Is.True);
    }

    [Test]
    public async Task Start_EngineHasNoGpu_TellsItsReasonAndLeavesNothing()
    {
        await using var rig = new Rig();
        var spec = rig.Sh("exit 0") with { Gpus = 1, NodeGpus = ["ogcp-no-such-gpu"] };
        Assert.That(async () => await rig.StartAsync(spec), Throws.InstanceOf<EngineException>().With.Message.Contains("could not be started"));
        Assert.That(await rig.LeftAsync(), Is.Empty);
    }

    private static IEnumerable<string> Ids(JsonNode request) => request["DeviceIDs"]!.AsArray().Select(id => id!.GetValue<string>());

    private static ContainerSpec Spec(int gpus) => new()
    {
        JobId = JobId.New(), Attempt = 1, ImageId = "sha256:1", Environment = new Dictionary<string, string>(), WorkFolder = Path.GetTempPath(),
        Entrypoint = ["true"], Arguments = [], Cpu = 1, Memory = 1 << 26, Gpus = gpus, NodeGpus = ["0", "1", "GPU-3"],
    };

    private static DockerRunner Runner(WebApplication engine) => new(
        Options.Create(new DockerOptions
        {
            Endpoint = engine.Urls.First().Replace("http:", "tcp:", StringComparison.Ordinal), InstanceId = "gpus", Holders = 0, FileExchange = FileExchange.Archive,
        }),
        Options.Create(new SandboxOptions()), new ThisNode("node-1"), TimeProvider.System, new TestLog<DockerRunner>());

    /// <summary>An engine that notes what it is asked to create.</summary>
    private Task<WebApplication> NotingAsync() => DockerRunnerEngineTests.FakeAsync(app =>
    {
        app.MapPost("/containers/create", async (HttpContext context) =>
        {
            var made = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
            lock (_containers)
            {
                _containers.Add(made);
                return Results.Json(new { Id = $"{_containers.Count}" }, statusCode: 201);
            }
        });
        app.MapGet("/containers/json", () =>
        {
            lock (_containers)
            {
                return Results.Json(_containers
                    .Where(made => made["Labels"]!["org.ogcprocesses.gpus"] is not null)
                    .Select((made, index) => new { Id = $"{index}", State = made["State"]?.GetValue<string>() ?? "running", Labels = made["Labels"] }).ToList());
            }
        });
        app.MapPut("/containers/{id}/archive", () => Results.Ok());
        app.MapPost("/containers/{id}/start", () => Results.NoContent());
    });
}
