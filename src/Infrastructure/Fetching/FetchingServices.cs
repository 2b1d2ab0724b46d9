using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Fetching;

/// <summary>Registers the fetcher.</summary>
public static class FetchingServices
{
    /// <summary>Adds the one way out for links of requests, configured by the section <c>Fetch</c>.</summary>
    public static IServiceCollection AddGuardedFetcher(this IServiceCollection services)
    {
        services.AddOptions<FetchOptions>()
            .BindConfiguration(FetchOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FetchOptions>, FetchOptionsValidator>());
        services.TryAddSingleton<IHostResolver, SystemHostResolver>();
        services.TryAddSingleton<IConnector, TcpConnector>();
        services.TryAddSingleton<NetworkGuard>();
        services.TryAddSingleton<IInputFetcher, GuardedFetcher>();
        return services;
    }
}
