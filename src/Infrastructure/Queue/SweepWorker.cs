using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Retention;

namespace OgcProcesses.Infrastructure.Queue;

/// <summary>Removes what has expired.</summary>
internal sealed class SweepWorker(Sweeper sweeper, IOptions<RetentionOptions> options, TimeProvider clock, ILogger<SweepWorker> logger)
    : PeriodicWorker(options.Value.SweepInterval, clock, logger)
{
    protected override Task StepAsync(CancellationToken stopping) => sweeper.SweepAsync(stopping);
}
