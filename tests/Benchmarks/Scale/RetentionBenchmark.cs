using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Execute;
using OgcProcesses.Application.Jobs.Retention;

namespace OgcProcesses.Benchmarks.Scale;

/// <summary>How long the sweeper takes until all ended jobs have expired, and how long others wait meanwhile.</summary>
internal sealed class RetentionBenchmark(Filled jobs)
{
    /// <summary>What anybody else may wait for the database while jobs expire, in milliseconds.</summary>
    public const double LongestWait = 1_000;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    /// <summary>Measures others in quiet, then while the sweeper works.</summary>
    public async Task<Sweep> MeasureAsync()
    {
        var before = await jobs.CountAsync();
        using var quiet = new CancellationTokenSource(Quiet);
        var (quietWrites, quietReads) = await UseAsync(quiet.Token);
        using var sweeping = new CancellationTokenSource();
        var others = UseAsync(sweeping.Token);
        var start = Stopwatch.GetTimestamp();
        await Sweeper().SweepAsync(CancellationToken.None);
        var took = Stopwatch.GetElapsedTime(start);
        await sweeping.CancelAsync();
        var (writes, reads) = await others;
        return new(before + quietWrites.Count + writes.Count - await jobs.CountAsync(), took, quietWrites, quietReads, writes, reads);
    }

    private Sweeper Sweeper() => new(
        jobs.Get<IRetentionStore>(), jobs.Get<IExecutionKeyStore>(), jobs.Get<IOutputStore>(), jobs.Get<ILogStore>(), new StoreQuota(),
        Options.Create(new RetentionOptions { Jobs = TimeSpan.FromDays(1), Tombstones = TimeSpan.FromDays(36_500) }), new Clock(), NullLogger<Sweeper>.Instance);

    /// <summary>Adds jobs and lists them, as clients do, and notes how long that takes.</summary>
    private async Task<(List<double> Writes, List<double> Reads)> UseAsync(CancellationToken until)
    {
        var (writes, reads) = (new List<double>(), new List<double>());
        while (!until.IsCancellationRequested)
        {
            writes.Add(await ScaleBenchmark.TimeAsync(() => ScaleBenchmark.AddAsync(jobs)));
            reads.Add(await ScaleBenchmark.TimeAsync(() => jobs.Jobs.ListAsync(new(), null, 10, CancellationToken.None)));
            await Task.Delay(Between, CancellationToken.None);
        }

        return (writes, reads);
    }

    /// <summary>When all that the generator made is long over.</summary>
    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => ManyJobs.Now.AddYears(10);
    }
}

/// <summary>What a sweep took, and what others took in quiet and during it, in milliseconds.</summary>
internal sealed record Sweep(int Expired, TimeSpan Took, List<double> QuietWrites, List<double> QuietReads, List<double> Writes, List<double> Reads)
{
    /// <summary>Whether nobody waited too long.</summary>
    public bool IsFine => Writes.Concat(Reads).Max() <= RetentionBenchmark.LongestWait;
}
