using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OgcProcesses.Infrastructure.Queue;

/// <summary>Does one step after the other, each of which waits by itself for something to do; one that fails is told in the log, and the next comes after a pause.</summary>
internal abstract partial class SteadyWorker(TimeSpan pause, ILogger logger) : BackgroundService
{
    /// <summary>The step.</summary>
    protected abstract Task StepAsync(CancellationToken stopping);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await StepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                LogFailed(failure, GetType().Name);
                await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "A step of {Worker} failed; it is done again")]
    private partial void LogFailed(Exception failure, string worker);
}
