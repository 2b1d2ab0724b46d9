using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.WebApi.Http;

namespace OgcProcesses.WebApi.Health;

/// <summary>Tells whether the server lives, and whether it can take jobs.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        var get = new HttpMethodMetadata([HttpMethods.Get]);
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false, ResponseWriter = WriteAsync }).WithMetadata(get, new PolledAttribute()).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new() { ResponseWriter = WriteAsync }).WithMetadata(get, new PolledAttribute()).AllowAnonymous();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        Status = report.Status.ToString(),
        Checks = report.Entries.ToDictionary(
            entry => entry.Key, entry => new { Status = entry.Value.Status.ToString(), Detail = entry.Value.Description }),
    });
}

/// <summary>The database answers a query.</summary>
internal sealed class DatabaseCheck(IJobStore jobs) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await jobs.ListWaitingAsync([], DateTimeOffset.MaxValue, null, 1, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", failure);
        }
    }
}

/// <summary>The container engine answers.</summary>
internal sealed class EngineCheck(IContainerRunner runner) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await runner.PingAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (EngineException failure)
        {
            return HealthCheckResult.Unhealthy(failure.Message);
        }
    }
}

/// <summary>Outputs and work folders have room.</summary>
internal sealed class DiskCheck(IOutputStore outputs, IWorkFolders folders, IOptions<RunnerOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var free = Math.Min(outputs.AvailableBytes, folders.AvailableBytes);
        var detail = string.Create(CultureInfo.InvariantCulture, $"{free / 1e9:0.#} GB free");
        return Task.FromResult(free >= options.Value.MinFreeBytes ? HealthCheckResult.Healthy(detail) : HealthCheckResult.Unhealthy(detail));
    }
}

/// <summary>The store of outputs does its work.</summary>
internal sealed class OutputsCheck(IOutputStore outputs) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await outputs.PingAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A folder's failure names the folder.
            return HealthCheckResult.Unhealthy(failure is OutputStoreException told ? $"The store of outputs fails: {told.Message}." : "The folder of outputs can't be used.", failure);
        }
    }
}
