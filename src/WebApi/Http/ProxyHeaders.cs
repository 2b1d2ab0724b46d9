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
        app.Use((context, next) =>
        {
            // A proxy that passes its client's own header on must not put another scheme than the web's into every link.
            var schemes = context.Request.Headers[ForwardedHeadersDefaults.XForwardedProtoHeaderName].ToString();
            if (!schemes.Split(',', StringSplitOptions.TrimEntries).All(IsOfTheWeb)) context.Request.Headers.Remove(ForwardedHeadersDefaults.XForwardedProtoHeaderName);
            return next(context);
        });
        app.UseForwardedHeaders();
        app.Use((context, next) =>
        {
            // Nobody further in shall believe what was not believed here.
            foreach (var name in Names) context.Request.Headers.Remove(name);
            return next(context);
        });
    }

    private static bool IsOfTheWeb(string scheme) =>
        scheme.Equals(Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase) || scheme.Equals(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);
}
