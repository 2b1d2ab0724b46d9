using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using static OgcProcesses.Infrastructure.Docker.ContainerRecipe;
using ContainerSpec = OgcProcesses.Application.Jobs.Run.ContainerSpec;
using ContainerState = OgcProcesses.Application.Jobs.Run.ContainerState;

namespace OgcProcesses.Infrastructure.Docker;

/// <summary>Runs jobs on a Docker engine: per job create, start, wait and remove, and no listing.</summary>
internal sealed partial class DockerRunner : IContainerRunner, IAsyncDisposable, IDisposable
{
    /// <summary>The engine's messages are at most 16 KiB; what the <c>local</c> log driver adds to each is less than this.</summary>
    private const int LogOverhead = 128;

    /// <summary>The exit code of a program that SIGKILL ended.</summary>
    private const long Killed = 137;

    private static readonly string[] ProgramFaults =
        ["executable file not found", "exec format error", "starting container process caused"];

    private readonly DockerOptions _docker;
    private readonly SandboxOptions _sandbox;
    private readonly ILogger _logger;
    private readonly EngineConnection _engine;
    private readonly ImageStore _images;
    private readonly ContainerRecipe _recipe;
    private readonly SemaphoreSlim _choosingGpus = new(1, 1);
    private readonly UsageSampler _usage;

    public DockerRunner(
        IOptions<DockerOptions> docker, IOptions<SandboxOptions> sandbox, ThisNode node, TimeProvider clock, ILogger<DockerRunner> logger)
    {
        (_docker, _sandbox, _logger) = (docker.Value, sandbox.Value, logger);
        _engine = new(_docker);
        _images = new(_engine, _docker, clock, logger);
        _recipe = new(_docker, _sandbox, node);
        _usage = new(_engine, new Cgroups(), clock);
        Holders = new(_engine, _docker, _recipe, node, clock, logger);
    }

    /// <summary>The network namespaces kept ready.</summary>
    internal HolderPool Holders { get; }

    public Task<ContainerImage> EnsureImageAsync(string reference, IProgress<string>? progress, CancellationToken cancellationToken) =>
        _images.EnsureAsync(reference, progress, cancellationToken);

    /// <summary>Creates and starts the container of an attempt, or what is left to do of it after a crash.</summary>
    /// <remarks>
    /// 1. Make the work folder readable for the sandbox's user. 2. Create, joining a ready network namespace where there is one;
    /// a container that is there already is taken as it is. 3. Upload the inputs where the disk is not shared. 4. Start.
    /// 5. When that failed, remove it; once more with an own namespace when the other was the cause. The token stops it until
    /// it is about to be started, no later: the caller shall know of every container that runs.
    /// </remarks>
    public async Task<JobContainer> StartAsync(ContainerSpec spec, CancellationToken cancellationToken)
    {
        if (!_docker.UsesArchives) WorkFolder.Open(spec.WorkFolder);
        var defaults = NeedsDefaults(spec) ? await DefaultsOf(spec, cancellationToken) : null;

        for (var mayJoin = spec.Network is null; ; mayJoin = false)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var holder = mayJoin ? Holders.TryLease() : null;
            Created created;
            try
            {
                created = await CreateAsync(spec, defaults, holder);
            }
            catch when (holder is not null)
            {
                Holders.Return(holder);
                if (await RunsAsync(holder.Id)) throw;
                LogHolderLost(spec.JobId, holder.Id);
                continue;
            }

            if (created.Existing is { State: not ContainerState.Created } existing) return existing;
            try
            {
                if (_docker.UsesArchives) await UploadAsync(created.Id, spec.WorkFolder, cancellationToken);
                await _engine.AskAsync(client => client.Containers.StartContainerAsync(created.Id, new()), default);
                return new(created.Id, spec.JobId, spec.Attempt, ContainerState.Running, ImageId: spec.ImageId);
            }
            catch (Exception e)
            {
                await DiscardAsync(created.Id);
                if (e is EngineAnswerException && created.Joined is { } joined && !await RunsAsync(joined))
                {
                    LogHolderLost(spec.JobId, joined);
                    continue;
                }

                if (e is EngineAnswerException answer) throw Refusal("The container could not be started", answer);
                throw;
            }
        }
    }

    public async Task<JobContainer?> FindAsync(JobId jobId, int attempt, CancellationToken cancellationToken) =>
        await InspectAsync(NameOf(jobId, attempt), cancellationToken) is { } found
            ? Known(found)
            : null;

    public async Task<IReadOnlyList<JobContainer>> ListAsync(CancellationToken cancellationToken)
    {
        var labels = new Dictionary<string, bool> { [$"{InstanceLabel}={_docker.Instance}"] = true, [JobLabel] = true };
        var query = new ContainersListParameters
        {
            All = true,
            Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = labels },
        };
        var found = await _engine.AskAsync(client => client.Containers.ListContainersAsync(query, cancellationToken), cancellationToken);
        return [.. found.Select(c => Known(c.ID, c.Labels, c.State, null, c.ImageID)).OfType<JobContainer>()];
    }

    public async IAsyncEnumerable<LogLine> FollowLogsAsync(
        JobContainer container, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = new LogLines();
        // The whole log of an ended program is there at once; only a followed one may need another pass.
        var ended = container.State == ContainerState.Exited;
        for (var pass = 0; lines.NextPass(out var since) && !(ended && pass > 0); pass++)
        {
            using var log = await OpenLogAsync(container, follow: !ended, since, cancellationToken);
            if (log is null) break;

            await using var frames = LogFrames.ReadAsync(log, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await _engine.TellAsync(() => frames.MoveNextAsync().AsTask(), cancellationToken))
            {
                foreach (var line in lines.Add(frames.Current)) yield return line;
            }
        }

        foreach (var line in lines.End()) yield return line;
    }

    public IAsyncEnumerable<ContainerUsage> FollowUsageAsync(JobContainer container, CancellationToken cancellationToken) =>
        _usage.FollowAsync(container.Id, cancellationToken);

    public async Task<ContainerExit> WaitAsync(JobContainer container, CancellationToken cancellationToken)
    {
        // The engine would at once answer 0 for a program that never ran.
        if (container.State == ContainerState.Created) throw new EngineException("The container was never started.");
        try
        {
            var end = await _engine.AskAsync(client => client.Containers.WaitContainerAsync(container.Id, cancellationToken), cancellationToken);
            Holders.Release(container.Id);
            if (end.StatusCode == 0) return new(0, OutOfMemory: false);

            var ended = await _engine.AskAsync(
                client => client.Containers.InspectContainerAsync(container.Id, cancellationToken), cancellationToken);
            // Its end may be that of a removal under way, which kills it first.
            if (ended.State.Status is "removing" or "dead") throw new EngineException("The container was removed from the engine by somebody else.");
            var outOfMemory = ended.State.OOMKilled
                || (end.StatusCode == Killed && await OutOfMemoryToldLateAsync(ended, cancellationToken));
            return new(end.StatusCode, outOfMemory);
        }
        catch (EngineAnswerException e) when (e.Status == HttpStatusCode.NotFound)
        {
            Holders.Release(container.Id);
            throw new EngineException("The container vanished from the engine before its end was seen.", e);
        }
    }

    public async Task StopAsync(JobContainer container, TimeSpan grace, CancellationToken cancellationToken)
    {
        var seconds = (uint)Math.Ceiling(Math.Max(0, grace.TotalSeconds));
        try
        {
            // Docker.DotNet leaves out a zero, which the engine would take for ten seconds.
            await _engine.AskAsync(
                client => seconds == 0
                    ? client.Containers.KillContainerAsync(container.Id, new(), cancellationToken)
                    : client.Containers.StopContainerAsync(container.Id, new() { WaitBeforeKillSeconds = seconds }, cancellationToken),
                cancellationToken);
        }
        catch (EngineAnswerException e) when (e.Status is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // Gone, or ended already (409 of kill).
        }
    }

    public async Task CollectAsync(JobContainer container, string workFolder, CancellationToken cancellationToken)
    {
        if (!_docker.UsesArchives) return;

        var what = new GetArchiveFromContainerParameters { Path = ContainerPaths.Outputs };
        var answer = await _engine.AskAsync(
            client => client.Containers.GetArchiveFromContainerAsync(container.Id, what, statOnly: false, cancellationToken), cancellationToken);
        await using var archive = answer.Stream;
        var outputs = ContainerPaths.OnServer(workFolder, ContainerPaths.Outputs);
        try
        {
            await OutputArchive.UnpackAsync(archive, outputs, _sandbox.MaxArchiveBytes, _sandbox.MaxArchiveEntries, cancellationToken);
        }
        catch (Exception e) when (e is HttpIOException or EndOfStreamException or InvalidDataException
                                       or IOException { InnerException: SocketException })
        {
            // Any other failure to write is the server's own disk.
            throw new EngineException($"The outputs broke off on their way from the engine: {e.Message}", e);
        }
    }

    /// <inheritdoc />
    /// <remarks>
    /// Both streams are read, since both fill the log: as long as they fit into one of its two files, the engine has
    /// thrown nothing away. Where it may have, this fails rather than give a part for the whole. One loss can't be seen: the
    /// end of the very last line, when that is longer than 16 KiB.
    /// </remarks>
    public async Task CopyStandardOutputAsync(JobContainer container, Stream destination, CancellationToken cancellationToken)
    {
        using var log = await OpenLogAsync(container, follow: false, since: null, cancellationToken)
            ?? throw new EngineException("The container vanished from the engine, and its standard output with it.");

        var (written, kept, lineOpen, lineBegun) = (0L, 0L, false, 0L);
        await using var frames = LogFrames.ReadAsync(log, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await _engine.TellAsync(() => frames.MoveNextAsync().AsTask(), cancellationToken))
        {
            var (source, bytes) = frames.Current;
            if (source is null) throw new EngineException($"The engine can't read the log: {Encoding.UTF8.GetString(bytes.Span).Trim()}");

            kept += bytes.Length + LogOverhead;
            if (kept >= _sandbox.LogSize) throw TooMuch($"the {_sandbox.LogSize} bytes of log that are kept");
            if (source != LogSource.Stdout) continue;

            // The log driver forgets the end of a line longer than 16 KiB; only the next line's timestamp tells of it.
            var (at, text) = frames.Current.Stamped();
            if (lineOpen && at != lineBegun) await WriteAsync("\n"u8.ToArray());
            await WriteAsync(text);
            (lineOpen, lineBegun) = (text.Span is not [.., (byte)'\n'], at);
        }

        async Task WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            written += bytes.Length;
            if (written > _sandbox.MaxStdoutBytes) throw TooMuch($"{_sandbox.MaxStdoutBytes} bytes to its standard output");
            await destination.WriteAsync(bytes, cancellationToken);
        }

        static OutputRefusedException TooMuch(string than) => new($"The program wrote more than {than}; large outputs belong in files.", JobFailureKind.LimitExceeded);
    }

    public async Task RemoveAsync(JobContainer container, CancellationToken cancellationToken)
    {
        await RemoveAsync(container.Id, cancellationToken);
        Holders.Release(container.Id);
    }

    public Task PingAsync(CancellationToken cancellationToken) =>
        _engine.AskAsync(client => client.System.PingAsync(cancellationToken), cancellationToken);

    /// <summary>Leaves the jobs' containers as they are, for the next run of the server to find.</summary>
    public async ValueTask DisposeAsync()
    {
        _images.Dispose();
        await Holders.DisposeAsync();
        _choosingGpus.Dispose();
        _engine.Dispose();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <remarks>The engine drops the image's command when the entrypoint is replaced, and keeps it when it is replaced by nothing.</remarks>
    private static bool NeedsDefaults(ContainerSpec spec) =>
        spec is { Entrypoint: not null, Arguments: null } or { Entrypoint: null, Arguments.Count: 0 };

    private async Task<Config> DefaultsOf(ContainerSpec spec, CancellationToken cancellationToken)
    {
        var config = await _images.ConfigOfAsync(spec.ImageId, cancellationToken);
        if (spec.Entrypoint is null && config.Entrypoint is not { Count: > 0 })
            throw new ContainerRefusedException("The image has no entrypoint, and there is no command.");
        return config;
    }

    private async Task<Created> CreateAsync(ContainerSpec spec, Config? defaults, Holder? holder)
    {
        if (spec.Gpus == 0) return await CreateAsync(spec, defaults, holder, []);
        // One after the other, so that two jobs do not choose the same.
        await _choosingGpus.WaitAsync();
        try
        {
            return await CreateAsync(spec, defaults, holder, await ChooseGpusAsync(spec));
        }
        finally
        {
            _choosingGpus.Release();
        }
    }

    /// <summary>As many of the node's GPUs as are asked for, none of which a container has; the engine's containers are the truth, also after a crash.</summary>
    private async Task<IReadOnlyList<string>> ChooseGpusAsync(ContainerSpec spec)
    {
        var labels = new Dictionary<string, bool> { [$"{InstanceLabel}={_docker.Instance}"] = true, [GpusLabel] = true };
        var query = new ContainersListParameters { All = true, Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = labels } };
        var found = await _engine.AskAsync(client => client.Containers.ListContainersAsync(query), default);
        var taken = found.Where(c => c.State is not ("exited" or "dead")).SelectMany(c => c.Labels[GpusLabel].Split(',')).ToHashSet();
        var free = spec.NodeGpus.Where(gpu => !taken.Contains(gpu)).Take(spec.Gpus).ToList();
        return free.Count == spec.Gpus ? free : throw new EngineException($"Of the node's GPUs {free.Count} are free, and the job needs {spec.Gpus}.");
    }

    private async Task<Created> CreateAsync(ContainerSpec spec, Config? defaults, Holder? holder, IReadOnlyList<string> gpus)
    {
        try
        {
            var what = _recipe.For(spec, defaults, holder?.Id, gpus);
            var made = await _engine.AskAsync(client => client.Containers.CreateContainerAsync(what), default);
            foreach (var warning in made.Warnings ?? []) LogWarning(spec.JobId, warning);
            if (holder is not null) Holders.Bind(holder, made.ID);
            return new(made.ID, holder?.Id, Existing: null);
        }
        catch (EngineAnswerException e) when (e.Status == HttpStatusCode.Conflict)
        {
            // Of an earlier call, which a crash cut.
            var found = await InspectAsync(NameOf(spec.JobId, spec.Attempt), default);
            if (found is null || Known(found) is not { } existing)
                throw new ContainerRefusedException($"The container's name is taken by one that is not ours: {e.Reason}", e);

            if (holder is not null) Holders.Return(holder);
            var network = found.HostConfig.NetworkMode ?? "";
            return new(found.ID, network.StartsWith(Joining, StringComparison.Ordinal) ? network[Joining.Length..] : null, existing);
        }
        catch (EngineAnswerException e)
        {
            throw Refusal("The container could not be created", e);
        }
    }

    /// <summary>Tells what would fail again from what another attempt may cure.</summary>
    private static EngineException Refusal(string what, EngineAnswerException answer)
    {
        if (answer.Reason.Contains("bind source path", StringComparison.Ordinal))
        {
            const string hint = "The engine does not see the server's disk; set Docker:FileExchange to Archive.";
            return new ContainerRefusedException($"{what}: {answer.Reason}. {hint}", answer);
        }

        // Engines answer 400 for a program that is not there, some of its variants 500.
        return answer.Status == HttpStatusCode.BadRequest || ProgramFaults.Any(fault => answer.Reason.Contains(fault, StringComparison.Ordinal))
            ? new ContainerRefusedException($"{what}: {answer.Reason}", answer)
            : new EngineException($"{what}: {answer.Reason}", answer);
    }

    private async Task UploadAsync(string id, string workFolder, CancellationToken cancellationToken)
    {
        await using var archive = OutputArchive.Pack(workFolder, cancellationToken);
        var where = new ContainerPathStatParameters { Path = ContainerPaths.Root };
        await _engine.TransferAsync(
            client => client.Containers.ExtractArchiveToContainerAsync(id, where, archive, cancellationToken), cancellationToken);
    }

    private async Task<ContainerInspectResponse?> InspectAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await _engine.AskAsync(client => client.Containers.InspectContainerAsync(name, cancellationToken), cancellationToken);
        }
        catch (EngineAnswerException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Whether the engine heard of the lack of memory only after the end.</summary>
    /// <remarks>Seen in about 2 of 100 on a busy machine: the state says nothing then, but an event comes within a moment.</remarks>
    private async Task<bool> OutOfMemoryToldLateAsync(ContainerInspectResponse ended, CancellationToken cancellationToken)
    {
        // By the engine's clock, which is not the server's.
        if (!DateTimeOffset.TryParse(ended.State.FinishedAt, CultureInfo.InvariantCulture, out var finished)) return false;
        var query = new ContainerEventsParameters
        {
            Since = $"{finished.ToUnixTimeSeconds() - 1}",
            Until = $"{finished.ToUnixTimeSeconds() + 2}",
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["container"] = new Dictionary<string, bool> { [ended.ID] = true },
                ["event"] = new Dictionary<string, bool> { ["oom"] = true },
            },
        };

        // Docker.DotNet's reading blocks a thread, and a cancellation from another one does not always wake it: whoever asks may
        // go, and leaves it to end with the time asked about.
        var told = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(told.Token, cancellationToken);
        try
        {
            await _engine.AskAsync(
                client => client.System.MonitorEventsAsync(query, new Heard(told), told.Token).WaitAsync(cancellationToken), either.Token);
        }
        catch (OperationCanceledException) when (told.IsCancellationRequested)
        {
            return true;
        }

        return told.IsCancellationRequested;
    }

    private async Task<bool> RunsAsync(string id) => await InspectAsync(id, default) is { State.Running: true };

    /// <summary>The container by its labels; null when they are not this installation's.</summary>
    private JobContainer? Known(ContainerInspectResponse found) =>
        Known(found.ID, found.Config.Labels, found.State.Status, found.State.StartedAt, found.Image);

    private JobContainer? Known(string id, IDictionary<string, string>? labels, string state, string? started, string? imageId)
    {
        if (Label(InstanceLabel) != _docker.Instance
            || !JobId.TryParse(Label(JobLabel), out var jobId)
            || !int.TryParse(Label(AttemptLabel), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)) return null;

        var known = state switch
        {
            "created" => ContainerState.Created,
            "running" or "paused" or "restarting" => ContainerState.Running,
            _ => ContainerState.Exited,
        };
        var since = DateTimeOffset.TryParse(started, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : (DateTimeOffset?)null;
        return new(id, jobId, attempt, known, since, imageId);

        string? Label(string name) => labels?.TryGetValue(name, out var value) == true ? value : null;
    }

    /// <summary>The raw log of both streams; null when the container is gone.</summary>
    private async Task<MultiplexedStream?> OpenLogAsync(
        JobContainer container, bool follow, string? since, CancellationToken cancellationToken)
    {
        var what = new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Timestamps = true, Follow = follow, Since = since };
        try
        {
            // "tty" keeps Docker.DotNet from taking the frames apart.
            return await _engine.AskAsync(
                client => client.Containers.GetContainerLogsAsync(container.Id, tty: true, what, cancellationToken), cancellationToken);
        }
        catch (EngineAnswerException e) when (e.Status is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // Gone, or about to be (409: marked for removal).
            return null;
        }
    }

    private async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var what = new ContainerRemoveParameters { Force = true, RemoveVolumes = true };
            await _engine.AskAsync(client => client.Containers.RemoveContainerAsync(id, what, cancellationToken), cancellationToken);
        }
        catch (EngineAnswerException e) when (e.Status is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // Gone, or about to be (409: removal is already in progress).
        }
    }

    /// <summary>Removes a container that could not be started; a failure here must not hide the one before.</summary>
    private async Task DiscardAsync(string id)
    {
        Holders.Release(id);
        try
        {
            await RemoveAsync(id, default);
        }
        catch (EngineException e)
        {
            LogLeftBehind(e, id);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The engine warns about the container of job {JobId}: {Warning}")]
    private partial void LogWarning(JobId jobId, string warning);

    [LoggerMessage(LogLevel.Information, "Job {JobId} was to join network holder {Holder}, which has gone; it gets its own namespace")]
    private partial void LogHolderLost(JobId jobId, string holder);

    [LoggerMessage(LogLevel.Warning, "Container {Id} could not be started and could not be removed either")]
    private partial void LogLeftBehind(Exception exception, string id);

    /// <summary>A container that may be started.</summary>
    private sealed record Created(string Id, string? Joined, JobContainer? Existing);

    /// <summary>Ends the listening with the first event.</summary>
    private sealed class Heard(CancellationTokenSource told) : IProgress<Message>
    {
        public void Report(Message value) => told.Cancel();
    }
}
