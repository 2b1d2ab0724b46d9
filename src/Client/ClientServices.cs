using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OgcProcesses.Client.Http;

namespace OgcProcesses.Client;

/// <summary>Registers the client where a program is put together.</summary>
public static class ClientServices
{
    /// <summary>Registers <see cref="OgcProcessesClient"/>, with connections of <see cref="IHttpClientFactory"/>.</summary>
    /// <returns>The builder of its <see cref="HttpClient"/>, for further handlers.</returns>
    public static IHttpClientBuilder AddOgcProcessesClient(this IServiceCollection services, Action<OgcProcessesClientOptions> configure)
    {
        services.AddOptions<OgcProcessesClientOptions>().Configure(configure).Validate(options => options.Server is not null, "The client needs the address of its server.");
        return services
            .AddHttpClient<OgcProcessesClient>((provider, http) => Configure(http, provider.GetRequiredService<IOptions<OgcProcessesClientOptions>>().Value))
            .ConfigureAdditionalHttpMessageHandlers((handlers, provider) =>
            {
                foreach (var handler in Handlers(provider.GetRequiredService<IOptions<OgcProcessesClientOptions>>().Value)) handlers.Add(handler);
            });
    }

    /// <summary>A client of the same handlers, with connections of its own.</summary>
    internal static HttpClient NewHttp(OgcProcessesClientOptions options)
    {
        // Names are looked up again now and then.
        HttpMessageHandler inner = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(15) };
        foreach (var handler in Handlers(options).Reverse())
        {
            handler.InnerHandler = inner;
            inner = handler;
        }

        var http = new HttpClient(inner);
        Configure(http, options);
        return http;
    }

    /// <summary>Uploads take as long as they take: what ends a request is its token, or a connection that breaks.</summary>
    private static void Configure(HttpClient http, OgcProcessesClientOptions options) => (http.BaseAddress, http.Timeout) = (RootOf(options), Timeout.InfiniteTimeSpan);

    /// <summary>The outermost first.</summary>
    private static IEnumerable<DelegatingHandler> Handlers(OgcProcessesClientOptions options) =>
        [new ProblemHandler(options.TimeProvider), new RetryHandler(options), new AuthenticationHandler(options)];

    /// <summary>Paths are found below an address that ends in a slash alone.</summary>
    private static Uri RootOf(OgcProcessesClientOptions options)
    {
        var server = options.Server ?? throw new ArgumentException("The client needs the address of its server.", nameof(options));
        return server.AbsolutePath.EndsWith('/') ? server : new UriBuilder(server) { Path = server.AbsolutePath + "/" }.Uri;
    }
}
