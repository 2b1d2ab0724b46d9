using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Callbacks;

/// <summary>Keeps callbacks: the outbox of jobs. The store of jobs puts them there, with the change that raised them.</summary>
public interface ICallbackStore
{
    /// <summary>Takes callbacks that are due; nobody else gets them before the lease ends. Those that wait longest come first.</summary>
    /// <remarks>Leaves alone what would overtake an event of the same job that is being sent.</remarks>
    Task<IReadOnlyList<Callback>> TakeDueAsync(int most, DateTimeOffset now, DateTimeOffset leaseUntil, CancellationToken cancellationToken);

    /// <summary>Changes a callback on its present state, again when somebody else changed it meanwhile; does nothing when it is gone.</summary>
    Task UpdateAsync(JobId jobId, CallbackKind kind, Action<Callback> change, CancellationToken cancellationToken);

    /// <summary>The callbacks of a job, in the order they were raised.</summary>
    Task<IReadOnlyList<Callback>> ListAsync(JobId jobId, CancellationToken cancellationToken);
}
