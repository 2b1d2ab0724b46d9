using Microsoft.Extensions.Logging;
using OgcProcesses.Application.Access.Audit;

namespace OgcProcesses.Infrastructure.Queue;

/// <summary>Writes what the audit trail has counted, every few seconds and as the server stops.</summary>
internal sealed class AuditWorker(AuditTrail trail, TimeProvider clock, ILogger<AuditWorker> logger) : PeriodicWorker(TimeSpan.FromSeconds(10), clock, logger)
{
    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await trail.FlushAsync(all: true, cancellationToken);
    }

    protected override Task StepAsync(CancellationToken stopping) => trail.FlushAsync(all: false, stopping);
}
