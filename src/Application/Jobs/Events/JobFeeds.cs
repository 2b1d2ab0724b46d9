using Microsoft.Extensions.Logging;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Events;

/// <summary>Watches the jobs that are followed: each once, however many follow it, and none that nobody follows.</summary>
public sealed partial class JobFeeds(
    IJobStore jobs, JobMessages messages, JobSignals signals, JobWatch watch, ThisNode node, TimeProvider clock, ILogger<JobFeeds> logger)
{
    /// <summary>Time between two looks at a waiting job: what it waits for changes without it.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    /// <summary>The same for a job that runs, whose every change is told.</summary>
    private static readonly TimeSpan LookAgainAtRunning = TimeSpan.FromSeconds(15);

    /// <summary>Time between two looks at the log of a job that another node runs: nothing tells of its lines.</summary>
    private static readonly TimeSpan LookAtLog = TimeSpan.FromMilliseconds(500);

    /// <summary>Shortest time between two calls for the same job's log.</summary>
    private static readonly TimeSpan BetweenCalls = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Dictionary<JobId, Feed> _feeds = [];

    /// <summary>Begins to watch a job, until what it gives is disposed.</summary>
    public Follower Follow(JobId id)
    {
        lock (_lock)
        {
            if (!_feeds.TryGetValue(id, out var feed))
            {
                _feeds[id] = feed = new();
                _ = LookAsync(id, feed);
                _ = ListenAsync(id, feed);
            }

            feed.Followers++;
            return new(feed, () => Leave(id, feed));
        }
    }

    private void Leave(JobId id, Feed feed)
    {
        lock (_lock)
        {
            if (--feed.Followers > 0) return;
            _feeds.Remove(id);
        }

        feed.Ending.Cancel();
        // Nobody waits any longer for what they waited for.
        signals.Changed(id);
        signals.Written(id);
    }

    private async Task LookAsync(JobId id, Feed feed)
    {
        while (!feed.Ending.IsCancellationRequested)
        {
            // Asked for before the look, or a change between the two would go unheard.
            var change = signals.NextChange(id);
            var again = LookAgain;
            try
            {
                var job = await jobs.FindAsync(id, feed.Ending.Token);
                feed.Tell(new(job, job is null ? null : await messages.OfAsync(job, feed.Ending.Token)));
                if (job is null or { IsFinal: true }) return;
                watch.Expect(job);
                feed.IsElsewhere = job.Status == JobStatus.Running && job.Node != node.Id;
                if (job.Status == JobStatus.Running) again = LookAgainAtRunning;
            }
            catch (Exception failure) when (!feed.Ending.IsCancellationRequested)
            {
                LogNotSeen(id, failure.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await change.WaitAsync(again, clock, feed.Ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(JobId id, Feed feed)
    {
        var written = signals.NextWritten(id);
        while (!feed.Ending.IsCancellationRequested)
        {
            await written.WaitAsync(LookAtLog, clock, feed.Ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!written.IsCompleted && !feed.IsElsewhere) continue;
            written = signals.NextWritten(id);
            feed.Call();
            await Task.Delay(BetweenCalls, clock, feed.Ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        signals.Written(id);
    }

    [LoggerMessage(LogLevel.Warning, "Job {JobId}, which is followed, could not be looked at: {Reason}")]
    private partial void LogNotSeen(JobId jobId, string reason);

    /// <summary>A job as it was last seen.</summary>
    /// <param name="Job">The job; null when it is gone.</param>
    /// <param name="Message">What it tells of itself.</param>
    public sealed record Seen(Job? Job, string? Message);

    /// <summary>One who follows a job.</summary>
    public sealed class Follower : IDisposable
    {
        private readonly Feed _feed;
        private readonly Action _leave;

        internal Follower(Feed feed, Action leave) => (_feed, _leave) = (feed, leave);

        /// <summary>Completes with the next change of the job or its log; to be asked for before looking.</summary>
        public Task Next => _feed.Next;

        /// <summary>The job as it was last seen; null until it was.</summary>
        public Seen? Latest => _feed.Latest;

        /// <inheritdoc />
        public void Dispose() => _leave();
    }

    /// <summary>What the followers of one job share.</summary>
    internal sealed class Feed
    {
        private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile Seen? _latest;
        private volatile bool _isElsewhere;

        public CancellationTokenSource Ending { get; } = new();

        public int Followers { get; set; }

        /// <summary>Whether another node runs the job.</summary>
        public bool IsElsewhere
        {
            get => _isElsewhere;
            set => _isElsewhere = value;
        }

        public Task Next => _next.Task;

        public Seen? Latest => _latest;

        public void Tell(Seen seen)
        {
            _latest = seen;
            Call();
        }

        public void Call() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}
