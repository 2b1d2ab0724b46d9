using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OgcProcesses.Infrastructure.Fetching;

namespace OgcProcesses.Infrastructure.IntegrationTests.Fetching;

/// <summary>A server on this machine that answers every request by one delegate and counts them.</summary>
internal sealed class AServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private AServer(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(context =>
        {
            Interlocked.Increment(ref _requests);
            return answer(context);
        });
    }

    public Uri Root { get; private set; } = null!;

    public int Requests => _requests;

    public static async Task<AServer> ThatAsync(RequestDelegate answer)
    {
        var server = new AServer(answer);
        await server._app.StartAsync();
        var addresses = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        server.Root = new Uri(addresses.Addresses.Single());
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

/// <summary>A fetcher with its rules, and a name server that says what the test wants.</summary>
internal static class AFetcher
{
    public static GuardedFetcher That(FetchOptions options, Func<string, IPAddress[]>? names = null) => That(options, new Names(names));

    public static GuardedFetcher That(FetchOptions options, IHostResolver resolver)
    {
        var settings = Options.Create(options);
        return new GuardedFetcher(new NetworkGuard(resolver, settings), settings, NullLogger<GuardedFetcher>.Instance);
    }

    public static NetworkGuard Guard(FetchOptions options, Func<string, IPAddress[]>? names = null) => new(new Names(names), Options.Create(options));

    public static GuardedFetcher Answered(HttpMessageHandler handler)
    {
        var settings = Options.Create(new FetchOptions());
        return new GuardedFetcher(new NetworkGuard(new Names(null), settings), settings, NullLogger<GuardedFetcher>.Instance, handler);
    }

    /// <summary>Rules under which the servers of these tests may be reached.</summary>
    public static GuardedFetcher OfThisMachine(long maxSize = 1 << 20, double idleSeconds = 20, double timeoutSeconds = 20) =>
        That(new FetchOptions
        {
            AllowedNetworks = ["127.0.0.0/8"],
            MaxSize = maxSize,
            IdleTimeout = TimeSpan.FromSeconds(idleSeconds),
            Timeout = TimeSpan.FromSeconds(timeoutSeconds),
        });

    private sealed class Names(Func<string, IPAddress[]>? names) : IHostResolver
    {
        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
            Task.FromResult((names ?? throw new InvalidOperationException($"'{host}' was to be resolved"))(host));
    }
}
