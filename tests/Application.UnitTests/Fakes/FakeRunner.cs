using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>A container engine in memory; its programs are delegates, and run until they are told to end.</summary>
internal sealed class FakeRunner : IContainerRunner
{
    private readonly ConcurrentDictionary<string, FakeContainer> _containers = [];
    private readonly ConcurrentDictionary<(JobId, int), TaskCompletionSource<FakeContainer>> _waited = [];

    /// <summary>What a container does once it is started; nothing by default, so that it runs on.</summary>
    public Action<FakeContainer> Program { get; set; } = _ => { };

    /// <summary>Throws what the call of a name is to fail with: "Start", "Wait", "Find", …</summary>
    public Action<string> Failing { get; set; } = _ => { };

    /// <summary>Pulls, or waits for it, or fails.</summary>
    public Func<string, IProgress<string>?, Task> Pull { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>How long a program takes to end once it is asked to.</summary>
    public Func<Task> Grace { get; set; } = () => Task.CompletedTask;

    public ContainerImage Image { get; set; } = new("sha256:image", "registry/busybox@sha256:digest", ["sh"]);

    /// <summary>The calls that change something, in their order: "Start 1" is the start of attempt 1.</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    public ConcurrentQueue<ContainerSpec> Specs { get; } = [];

    /// <summary>The containers whose log was followed, as they were known then.</summary>
    public ConcurrentQueue<JobContainer> Followed { get; } = [];

    public IReadOnlyCollection<FakeContainer> Containers => [.. _containers.Values];

    /// <summary>A container that an earlier run of the server, or somebody else, has made.</summary>
    public FakeContainer Add(JobId jobId, int attempt, ContainerState state, string workFolder = "")
    {
        var container = new FakeContainer(Guid.NewGuid().ToString("N"), jobId, attempt, workFolder) { State = state };
        _containers[container.Id] = container;
        return container;
    }

    /// <summary>The container of an attempt, once its end is waited for.</summary>
    public Task<FakeContainer> WaitedForAsync(JobId jobId, int attempt = 1) =>
        _waited.GetOrAdd((jobId, attempt), _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(TimeSpan.FromSeconds(10));

    public async Task<ContainerImage> EnsureImageAsync(string reference, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        Failing("EnsureImage");
        await Pull(reference, progress).WaitAsync(cancellationToken);
        return Image;
    }

    public Task<JobContainer> StartAsync(ContainerSpec spec, CancellationToken cancellationToken)
    {
        Failing("Start");
        Specs.Enqueue(spec);
        Calls.Enqueue($"Start {spec.Attempt}");
        var container = Add(spec.JobId, spec.Attempt, ContainerState.Running, spec.WorkFolder);
        Program(container);
        return Task.FromResult(container.Seen);
    }

    public Task<JobContainer?> FindAsync(JobId jobId, int attempt, CancellationToken cancellationToken)
    {
        Failing("Find");
        return Task.FromResult(_containers.Values.SingleOrDefault(one => one.JobId == jobId && one.Attempt == attempt)?.Seen);
    }

    public Task<IReadOnlyList<JobContainer>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<JobContainer>>([.. _containers.Values.Select(container => container.Seen)]);

    public IAsyncEnumerable<LogLine> FollowLogsAsync(JobContainer container, CancellationToken cancellationToken)
    {
        Failing("FollowLogs");
        Followed.Enqueue(container);
        return Existing(container).Lines.Reader.ReadAllAsync(cancellationToken);
    }

    public IAsyncEnumerable<ContainerUsage> FollowUsageAsync(JobContainer container, CancellationToken cancellationToken)
    {
        Failing("FollowUsage");
        return Existing(container).Usage.ToAsyncEnumerable();
    }

    public Task<ContainerExit> WaitAsync(JobContainer container, CancellationToken cancellationToken)
    {
        Failing("Wait");
        var one = Existing(container);
        _waited.GetOrAdd((one.JobId, one.Attempt), _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult(one);
        return one.Ended.WaitAsync(cancellationToken);
    }

    public async Task StopAsync(JobContainer container, TimeSpan grace, CancellationToken cancellationToken)
    {
        if (!_containers.TryGetValue(container.Id, out var one) || one.State == ContainerState.Exited) return;
        await Grace();
        Calls.Enqueue($"Stop {container.Attempt}");
        one.Exit(143);
    }

    public Task CollectAsync(JobContainer container, string workFolder, CancellationToken cancellationToken)
    {
        Failing("Collect");
        return Task.CompletedTask;
    }

    public async Task CopyStandardOutputAsync(JobContainer container, Stream destination, CancellationToken cancellationToken) =>
        await destination.WriteAsync(Encoding.UTF8.GetBytes(Existing(container).StandardOutput), cancellationToken);

    public Task RemoveAsync(JobContainer container, CancellationToken cancellationToken)
    {
        if (!_containers.TryRemove(container.Id, out var one)) return Task.CompletedTask;
        Calls.Enqueue($"Remove {container.Attempt}");
        one.Exit(137);
        return Task.CompletedTask;
    }

    /// <summary>Takes a container away behind the server's back.</summary>
    public void Lose(FakeContainer container) => _containers.TryRemove(container.Id, out _);

    public Task PingAsync(CancellationToken cancellationToken)
    {
        Failing("Ping");
        return Task.CompletedTask;
    }

    private FakeContainer Existing(JobContainer container) =>
        _containers.GetValueOrDefault(container.Id) ?? throw new EngineException("no such container");
}

/// <summary>A container, and the strings its program is pulled by.</summary>
internal sealed class FakeContainer(string id, JobId jobId, int attempt, string workFolder)
{
    private readonly TaskCompletionSource<ContainerExit> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id => id;

    public JobId JobId => jobId;

    public int Attempt => attempt;

    public ContainerState State { get; set; }

    public Channel<LogLine> Lines { get; } = Channel.CreateUnbounded<LogLine>();

    public string StandardOutput { get; set; } = "";

    /// <summary>What the program is seen to use, look by look.</summary>
    public List<ContainerUsage> Usage { get; } = [];

    public Task<ContainerExit> Ended => _ended.Task;

    public JobContainer Seen => new(id, jobId, attempt, State);

    public string Outputs => ContainerPaths.OnServer(workFolder, ContainerPaths.Outputs);

    public string Inputs => File.ReadAllText(ContainerPaths.OnServer(workFolder, ContainerPaths.InputsFile));

    public FakeContainer Write(string file, string content)
    {
        var path = Path.Combine(Outputs, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return this;
    }

    public FakeContainer Say(string line, LogSource source = LogSource.Stdout)
    {
        Lines.Writer.TryWrite(new(AJob.Now, source, line));
        return this;
    }

    public void Exit(long code = 0, bool outOfMemory = false)
    {
        State = ContainerState.Exited;
        Lines.Writer.TryComplete();
        _ended.TrySetResult(new(code, outOfMemory));
    }

    /// <summary>Breaks the wait off, as an engine does that goes away.</summary>
    public void Break(Exception failure)
    {
        Lines.Writer.TryComplete();
        _ended.TrySetException(failure);
    }
}
