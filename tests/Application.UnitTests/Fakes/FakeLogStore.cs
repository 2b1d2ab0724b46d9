using System.Collections.Concurrent;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Logs;
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

    public ILogWriter Create(JobId jobId, int attempt, int version)
    {
        Lines = [];
        return new Writer(this);
    }

    public ILogReader Open(JobId jobId, int attempt, long skip) => new Reader(this, skip);

    public void Delete(JobId jobId) => Deleted.Enqueue(jobId);

    public IEnumerable<JobId> ListJobs() => [];

    private sealed class Writer(FakeLogStore store) : ILogWriter
    {
        public ValueTask WriteAsync(LogLine line)
        {
            if (store.IsFull) throw new IOException("No space left on device");
            store.Lines.Enqueue(line);
            return ValueTask.CompletedTask;
        }

        public ValueTask FlushAsync() => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Reader(FakeLogStore store, long skip) : ILogReader
    {
        private long _given = skip;

        public IEnumerable<LogEntry> Read() => store.Lines.Index().Where(line => line.Index >= _given)
            .Select(line => new LogEntry(_given = line.Index + 1, line.Item.At, line.Item.Source, line.Item.Text));

        public void Dispose()
        {
        }
    }
}
