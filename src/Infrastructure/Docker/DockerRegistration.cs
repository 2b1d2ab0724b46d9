using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Docker;

/// <summary>Registers the Docker runner.</summary>
public static class DockerRegistration
{
    /// <summary>Runs jobs on a Docker engine, as the sections <c>Docker</c> and <c>Sandbox</c> say.</summary>
    public static IServiceCollection AddDockerRunner(this IServiceCollection services)
    {
        services.AddOptions<DockerOptions>()
            .BindConfiguration(DockerOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<SandboxOptions>()
            .BindConfiguration(SandboxOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton<IContainerRunner, DockerRunner>();
    }
}
