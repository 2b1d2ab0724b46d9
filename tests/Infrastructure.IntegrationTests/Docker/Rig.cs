using Docker.DotNet.Models;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Docker;
using ContainerSpec = OgcProcesses.Application.Jobs.Run.ContainerSpec;

namespace OgcProcesses.Infrastructure.IntegrationTests.Docker;

/// <summary>A runner with an instance identifier of its own; at the end nothing of it may be left on the engine.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly List<DockerRunner> _runners = [];
    private readonly List<JobContainer> _containers = [];
    private readonly SandboxOptions _sandbox;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ogcp-test-");

    public Rig(SandboxOptions? sandbox = null, FileExchange files = FileExchange.Auto, int holders = 0, string? holderImage = null, string? endpoint = null)
    {
        _sandbox = sandbox ?? new();
        Docker = new()
        {
            InstanceId = $"test-{Guid.NewGuid():N}",
            Endpoint = endpoint,
            FileExchange = files,
            Holders = holders,
            HolderImage = holderImage ?? EngineFixture.Image,
        };
        Runner = Start();
    }

    public static CancellationToken Cancelled => TestContext.CurrentContext.CancellationToken;

    public DockerOptions Docker { get; }

    public DockerRunner Runner { get; }

    /// <summary>The time as the runners see it, which stands still unless a test moves it on.</summary>
    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    public string WorkFolder => Path.Combine(_folder.FullName, "attempt");

    /// <summary>Another run of the same server, or of another node.</summary>
    public DockerRunner Start(string node = "node-1")
    {
        var runner = new DockerRunner(Options.Create(Docker), Options.Create(_sandbox), new ThisNode(node), Clock, new TestLog<DockerRunner>());
        _runners.Add(runner);
        return runner;
    }

    /// <summary>A job that runs a shell script.</summary>
    public ContainerSpec Sh(string script)
    {
        Directory.CreateDirectory(WorkFolder);
        return new()
        {
            JobId = JobId.New(),
            Attempt = 1,
            ImageId = EngineFixture.ImageId,
            Entrypoint = ["/bin/sh", "-c"],
            Arguments = [script],
            Environment = new Dictionary<string, string>(),
            WorkFolder = WorkFolder,
            Cpu = 1,
            Memory = 64 * 1024 * 1024,
        };
    }

    public async Task<JobContainer> StartAsync(ContainerSpec spec)
    {
        var container = await Runner.StartAsync(spec, Cancelled);
        lock (_containers) _containers.Add(container);
        return container;
    }

    public Task<JobContainer> StartAsync(string script) => StartAsync(Sh(script));

    /// <summary>Runs a job to its end.</summary>
    public async Task<(JobContainer Container, ContainerExit Exit, List<LogLine> Log)> RunAsync(ContainerSpec spec)
    {
        var container = await StartAsync(spec);
        var exit = await Runner.WaitAsync(container, Cancelled);
        return (container, exit, await LogOfAsync(container));
    }

    public Task<(JobContainer Container, ContainerExit Exit, List<LogLine> Log)> RunAsync(string script) => RunAsync(Sh(script));

    public async Task<List<LogLine>> LogOfAsync(JobContainer container)
    {
        var lines = new List<LogLine>();
        await foreach (var line in Runner.FollowLogsAsync(container, Cancelled)) lines.Add(line);
        return lines;
    }

    /// <summary>Waits until a program has written a line.</summary>
    public async Task SeenAsync(JobContainer container, string text)
    {
        await foreach (var line in Runner.FollowLogsAsync(container, Cancelled))
            if (line.Text == text) return;
        Assert.Fail($"The program ended without having written '{text}'.");
    }

    public static Task<ContainerInspectResponse> InspectAsync(JobContainer container) => EngineFixture.Client.Containers.InspectContainerAsync(container.Id);

    /// <summary>Everything on the engine that carries the instance's label.</summary>
    public Task<IList<ContainerListResponse>> LeftAsync(string label = ContainerRecipe.InstanceLabel)
    {
        var labels = new Dictionary<string, bool> { [$"{ContainerRecipe.InstanceLabel}={Docker.Instance}"] = true, [label] = true };
        return EngineFixture.Client.Containers.ListContainersAsync(new() { All = true, Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = labels } });
    }

    public async ValueTask DisposeAsync()
    {
        var last = Start();
        foreach (var container in _containers) await last.RemoveAsync(container, default);
        foreach (var runner in _runners) await runner.DisposeAsync();

        var left = await LeftAsync();
        foreach (var container in left) await EngineFixture.Client.Containers.RemoveContainerAsync(container.ID, new() { Force = true, RemoveVolumes = true });
        _folder.Delete(recursive: true);
        Assert.That(left.Select(c => c.Names[0]), Is.Empty, "Left behind on the engine");
    }
}
