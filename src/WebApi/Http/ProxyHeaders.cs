using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace OgcProcesses.WebApi.Http;

/// <summary>Takes scheme, host and path base from the <c>X-Forwarded-*</c> headers of known proxies, and of nobody else.</summary>
internal static class ProxyHeaders
{
    private static readonly string[] Names =
    [
        ForwardedHeadersDefaults.XForwardedForHeaderName, ForwardedHeadersDefaults.XForwardedHostHeaderName,
        ForwardedHeadersDefaults.XForwardedProtoHeaderName, ForwardedHeadersDefaults.XForwardedPrefixHeaderName,
    ];

    public static IServiceCollection AddProxyHeaders(this IServiceCollection services)
    {
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ApiOptions>, IOptions<HostFilteringOptions>>((headers, api, hosts) =>
        {
            // The framework trusts the loopback by itself, and everybody once its lists are empty.
            headers.KnownProxies.Clear();
            headers.KnownIPNetworks.Clear();
            foreach (var proxy in api.Value.KnownProxies)
                if (ApiOptions.TryParseNetwork(proxy, out var network)) headers.KnownIPNetworks.Add(network);
            headers.ForwardedHeaders = headers.KnownIPNetworks.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.All;
            // As many hops as are known; the first unknown address ends the chain.
            headers.ForwardLimit = null;
            headers.AllowedHosts = hosts.Value.AllowedHosts;
        });
        return services;
    }

    public static void UseProxyHeaders(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.Use((context, next) =>
        {
            // Nobody further in shall believe what was not believed here.
            foreach (var name in Names) context.Request.Headers.Remove(name);
            return next(context);
        });
    }
}
