using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>A subscriber of jobs: a web server of its own, which keeps what it is told and answers as the test says.</summary>
internal sealed class Subscriber : IAsyncDisposable
{
    private readonly ConcurrentQueue<Told> _told = new();
    private WebApplication? _app;

    public int Port { get; } = FreePort();

    /// <summary>The status that an event is answered by, given what came so far; 200 unless the test says otherwise.</summary>
    public Func<Told, int> Answers { get; set; } = _ => 200;

    public IReadOnlyList<Told> All => [.. _told];

    public static async Task<Subscriber> StartAsync()
    {
        var subscriber = new Subscriber();
        await subscriber.ListenAsync();
        return subscriber;
    }

    public async Task ListenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Port));
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var told = new Told(context.Request.Path.Value!.Trim('/'), context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray());
            context.Response.StatusCode = Answers(told);
            _told.Enqueue(told);
        });
        await _app.StartAsync();
    }

    /// <summary>The member for an execute request, for all kinds or those named.</summary>
    public string Member(params string[] kinds)
    {
        if (kinds.Length == 0) kinds = ["success", "inProgress", "failed"];
        return $$"""
            "subscriber": { {{string.Join(", ", kinds.Select(kind => $"\"{kind}Uri\": \"http://127.0.0.1:{Port}/{kind}?token=secret\""))}} }
            """;
    }

    /// <summary>What it was told first that is as the test wants it, once it was.</summary>
    public async Task<Told> ToldAsync(Func<Told, bool> isWanted)
    {
        for (var deadline = DateTime.UtcNow.AddMinutes(1); DateTime.UtcNow < deadline; await Task.Delay(20))
            if (_told.FirstOrDefault(isWanted) is { } told) return told;
        throw new TimeoutException($"The subscriber was told only: {string.Join("; ", _told.Select(told => $"{told.Kind} {told.Text}"))}");
    }

    public Task<Told> ToldAsync(string kind) => ToldAsync(told => told.Kind == kind);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

/// <summary>What a subscriber was told.</summary>
internal sealed record Told(string Kind, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonNode Json => JsonNode.Parse(Body)!;

    public string Id => Headers["webhook-id"];
}
