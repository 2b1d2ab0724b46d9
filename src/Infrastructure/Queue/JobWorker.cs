using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Queue;

/// <summary>Starts waiting jobs when told of them, and looks for them now and then without being told.</summary>
internal sealed class JobWorker(
    JobDispatcher dispatcher, Reconciler reconciler, JobSignals signals, IOptions<RunnerOptions> options, ILogger<JobWorker> logger)
    : SteadyWorker(options.Value.PollInterval, logger)
{
    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await dispatcher.LetGoAsync(cancellationToken);
    }

    protected override async Task StepAsync(CancellationToken stopping)
    {
        // Or what a restarted node still runs would come on top of its budget.
        await reconciler.Resumed.WaitAsync(stopping);
        await dispatcher.DispatchAsync(stopping);
        await signals.WaitForWorkAsync(options.Value.PollInterval, stopping);
    }
}
