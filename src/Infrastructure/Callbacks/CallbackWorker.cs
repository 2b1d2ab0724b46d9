using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Callbacks;

/// <summary>Sends due callbacks when told of them, and looks for them now and then without being told.</summary>
internal sealed partial class CallbackWorker(
    CallbackDelivery delivery, JobSignals signals, IOptions<CallbackOptions> options, ILogger<CallbackWorker> logger) : BackgroundService
{
    private readonly List<Task> _deliveries = [];

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                _deliveries.RemoveAll(done => done.IsCompleted);
                var taken = await delivery.TakeDueAsync(options.Value.MaxConcurrent - _deliveries.Count, stoppingToken);
                _deliveries.AddRange(taken.Select(callback => DeliverAsync(callback, stoppingToken)));
                await signals.WaitForCallbackAsync(options.Value.PollInterval, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                LogFailed(failure);
                await Task.Delay(options.Value.PollInterval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await Task.WhenAll(_deliveries);
    }

    private async Task DeliverAsync(Callback callback, CancellationToken stopping)
    {
        await delivery.DeliverAsync(callback, stopping);
        // There is a place free, and perhaps an event that waited for this one.
        signals.CallbackDue();
    }

    [LoggerMessage(LogLevel.Error, "Due callbacks could not be taken; this is tried again")]
    private partial void LogFailed(Exception failure);
}
