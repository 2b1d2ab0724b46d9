using Amazon.S3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Uploads;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Registers where files are kept.</summary>
public static class StorageServices
{
    /// <summary>Adds the stores of outputs, logs and uploads and the work folders, by the sections <c>Data</c>, <c>Outputs</c>, <c>Logs</c> and <c>Uploads</c>.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services)
    {
        services.AddDataOptions();
        services.AddOptions<LogOptions>().BindConfiguration(LogOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<OutputOptions>().BindConfiguration(OutputOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OutputOptions>, OutputOptionsValidator>());
        services.AddOptions<UploadOptions>().BindConfiguration(UploadOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IUploadStore, FolderUploadStore>();
        services.AddSingleton<IAmazonS3, S3Client>();
        services.AddSingleton<IOutputStore>(provider => provider.GetRequiredService<IOptions<OutputOptions>>().Value.Store == OutputStoreKind.S3
            ? ActivatorUtilities.CreateInstance<S3OutputStore>(provider)
            : ActivatorUtilities.CreateInstance<FolderOutputStore>(provider));
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
