using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Retention;
using OgcProcesses.Application.Uploads;

namespace OgcProcesses.Infrastructure.Queue;

/// <summary>Removes what has expired.</summary>
internal sealed class SweepWorker(Sweeper sweeper, IOptions<RetentionOptions> options, TimeProvider clock, ILogger<SweepWorker> logger)
    : PeriodicWorker(options.Value.SweepInterval, clock, logger)
{
    protected override Task StepAsync(CancellationToken stopping) => sweeper.SweepAsync(stopping);
}

/// <summary>Removes uploads that have expired.</summary>
internal sealed class UploadSweepWorker(UploadSweep sweep, IOptions<RetentionOptions> options, TimeProvider clock, ILogger<UploadSweepWorker> logger)
    : PeriodicWorker(options.Value.SweepInterval, clock, logger)
{
    protected override Task StepAsync(CancellationToken stopping) => sweep.SweepAsync(stopping);
}
