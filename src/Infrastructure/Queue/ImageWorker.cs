using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OgcProcesses.Application.Processes.Image;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Infrastructure.Queue;

/// <summary>Makes images present as processes are deployed, one after the other.</summary>
internal sealed partial class ImageWorker(ImageRequests requests, ImageKeeper keeper, ILogger<ImageWorker> logger) : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await AddUnfinishedAsync(stoppingToken);
            await foreach (var id in requests.ReadAllAsync(stoppingToken)) await EnsureAsync(id, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task AddUnfinishedAsync(CancellationToken stopping)
    {
        try
        {
            await keeper.AddUnfinishedAsync(requests, stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            LogNotListed(failure);
        }
    }

    private async Task EnsureAsync(ProcessId id, CancellationToken stopping)
    {
        try
        {
            await keeper.EnsureAsync(id, stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            LogFailed(failure, id);
        }
    }

    [LoggerMessage(LogLevel.Error, "The processes whose images are still to be looked at could not be listed")]
    private partial void LogNotListed(Exception failure);

    [LoggerMessage(LogLevel.Error, "The image of process {ProcessId} could not be made present")]
    private partial void LogFailed(Exception failure, ProcessId processId);
}
