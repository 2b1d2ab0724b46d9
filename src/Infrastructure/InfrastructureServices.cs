using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Quotas;
using OgcProcesses.Application.Jobs.Retention;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes;
using OgcProcesses.Infrastructure.Callbacks;
using OgcProcesses.Infrastructure.Docker;
using OgcProcesses.Infrastructure.Fetching;
using OgcProcesses.Infrastructure.Persistence;
using OgcProcesses.Infrastructure.Queue;
using OgcProcesses.Infrastructure.Schemas;
using OgcProcesses.Infrastructure.Storage;
using OgcProcesses.Infrastructure.Yaml;

namespace OgcProcesses.Infrastructure;

/// <summary>Fills the application's seams: database, folders, container engine, fetcher, schemas; and starts its workers.</summary>
public static class InfrastructureServices
{
    /// <summary>Adds the infrastructure layer.</summary>
    public static IServiceCollection AddInfrastructure(this IServiceCollection services)
    {
        services.AddOptions<RunnerOptions>()
            .BindConfiguration(RunnerOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<ProcessOptions>().BindConfiguration(ProcessOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddOptions<ReuseOptions>()
            .BindConfiguration(ReuseOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<RetentionOptions>()
            .BindConfiguration(RetentionOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<QuotaOptions>()
            .BindConfiguration(QuotaOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton(provider => new ThisNode(
            provider.GetRequiredService<IOptions<RunnerOptions>>().Value.NodeId
            ?? NameOf(provider.GetRequiredService<IOptions<DataOptions>>().Value.Root)));
        services.AddSingleton<NodeLock>();
        services.AddPersistence();
        services.AddStorage();
        services.AddDockerRunner();
        // Containers are told apart as nodes are: by machine and data folder.
        services.AddOptions<DockerOptions>().PostConfigure<ThisNode>((docker, node) => docker.InstanceId ??= node.Id);
        services.AddGuardedFetcher();
        services.AddCallbacks();
        services.AddSchemaValidator();
        services.AddYamlReader();
        services.AddHostedService<ReconcileWorker>();
        services.AddHostedService<JobWorker>();
        services.AddHostedService<LeaseWorker>();
        services.AddHostedService<WatchWorker>();
        services.AddHostedService<LookAroundWorker>();
        services.AddHostedService<ImageWorker>();
        services.AddHostedService<FileSweepWorker>();
        services.AddHostedService<SweepWorker>();
        services.AddHostedService<UploadSweepWorker>();
        services.AddHostedService<AuditWorker>();
        return services;
    }

    /// <summary>Makes sure that this node is the only one of its name, and that the database has the present schema; to be awaited before the host starts.</summary>
    public static Task PrepareDatabaseAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        services.GetRequiredService<NodeLock>().Take();
        return services.GetRequiredService<DatabaseMigrator>().PrepareAsync(cancellationToken);
    }

    /// <summary>Brings the database to the present schema without a server.</summary>
    /// <returns>A sentence that says what was done.</returns>
    public static async Task<string> MigrateDatabaseAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        var provider = services.GetRequiredService<IOptions<DatabaseOptions>>().Value.Provider;
        // A file is changed under nobody's hands; on a database server the nodes of the version before go on.
        if (provider == DatabaseProvider.Sqlite) services.GetRequiredService<NodeLock>().Take();
        var applied = await services.GetRequiredService<DatabaseMigrator>().MigrateAsync(cancellationToken);
        return applied.Count == 0
            ? $"The {provider} database was up to date; nothing was changed."
            : $"The {provider} database is up to date now; it lacked {string.Join(", ", applied)}.";
    }

    /// <summary>Makes sure that the database has the present schema, for a command, beside whatever server may be running: what migrations do is no harm to it.</summary>
    public static Task UseDatabaseAsync(this IServiceProvider services, CancellationToken cancellationToken = default) =>
        services.GetRequiredService<DatabaseMigrator>().PrepareAsync(cancellationToken);

    /// <summary>The same as SQL, for those who let no program change their tables.</summary>
    public static string MigrationScript(this IServiceProvider services) => services.GetRequiredService<DatabaseMigrator>().Script();

    /// <summary>The same name after every restart, and another for every data folder of a machine.</summary>
    private static string NameOf(string dataFolder) =>
        $"{Environment.MachineName}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dataFolder)))[..8]}";
}
