using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Queue;

/// <summary>Does one step at once and then at an interval; a step that fails is told in the log and done again.</summary>
internal abstract partial class PeriodicWorker(TimeSpan interval, TimeProvider clock, ILogger logger) : BackgroundService
{
    /// <summary>The step.</summary>
    protected abstract Task StepAsync(CancellationToken stopping);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            do
            {
                try
                {
                    await StepAsync(stoppingToken);
                }
                catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
                {
                    LogFailed(failure, GetType().Name);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    [LoggerMessage(LogLevel.Error, "A step of {Worker} failed; it is done again")]
    private partial void LogFailed(Exception failure, string worker);
}

/// <summary>Compares jobs and containers, at start-up first.</summary>
internal sealed class ReconcileWorker(Reconciler reconciler, IOptions<RunnerOptions> options, TimeProvider clock, ILogger<ReconcileWorker> logger)
    : PeriodicWorker(options.Value.ReconcileInterval, clock, logger)
{
    protected override Task StepAsync(CancellationToken stopping) => reconciler.ReconcileAsync(stopping);
}

/// <summary>Removes files that a crash left behind, at start-up first.</summary>
internal sealed class FileSweepWorker(FileSweep sweep, TimeProvider clock, ILogger<FileSweepWorker> logger)
    : PeriodicWorker(TimeSpan.FromDays(1), clock, logger)
{
    protected override Task StepAsync(CancellationToken stopping) => sweep.SweepAsync(stopping);
}

/// <summary>Renews leases three times within their duration.</summary>
internal sealed class LeaseWorker(JobDispatcher dispatcher, IOptions<RunnerOptions> options, TimeProvider clock, ILogger<LeaseWorker> logger)
    : PeriodicWorker(options.Value.LeaseDuration / 3, clock, logger)
{
    protected override Task StepAsync(CancellationToken stopping) => dispatcher.RenewLeasesAsync(stopping);
}
