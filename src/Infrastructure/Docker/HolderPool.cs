using System.Collections.Concurrent;
using System.Net;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Docker;

/// <summary>Keeps containers whose only use is their network namespace, which is empty and which one job at a time may join.</summary>
/// <remarks>
/// Making a namespace re-executes the daemon's binary two or three times; joining one saves about half of what a trivial
/// job costs. A pool that has none to give is no failure: the job gets its own. A holder may vanish at any time without
/// harm to a program that has started; it keeps the namespace.
/// </remarks>
internal sealed partial class HolderPool(
    EngineConnection engine, DockerOptions options, ContainerRecipe recipe, ThisNode node, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    /// <summary>How long none is made after one could not be.</summary>
    public static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Stack<Holder> _idle = [];
    private readonly HashSet<Task> _making = [];
    private readonly HashSet<Task> _watching = [];
    private readonly ConcurrentDictionary<string, Holder> _leases = [];
    private readonly ConcurrentQueue<string> _unremoved = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly string _run = Guid.NewGuid().ToString("N");

    private int _count;
    private bool _swept;
    private long? _failed;

    /// <summary>A holder for a job that is about to be created; null when none is free, and then one more is made for later.</summary>
    public Holder? TryLease()
    {
        lock (_lock)
        {
            if (_closing.IsCancellationRequested) return null;
            while (_idle.TryPop(out var holder))
                if (!holder.Gone) return holder;

            var resting = _failed is { } failed && clock.GetElapsedTime(failed) < AfterFailure;
            if (_count < options.Holders && !resting)
            {
                _count++;
                Track(_making, MakeAsync);
            }

            return null;
        }
    }

    /// <summary>Ties a lease to the job's container, so that it ends with it.</summary>
    public void Bind(Holder holder, string containerId) => _leases[containerId] = holder;

    /// <summary>Ends the lease of a container that has ended, if it has one.</summary>
    public void Release(string containerId)
    {
        if (_leases.TryRemove(containerId, out var holder)) Return(holder);
    }

    /// <summary>Gives a holder back.</summary>
    public void Return(Holder holder)
    {
        lock (_lock)
            if (!holder.Gone) _idle.Push(holder);
    }

    /// <summary>Completes when the holders that are being made are ready.</summary>
    public Task SettleAsync()
    {
        lock (_lock) return Task.WhenAll(_making);
    }

    /// <summary>Removes all holders.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_closing.IsCancellationRequested) return;
            _closing.Cancel();
        }

        try
        {
            await SettleAsync().WaitAsync(Patience);
            Task[] watching;
            lock (_lock) watching = [.. _watching];
            await Task.WhenAll(watching).WaitAsync(Patience);
            // A run that started no job has not looked yet for what the one before it left.
            if (!_swept && options is { Holders: > 0, InstanceId: not null }) await SweepAsync().WaitAsync(Patience);
        }
        catch (Exception e) when (e is TimeoutException or EngineException)
        {
            // The next run clears away what a stuck engine still has.
            LogFailed(e);
        }
    }

    private async Task MakeAsync()
    {
        string? id = null;
        try
        {
            if (!_swept) await SweepAsync();
            _swept = true;
            for (var left = _unremoved.Count; left > 0 && _unremoved.TryDequeue(out var earlier); left--) await RemoveAsync(earlier);

            // Not to be cut, lest a holder stays that nobody knows of.
            id = (await engine.AskAsync(client => client.Containers.CreateContainerAsync(recipe.Holder(_run)), default)).ID;
            await engine.AskAsync(client => client.Containers.StartContainerAsync(id, new()), default);
            var holder = new Holder(id);
            lock (_lock)
            {
                _failed = null;
                _idle.Push(holder);
                holder.Ended = Track(_watching, () => WatchAsync(holder));
            }
        }
        catch (EngineException e)
        {
            if (e is EngineAnswerException { Status: HttpStatusCode.NotFound }) LogNoImage(options.HolderImage);
            else LogFailed(e);
            lock (_lock) (_count, _failed) = (_count - 1, clock.GetTimestamp());
            if (id is not null) await RemoveAsync(id);
        }
    }

    /// <summary>Waits for the end of a holder, which comes with the pool's or by accident, and clears it away.</summary>
    private async Task WatchAsync(Holder holder)
    {
        try
        {
            await engine.AskAsync(client => client.Containers.WaitContainerAsync(holder.Id, _closing.Token), _closing.Token);
            LogLost(holder.Id);
        }
        catch (EngineException e)
        {
            LogFailed(e);
        }
        catch (OperationCanceledException)
        {
        }

        lock (_lock)
        {
            holder.Gone = true;
            _count--;
        }

        await RemoveAsync(holder.Id);
    }

    /// <summary>Removes the holders of this node's earlier runs, and those of other nodes when they are old.</summary>
    /// <remarks>A node that still lives replaces what it loses this way; of one that never comes back nothing stays.</remarks>
    private async Task SweepAsync()
    {
        var filter = new Dictionary<string, bool>
        {
            [$"{ContainerRecipe.InstanceLabel}={options.Instance}"] = true,
            [ContainerRecipe.HolderLabel] = true,
        };
        var query = new ContainersListParameters { All = true, Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = filter } };
        foreach (var found in await engine.AskAsync(client => client.Containers.ListContainersAsync(query), default))
        {
            var isOurs = found.Labels.TryGetValue(ContainerRecipe.NodeLabel, out var owner) && owner == node.Id;
            if (isOurs ? found.Labels[ContainerRecipe.HolderLabel] != _run : clock.GetUtcNow() - found.Created > Abandoned) await RemoveAsync(found.ID);
        }
    }

    private async Task RemoveAsync(string id)
    {
        try
        {
            await engine.AskAsync(client => client.Containers.RemoveContainerAsync(id, new() { Force = true }), default);
        }
        catch (EngineAnswerException e) when (e.Status is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
        }
        catch (EngineException e)
        {
            LogFailed(e);
            // Often the engine was just away, and so the wait for this one ended too; it may still run when it is back.
            _unremoved.Enqueue(id);
        }
    }

    /// <summary>Runs something beside the caller, who holds the lock, and keeps it in a set until it is done.</summary>
    private Task Track(HashSet<Task> set, Func<Task> work)
    {
        var task = Task.Run(work);
        set.Add(task);
        task.ContinueWith(
            done => { lock (_lock) set.Remove(done); },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;
    }

    [LoggerMessage(LogLevel.Information, "No network holders are kept, since image {Image} is absent; jobs without a network start more slowly")]
    private partial void LogNoImage(string image);

    [LoggerMessage(LogLevel.Warning, "A network holder could not be kept")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Network holder {Id} ended by itself")]
    private partial void LogLost(string id);
}

/// <summary>A container that holds a network namespace.</summary>
internal sealed class Holder(string id)
{
    public string Id => id;

    /// <summary>Whether it has ended; nobody may join it any more.</summary>
    public bool Gone { get; set; }

    /// <summary>Completes when it has ended and was cleared away.</summary>
    public Task Ended { get; set; } = Task.CompletedTask;
}
