using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Queue;

/// <summary>Starts waiting jobs when told of them, and looks for them now and then without being told.</summary>
internal sealed partial class JobWorker(
    JobDispatcher dispatcher, Reconciler reconciler, JobSignals signals, IOptions<RunnerOptions> options, ILogger<JobWorker> logger) : BackgroundService
{
    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await dispatcher.LetGoAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Or what a restarted node still runs would come on top of its budget.
        await reconciler.Resumed.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await dispatcher.DispatchAsync(stoppingToken);
                await signals.WaitForWorkAsync(options.Value.PollInterval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                LogFailed(failure);
                await Task.Delay(options.Value.PollInterval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Waiting jobs could not be started; this is tried again")]
    private partial void LogFailed(Exception failure);
}
