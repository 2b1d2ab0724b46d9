using Microsoft.Extensions.Logging;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Queue;

/// <summary>Looks whether jobs under way were dismissed through another node, or taken over by one: when told of a change there, and every second without being told.</summary>
internal sealed class LookAroundWorker(JobDispatcher dispatcher, JobSignals signals, ILogger<LookAroundWorker> logger)
    : SteadyWorker(TimeSpan.Zero, logger)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _told = new(0, 1);

    /// <inheritdoc />
    public override void Dispose()
    {
        signals.ChangedElsewhere -= Hear;
        base.Dispose();
        _told.Dispose();
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        signals.ChangedElsewhere += Hear;
        return base.ExecuteAsync(stoppingToken);
    }

    protected override async Task StepAsync(CancellationToken stopping)
    {
        await _told.WaitAsync(LookAgain, stopping);
        await dispatcher.LookAroundAsync(stopping);
    }

    private void Hear(JobId? job)
    {
        if (job is { } id && !dispatcher.WorksOn(id)) return;
        try
        {
            _told.Release();
        }
        catch (Exception needless) when (needless is SemaphoreFullException or ObjectDisposedException)
        {
            // Told already, or the server has stopped.
        }
    }
}
