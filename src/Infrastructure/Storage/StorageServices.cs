using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Registers where files are kept.</summary>
public static class StorageServices
{
    /// <summary>Adds the stores of outputs and logs and the work folders, by the sections <c>Data</c> and <c>Logs</c>.</summary>
    public static IServiceCollection AddFolderStorage(this IServiceCollection services)
    {
        services.AddDataOptions();
        services.AddOptions<LogOptions>().BindConfiguration(LogOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IOutputStore, FolderOutputStore>();
        services.AddSingleton<ILogStore, FolderLogStore>();
        services.AddSingleton<IWorkFolders, WorkFolders>();
        services.AddSingleton<IOutputFolder, OutputFolder>();
        return services;
    }

    internal static IServiceCollection AddDataOptions(this IServiceCollection services)
    {
        services.AddOptions<DataOptions>().BindConfiguration(DataOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DataOptions>, DataOptionsValidator>());
        return services;
    }
}
