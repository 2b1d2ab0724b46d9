using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Queue;

namespace OgcProcesses.Infrastructure.Callbacks;

/// <summary>Sends due callbacks when told of them, and looks for them now and then without being told.</summary>
internal sealed class CallbackWorker(
    CallbackDelivery delivery, JobSignals signals, IOptions<CallbackOptions> options, ILogger<CallbackWorker> logger)
    : SteadyWorker(options.Value.PollInterval, logger)
{
    private readonly List<Task> _deliveries = [];

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await base.ExecuteAsync(stoppingToken);
        await Task.WhenAll(_deliveries);
    }

    protected override async Task StepAsync(CancellationToken stopping)
    {
        _deliveries.RemoveAll(done => done.IsCompleted);
        var taken = await delivery.TakeDueAsync(options.Value.MaxConcurrent - _deliveries.Count, stopping);
        _deliveries.AddRange(taken.Select(callback => DeliverAsync(callback, stopping)));
        await signals.WaitForCallbackAsync(options.Value.PollInterval, stopping);
    }

    private async Task DeliverAsync(Callback callback, CancellationToken stopping)
    {
        await delivery.DeliverAsync(callback, stopping);
        // There is a place free, and perhaps an event that waited for this one.
        signals.CallbackDue();
    }
}
