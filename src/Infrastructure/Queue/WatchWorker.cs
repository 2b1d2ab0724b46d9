using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Queue;

/// <summary>Looks for changes of the jobs that somebody waits for.</summary>
internal sealed partial class WatchWorker(JobWatch watch, IOptions<RunnerOptions> options, ILogger<WatchWorker> logger) : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await watch.UntilDueAsync(stoppingToken);
                await watch.LookAsync(stoppingToken);
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

    [LoggerMessage(LogLevel.Error, "The jobs that are waited for could not be looked at; this is tried again")]
    private partial void LogFailed(Exception failure);
}
