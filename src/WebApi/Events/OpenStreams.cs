using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.WebApi.Events;

/// <summary>Counts the event streams that are open, and ends them when the server stops.</summary>
internal sealed class OpenStreams(IOptions<EventOptions> options, IHostApplicationLifetime lifetime)
{
    /// <summary>When a client that found no place should come back.</summary>
    private static readonly TimeSpan ComeBack = TimeSpan.FromSeconds(10);

    private int _open;

    /// <summary>Fires when the server stops, which would wait for open streams.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    /// <summary>Takes a place until what it gives is disposed.</summary>
    /// <exception cref="OgcException">All are taken.</exception>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref _open) <= options.Value.MaxStreams) return new Place(this);
        Interlocked.Decrement(ref _open);
        throw new OgcException(OgcError.TooManyStreams, $"{options.Value.MaxStreams} event streams are open, which is the most (Events:MaxStreams). Ask for the status instead, or again later.")
        {
            RetryAfter = ComeBack,
        };
    }

    private sealed class Place(OpenStreams streams) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) Interlocked.Decrement(ref streams._open);
        }
    }
}
