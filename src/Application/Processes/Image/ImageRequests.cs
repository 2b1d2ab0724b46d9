using System.Threading.Channels;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Image;

/// <summary>The processes whose image is to be looked at, or pulled, before anybody executes them.</summary>
/// <remarks>Deploying answers at once and never depends on the pull; a job that comes first makes sure of its image itself.</remarks>
public sealed class ImageRequests
{
    private readonly Channel<ProcessId> _ids = Channel.CreateUnbounded<ProcessId>();

    /// <summary>Asks for a look at a process's image.</summary>
    public void Add(ProcessId id) => _ids.Writer.TryWrite(id);

    /// <summary>The processes asked for, as they come.</summary>
    public IAsyncEnumerable<ProcessId> ReadAllAsync(CancellationToken cancellationToken) => _ids.Reader.ReadAllAsync(cancellationToken);
}
