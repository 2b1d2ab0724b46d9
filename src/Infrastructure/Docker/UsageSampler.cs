using System.Runtime.CompilerServices;
using Docker.DotNet.Models;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Docker;

/// <summary>Looks at what running containers have used.</summary>
/// <remarks>
/// In intervals that grow with the time a program has run, so that what the last look misses is a small part of the whole
/// for short programs and a short time for long ones: a tenth and at most a second by control groups, a quarter and at most
/// 15 seconds by the engine, whose answers cost more.
/// </remarks>
internal sealed class UsageSampler(EngineConnection engine, Cgroups cgroups, TimeProvider clock)
{
    private static readonly ContainerStatsParameters Once = new() { Stream = false, OneShot = true };

    /// <summary>Follows a program to its end.</summary>
    public IAsyncEnumerable<ContainerUsage> FollowAsync(string containerId, CancellationToken cancellationToken) =>
        cgroups.Find(containerId) is { } group ? ReadAsync(group, cancellationToken) : AskAsync(containerId, cancellationToken);

    private async IAsyncEnumerable<ContainerUsage> ReadAsync(Cgroup group, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested && group.Read() is { } used)
        {
            yield return used;
            await PauseAsync(clock.GetElapsedTime(start) / 10, TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1), cancellationToken);
        }
    }

    private async IAsyncEnumerable<ContainerUsage> AskAsync(string containerId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            // First, since the engine is not to be asked about programs that are over at once.
            await PauseAsync(clock.GetElapsedTime(start) / 4, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15), cancellationToken);
            if (cancellationToken.IsCancellationRequested) yield break;
            var answer = new Answer();
            try
            {
                await engine.AskAsync(client => client.Containers.GetContainerStatsAsync(containerId, Once, answer, cancellationToken), cancellationToken);
            }
            catch (EngineException failure) when (failure is not EngineAnswerException)
            {
                // Busy, or away for a moment: the next look may tell.
                continue;
            }

            // Of an ended program it tells zeros.
            if (answer.Stats is not { CPUStats.CPUUsage.TotalUsage: > 0 and var nanoseconds, MemoryStats: var memory }) yield break;
            yield return new(TimeSpan.FromTicks((long)nanoseconds / TimeSpan.NanosecondsPerTick), (long)Math.Max(memory.MaxUsage, memory.Usage));
        }
    }

    private async Task PauseAsync(TimeSpan share, TimeSpan least, TimeSpan most, CancellationToken cancellationToken)
    {
        var pause = share < least ? least : share > most ? most : share;
        await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private sealed class Answer : IProgress<ContainerStatsResponse>
    {
        public ContainerStatsResponse? Stats { get; private set; }

        public void Report(ContainerStatsResponse value) => Stats = value;
    }
}
