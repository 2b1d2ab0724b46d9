using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Queue;

/// <summary>Looks for changes of the jobs that somebody waits for.</summary>
internal sealed class WatchWorker(JobWatch watch, IOptions<RunnerOptions> options, ILogger<WatchWorker> logger)
    : SteadyWorker(options.Value.PollInterval, logger)
{
    protected override async Task StepAsync(CancellationToken stopping)
    {
        await watch.UntilDueAsync(stopping);
        await watch.LookAsync(stopping);
    }
}
