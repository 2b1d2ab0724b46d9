using System.Collections.Concurrent;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs;

/// <summary>Tells, inside this process, that jobs were accepted or changed, here or on another node, or that callbacks are due.</summary>
/// <remarks>A signal only spares a polling wait: one that is lost costs time, never a job.</remarks>
public sealed class JobSignals : IDisposable
{
    private readonly SemaphoreSlim _work = new(0, 1);
    private readonly SemaphoreSlim _callbacks = new(0, 1);
    private readonly ConcurrentDictionary<JobId, TaskCompletionSource> _changes = new();
    private readonly ConcurrentDictionary<JobId, TaskCompletionSource> _written = new();

    /// <summary>Raised when another node has changed a job; with null where any job may have changed. Handlers neither wait nor throw.</summary>
    public event Action<JobId?>? ChangedElsewhere;

    /// <summary>Whether other nodes tell what they change; where they don't, it has to be looked for.</summary>
    public bool HearsOthers { get; set; }

    /// <summary>Says that there may be a job to start.</summary>
    public void Work() => Say(_work);

    /// <summary>Waits until there may be a job to start, or for the given time.</summary>
    public Task WaitForWorkAsync(TimeSpan atMost, CancellationToken cancellationToken) => _work.WaitAsync(atMost, cancellationToken);

    /// <summary>Says that there may be a callback to send.</summary>
    public void CallbackDue() => Say(_callbacks);

    /// <summary>Waits until there may be a callback to send, or for the given time.</summary>
    public Task WaitForCallbackAsync(TimeSpan atMost, CancellationToken cancellationToken) => _callbacks.WaitAsync(atMost, cancellationToken);

    /// <summary>Says that a job has changed.</summary>
    public void Changed(JobId id) => Say(_changes, id);

    /// <summary>Says that another node has changed a job.</summary>
    public void HearOf(JobId id)
    {
        Changed(id);
        ChangedElsewhere?.Invoke(id);
    }

    /// <summary>Says that other nodes may have done anything: what they told of it was not heard.</summary>
    public void HearOfAnything()
    {
        Work();
        CallbackDue();
        foreach (var id in _changes.Keys) Changed(id);
        ChangedElsewhere?.Invoke(null);
    }

    /// <summary>Completes with the next change of a job; to be asked for before a look at it.</summary>
    public Task NextChange(JobId id) => Hear(_changes, id);

    /// <summary>Whether somebody waits for the next change of a job.</summary>
    public bool IsAwaited(JobId id) => _changes.ContainsKey(id);

    /// <summary>Says that there is more in a job's log.</summary>
    public void Written(JobId id) => Say(_written, id);

    /// <summary>Completes when there is more in a job's log.</summary>
    public Task NextWritten(JobId id) => Hear(_written, id);

    /// <inheritdoc />
    public void Dispose()
    {
        _work.Dispose();
        _callbacks.Dispose();
    }

    private static void Say(ConcurrentDictionary<JobId, TaskCompletionSource> signals, JobId id)
    {
        if (signals.TryRemove(id, out var heard)) heard.TrySetResult();
    }

    private static Task Hear(ConcurrentDictionary<JobId, TaskCompletionSource> signals, JobId id) =>
        signals.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Lets one wait go on, now or when it comes.</summary>
    internal static void Say(SemaphoreSlim signal)
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Said already, and not yet heard.
        }
    }
}
