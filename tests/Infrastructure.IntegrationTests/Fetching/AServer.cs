using System.Net;
using System.Net.Sockets;
using System.Text;
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

/// <summary>A fetcher with its rules, a name server that says what the test wants, and a connector that notes what would leave this machine.</summary>
internal static class AFetcher
{
    public static GuardedFetcher That(FetchOptions options, Func<string, IPAddress[]>? names = null) => That(options, new Names(names));

    public static GuardedFetcher That(FetchOptions options, IHostResolver resolver, IConnector? connector = null)
    {
        var settings = Options.Create(options);
        return new GuardedFetcher(new NetworkGuard(resolver, connector ?? new TcpConnector(), settings), settings, NullLogger<GuardedFetcher>.Instance);
    }

    public static NetworkGuard Guard(FetchOptions options, Func<string, IPAddress[]>? names = null) =>
        new(new Names(names), new TcpConnector(), Options.Create(options));

    public static GuardedFetcher Answered(HttpMessageHandler handler)
    {
        var settings = Options.Create(new FetchOptions());
        return new GuardedFetcher(Guard(new FetchOptions()), settings, NullLogger<GuardedFetcher>.Instance, handler);
    }

    /// <summary>Rules under which the servers of these tests may be reached.</summary>
    public static GuardedFetcher OfThisMachine(
        long maxSize = 1 << 20, double idleSeconds = 20, double timeoutSeconds = 20, int retries = 0, long leastRate = 0) =>
        That(new FetchOptions
        {
            AllowedNetworks = ["127.0.0.0/8"],
            MaxSize = maxSize,
            IdleTimeout = TimeSpan.FromSeconds(idleSeconds),
            Timeout = TimeSpan.FromSeconds(timeoutSeconds),
            MaxRetries = retries,
            RetryDelay = TimeSpan.Zero,
            MinBytesPerSecond = leastRate,
        });
}

/// <summary>The name server of a test.</summary>
internal sealed class Names(Func<string, IPAddress[]>? names) : IHostResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        Task.FromResult((names ?? throw new InvalidOperationException($"'{host}' was to be resolved"))(host));
}

/// <summary>Notes each connection that is opened, and leads it to one server on this machine, or nowhere.</summary>
internal sealed class Connections(Uri? server = null) : IConnector
{
    private readonly TcpConnector _real = new();

    /// <summary>The addresses that connections were opened to, in order.</summary>
    public List<string> Opened { get; } = [];

    public Task<Stream> ConnectAsync(IPEndPoint target, CancellationToken cancellationToken)
    {
        Opened.Add($"{target.Address}");
        return server is null
            ? throw new SocketException((int)SocketError.ConnectionRefused)
            : _real.ConnectAsync(new(IPAddress.Loopback, server.Port), cancellationToken);
    }
}

/// <summary>A server on this machine that says, byte by byte, what no web server would; each connection takes one request.</summary>
internal sealed class ARawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Func<Request, Task> _answer;
    private readonly Task _serving;

    private ARawServer(Func<Request, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Root => new($"http://{_listener.LocalEndpoint}/");

    /// <summary>The heads of all requests, line by line.</summary>
    public List<string[]> Heads { get; } = [];

    public static ARawServer That(Func<Request, Task> answer) => new(answer);

    public static ARawServer Saying(string answer) => new(request => request.SayAsync(answer));

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _serving;
        _ending.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                using var connection = await _listener.AcceptTcpClientAsync(_ending.Token);
                var stream = connection.GetStream();
                using var reader = new StreamReader(stream, leaveOpen: true);
                List<string> head = [];
                // To its end, or closing would reset the connection instead of ending it.
                while (await reader.ReadLineAsync(_ending.Token) is { Length: > 0 } line) head.Add(line);
                Heads.Add([.. head]);
                await _answer(new(Heads.Count, Heads[^1], stream, _ending.Token));
            }
            catch (IOException)
            {
                // The other side gave up, as most of these tests expect.
            }
            catch (Exception end) when (end is OperationCanceledException or SocketException or InvalidOperationException)
            {
                return;
            }
        }
    }

    /// <summary>One request, and the way to answer it.</summary>
    internal sealed record Request(int Number, string[] Head, Stream Answer, CancellationToken Ending)
    {
        public string? Header(string name) =>
            Head.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

        public Task SayAsync(string text) => Answer.WriteAsync(Encoding.Latin1.GetBytes(text), Ending).AsTask();

        /// <summary>Says the same again and again until the other side has had enough.</summary>
        public async Task DripAsync(string text, int milliseconds)
        {
            for (; ; await Task.Delay(milliseconds, Ending)) await SayAsync(text);
        }
    }
}
