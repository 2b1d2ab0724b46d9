using System.Threading.Channels;

namespace OgcProcesses.Application.Common;

/// <summary>Writes the latest of values that come faster than they are worth writing, each after a short pause.</summary>
/// <remarks>What came last before disposing is dropped: whoever disposes goes on to write what has become of it all.</remarks>
internal sealed class LatestWriter<T> : IProgress<T>, IAsyncDisposable
{
    /// <summary>The first pause is short, for those who watch; the others spare the database.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    private readonly Channel<T> _latest = Channel.CreateBounded<T>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _writing;

    public LatestWriter(Func<T, Task> write, TimeProvider clock) => _writing = WriteAllAsync(write, clock);

    public void Report(T value) => _latest.Writer.TryWrite(value);

    /// <summary>Throws what a write threw.</summary>
    public async ValueTask DisposeAsync()
    {
        _latest.Writer.TryComplete();
        await _ending.CancelAsync();
        await _writing;
        _ending.Dispose();
    }

    private async Task WriteAllAsync(Func<T, Task> write, TimeProvider clock)
    {
        for (var pause = FirstPause; await _latest.Reader.WaitToReadAsync(); pause = Pause)
        {
            await Task.Delay(pause, clock, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_ending.IsCancellationRequested) return;
            if (_latest.Reader.TryRead(out var value)) await write(value);
        }
    }
}
