using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Callbacks;

/// <summary>Writes what callbacks carry, as this API's own answers put it.</summary>
public interface ICallbackContent
{
    /// <summary>Writes, as JSON, a successful job's results document, a failed one's problem document, else the job's status.</summary>
    /// <exception cref="OgcException">The job no longer has what the callback tells.</exception>
    Task WriteAsync(Job job, CallbackKind kind, Stream body, CancellationToken cancellationToken);

    /// <summary>The address of a job's status.</summary>
    Uri StatusOf(Job job);
}
