using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs;

/// <summary>Waits for changes of jobs, whichever node makes them.</summary>
/// <remarks>
/// What this node changes is signalled, and so is what other nodes tell. For all else the database is asked: at once for all
/// jobs that are waited for, soon after somebody began to wait and then ever less often, and not at all where nobody waits.
/// </remarks>
public sealed class JobWatch(IJobStore jobs, JobSignals signals, ThisNode node, IOptions<RunnerOptions> options, TimeProvider clock) : IDisposable
{
    private const double Growth = 1.5;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<JobId, Expected> _expected = new();
    private readonly SemaphoreSlim _begun = new(0, 1);
    private readonly TimeSpan _pollInterval = options.Value.PollInterval;

    /// <summary>Waits until a job has ended, or for the given time, and gives it as it then stands.</summary>
    /// <remarks>A database that goes away meanwhile ends no wait: the job goes on, too.</remarks>
    public async Task<Job> WaitForEndAsync(JobId id, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        Job? seen = null;
        try
        {
            while (true)
            {
                // Asked for before the look, or a change between the two would go unheard.
                var change = signals.NextChange(id);
                var left = atMost - clock.GetElapsedTime(start);
                try
                {
                    seen = await jobs.FindAsync(id, cancellationToken) ?? throw new OgcException(OgcError.NoSuchJob);
                    if (seen.IsFinal || left <= TimeSpan.Zero) return seen;
                }
                catch (Exception trouble) when (seen is not null && left > TimeSpan.Zero && Trouble.IsOfDatabase(trouble))
                {
                    // The change is still to be seen.
                }

                Expect(seen);
                await change.WaitAsync(left, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            // Nobody waits any longer for what this waited for.
            signals.Changed(id);
        }
    }

    /// <summary>Sees to it that a change is signalled of a job that was seen, for as long as somebody waits for one.</summary>
    public void Expect(Job seen)
    {
        var isOwn = seen.Status == JobStatus.Running && seen.Node == node.Id;
        var expected = new Expected(seen.Version, isOwn ? Longest : Shortest, clock.GetTimestamp());
        _expected.AddOrUpdate(seen.Id, expected, (_, known) => known.Version == seen.Version ? expected with { Pause = known.Pause } : expected);
        JobSignals.Say(_begun);
    }

    /// <summary>Waits until it may be time for a look.</summary>
    public async Task UntilDueAsync(CancellationToken cancellationToken)
    {
        if (_expected.IsEmpty) await _begun.WaitAsync(cancellationToken);
        await Task.Delay(_pollInterval < Shortest ? _pollInterval : Shortest, clock, cancellationToken);
    }

    /// <summary>Looks at the jobs whose time it is, and signals those that have changed.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        // By what was expected, too: who begins to wait meanwhile expects anew.
        foreach (var expected in _expected.Where(expected => !signals.IsAwaited(expected.Key))) _expected.TryRemove(expected);
        var due = _expected.Where(expected => IsDue(expected.Value)).ToDictionary();
        if (due.Count == 0) return;
        var versions = await jobs.ListVersionsAsync(due.Keys, cancellationToken);
        foreach (var (id, expected) in due)
        {
            if (!versions.TryGetValue(id, out var version) || version != expected.Version)
            {
                signals.Changed(id);
                continue;
            }

            var pause = expected.Pause * Growth;
            _expected.TryUpdate(id, new(version, pause < Longest ? pause : Longest, clock.GetTimestamp()), expected);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _begun.Dispose();

    private bool IsDue(Expected expected)
    {
        var pause = signals.HearsOthers || expected.Pause > _pollInterval ? _pollInterval : expected.Pause;
        return clock.GetElapsedTime(expected.Since) >= pause;
    }

    /// <summary>A job of which the next change is waited for.</summary>
    /// <param name="Version">The version that was seen.</param>
    /// <param name="Pause">Time until the next look.</param>
    /// <param name="Since">When it was looked at last.</param>
    private sealed record Expected(int Version, TimeSpan Pause, long Since);
}
