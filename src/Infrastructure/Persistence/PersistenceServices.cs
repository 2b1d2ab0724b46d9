using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Access.Keys;
using OgcProcesses.Application.Access.Links;
using OgcProcesses.Application.Access.Sessions;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Execute;
using OgcProcesses.Application.Jobs.Quotas;
using OgcProcesses.Application.Jobs.Retention;
using OgcProcesses.Application.Processes;
using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Registers the stores of jobs and processes.</summary>
public static class PersistenceServices
{
    /// <summary>
    /// Adds the database, by the sections <c>Database</c> and <c>Data</c>; <see cref="DatabaseMigrator.MigrateAsync"/> is to
    /// be awaited before the server starts.
    /// </summary>
    public static IServiceCollection AddPersistence(this IServiceCollection services)
    {
        services.AddDataOptions();
        services.AddOptions<DatabaseOptions>().BindConfiguration(DatabaseOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<DatabaseOptions>, DatabaseOptionsValidator>();
        services.TryAddSingleton<JobSignals>();
        services.AddSingleton<IDbContextFactory<OgcDbContext>>(provider => new OgcContextFactory(
            provider.GetRequiredService<IOptions<DatabaseOptions>>(),
            provider.GetRequiredService<IOptions<DataOptions>>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetServices<IInterceptor>()));
        services.AddSingleton<DatabaseWriter>();
        services.AddSingleton<PostgreSqlNotices>();
        services.AddHostedService(provider => provider.GetRequiredService<PostgreSqlNotices>());
        services.AddSingleton<EfJobStore>();
        services.AddSingleton<IJobStore>(provider => provider.GetRequiredService<EfJobStore>());
        services.AddSingleton<IExecutionKeyStore, EfExecutionKeyStore>();
        services.AddSingleton<IRetentionStore, EfRetentionStore>();
        services.AddSingleton<IUsageStore, EfUsageStore>();
        services.AddSingleton<ICallbackStore, EfCallbackStore>();
        services.AddSingleton<IProcessStore, EfProcessStore>();
        services.AddSingleton<IResultLinkKeyStore, EfResultLinkKeyStore>();
        services.AddSingleton<IApiKeyStore, EfApiKeyStore>();
        services.AddSingleton<IProtectionKeyStore, EfProtectionKeyStore>();
        services.AddSingleton<IAuditStore, EfAuditStore>();
        services.AddSingleton(provider => new DatabaseMigrator(
            provider.GetRequiredService<IDbContextFactory<OgcDbContext>>(),
            provider.GetRequiredService<IOptions<DatabaseOptions>>(),
            provider.GetRequiredService<IOptions<DataOptions>>(),
            provider.GetRequiredService<ILogger<DatabaseMigrator>>()));
        return services;
    }
}
