using System.Collections.Concurrent;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Fakes;

/// <summary>Keeps logs in memory.</summary>
internal sealed class FakeLogStore : ILogStore
{
    public ConcurrentQueue<LogLine> Lines { get; private set; } = [];

    public ConcurrentQueue<JobId> Deleted { get; } = [];

    /// <summary>Makes writing fail, as a full disk does.</summary>
    public bool IsFull { get; set; }

    public ILogWriter Create(JobId jobId, int attempt)
    {
        Lines = [];
        return new Writer(this);
    }

    public IAsyncEnumerable<LogLine> ReadAsync(JobId jobId, CancellationToken cancellationToken) => Lines.ToAsyncEnumerable();

    public void Delete(JobId jobId) => Deleted.Enqueue(jobId);

    private sealed class Writer(FakeLogStore store) : ILogWriter
    {
        public ValueTask WriteAsync(LogLine line)
        {
            if (store.IsFull) throw new IOException("No space left on device");
            store.Lines.Enqueue(line);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
