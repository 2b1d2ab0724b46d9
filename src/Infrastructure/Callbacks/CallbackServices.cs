using Microsoft.Extensions.DependencyInjection;
using OgcProcesses.Application.Callbacks;

namespace OgcProcesses.Infrastructure.Callbacks;

/// <summary>Registers what sends callbacks.</summary>
public static class CallbackServices
{
    /// <summary>Adds the sender and its worker, configured by the section <c>Callbacks</c>; the guarded fetcher's rules say where to.</summary>
    public static IServiceCollection AddCallbacks(this IServiceCollection services)
    {
        services.AddOptions<CallbackOptions>()
            .BindConfiguration(CallbackOptions.Section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<ICallbackSender, CallbackSender>();
        services.AddHostedService<CallbackWorker>();
        return services;
    }
}
