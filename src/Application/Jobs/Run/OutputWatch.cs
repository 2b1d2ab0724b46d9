using Microsoft.Extensions.Options;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Looks at what programs write to this node's disk while they run, so that none goes far beyond its limits or fills it.</summary>
/// <remarks>
/// A bound folder has no size of its own, and looking after the end would be too late for the disk. When that runs short all
/// the same, the program that has written most is stopped, and time given for its files to go before the next one is.
/// </remarks>
public sealed class OutputWatch(IOutputFolder folder, IWorkFolders disk, IOptions<RunnerOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TimeToClear = TimeSpan.FromSeconds(15);

    private readonly RunnerOptions _limits = options.Value;
    private readonly Lock _lock = new();
    private readonly Dictionary<JobId, long> _written = [];
    private long? _stoppedForSpace;

    /// <summary>Completes with the reason why a program must not go on; with null when the token fires.</summary>
    internal async Task<OutputRefusedException?> UntilTooMuchAsync(JobId id, string workFolder, CancellationToken cancellationToken)
    {
        var outputs = ContainerPaths.OnServer(workFolder, ContainerPaths.Outputs);
        try
        {
            for (var pause = FirstLook; ; pause = Min(pause * 1.5, LongestPause))
            {
                await Task.Delay(pause, clock, cancellationToken);
                var start = clock.GetTimestamp();
                if (Look(id, outputs) is { } tooMuch) return tooMuch;
                // Long looks are made seldom, so that a large folder costs no more of a core than a small one.
                await Task.Delay(10 * clock.GetElapsedTime(start), clock, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            lock (_lock) _written.Remove(id);
        }
    }

    private OutputRefusedException? Look(JobId id, string outputs)
    {
        try
        {
            var written = folder.Measure(outputs, _limits.MaxOutputBytes, _limits.MaxOutputFiles);
            // Executions are refused below the whole; what runs may use half of it.
            var isShort = disk.AvailableBytes < _limits.MinFreeBytes / 2;
            lock (_lock)
            {
                _written[id] = written;
                var waits = _stoppedForSpace is { } stopped && clock.GetElapsedTime(stopped) < TimeToClear;
                if (!isShort || waits || written < _written.Values.Max()) return null;
                _stoppedForSpace = clock.GetTimestamp();
            }

            return new($"The server's disk is nearly full, and this program had written most of all that run: {written} bytes.", JobFailureKind.LimitExceeded);
        }
        catch (OutputRefusedException refused)
        {
            return refused;
        }
        catch (Exception unseen) when (unseen is IOException or UnauthorizedAccessException)
        {
            // The folder changed under the look, or the disk has troubles of its own; the next look will tell.
            return null;
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
