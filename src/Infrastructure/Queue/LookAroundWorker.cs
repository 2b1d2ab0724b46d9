using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Queue;

/// <summary>Looks whether jobs under way were dismissed through another node, or taken over by one: when told of a change there, and every second without being told.</summary>
internal sealed partial class LookAroundWorker(JobDispatcher dispatcher, JobSignals signals, ILogger<LookAroundWorker> logger) : BackgroundService
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
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        signals.ChangedElsewhere += Hear;
        try
        {
            while (true)
            {
                await _told.WaitAsync(LookAgain, stoppingToken);
                try
                {
                    await dispatcher.LookAroundAsync(stoppingToken);
                }
                catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
                {
                    LogFailed(failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
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

    [LoggerMessage(LogLevel.Error, "It is not known whether jobs under way were dismissed or taken over elsewhere; this is looked at again")]
    private partial void LogFailed(Exception failure);
}
