using System.Buffers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using OgcProcesses.Application.Jobs.Events;

namespace OgcProcesses.WebApi.Events;

/// <summary>Writes events as they come, those that are there at once together.</summary>
/// <remarks>The framework's own result sends no comments, without which a silent stream looks dead to proxies.</remarks>
internal sealed class EventWriter(Stream body, JsonSerializerOptions json, EventOptions options, TimeProvider clock)
{
    private const int LargestWrite = 32 << 10;

    /// <summary>How soon a client whose stream ended too early comes back.</summary>
    private static readonly TimeSpan Reconnection = TimeSpan.FromSeconds(2);

    /// <summary>Writes all events, until there are no more or none for too long.</summary>
    public async Task WriteAsync(IAsyncEnumerable<JobEvent> events, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var all = events.GetAsyncEnumerator(ending.Token);
        await using var buffered = new BufferedStream(body, LargestWrite);
        var next = all.MoveNextAsync().AsTask();
        try
        {
            while (await ComesAsync(next, cancellationToken))
            {
                await SseFormatter.WriteAsync(Ready().ToAsyncEnumerable(), buffered, Format, cancellationToken);
                await buffered.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            // What still waits for an event has to end before it is disposed.
            await ending.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await all.DisposeAsync();
        }

        IEnumerable<SseItem<JobEvent>> Ready()
        {
            do
            {
                yield return new(all.Current, all.Current.Name) { EventId = all.Current.Position.ToString(), ReconnectionInterval = Reconnection };
                next = all.MoveNextAsync().AsTask();
            }
            while (next.IsCompletedSuccessfully && next.Result);
        }
    }

    /// <summary>Waits for the next event, with a sign of life now and then; false when there is none, or none in time.</summary>
    private async Task<bool> ComesAsync(Task<bool> next, CancellationToken cancellationToken)
    {
        var silent = clock.GetTimestamp();
        while (!next.IsCompleted && clock.GetElapsedTime(silent) < options.IdleTimeout)
        {
            var left = options.IdleTimeout - clock.GetElapsedTime(silent);
            await ((Task)next.WaitAsync(left < options.Heartbeat ? left : options.Heartbeat, clock, cancellationToken))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (next.IsCompleted) break;
            await body.WriteAsync(": nothing new\n\n"u8.ToArray(), cancellationToken);
            await body.FlushAsync(cancellationToken);
        }

        return next.IsCompleted && await next;
    }

    private void Format(SseItem<JobEvent> item, IBufferWriter<byte> to)
    {
        using var writer = new Utf8JsonWriter(to, new() { Encoder = json.Encoder });
        JsonSerializer.Serialize(writer, item.Data.Data, item.Data.Data.GetType(), json);
    }
}
