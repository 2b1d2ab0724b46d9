using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Docker.DotNet;

namespace OgcProcesses.WebApi.FunctionalTests.Faults;

/// <summary>What the engine does with the containers of an installation; the one witness that neither the server nor a program can deceive.</summary>
/// <remarks>Docker.DotNet's own monitor blocks a thread in its reading, and does not always end when it is told to.</remarks>
internal sealed class EngineEvents : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Action, string JobId)> _seen = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly HttpClient _http;
    private readonly Task _listening;

    /// <param name="instanceId">The installation; null for all that there are.</param>
    public EngineEvents(string? instanceId)
    {
        using var configuration = new DockerClientConfiguration();
        _http = UnixSocket.Client(configuration.EndpointBaseUri.LocalPath, Timeout.InfiniteTimeSpan);
        _listening = ListenAsync(instanceId is null ? "org.ogcprocesses.job" : $"org.ogcprocesses.instance={instanceId}");
    }

    /// <summary>How often the engine has started a container of a job.</summary>
    public int StartsOf(string jobId) => _seen.Count(seen => seen == ("start", jobId));

    /// <summary>How often the engine has made a container of a job.</summary>
    public int MadeOf(string jobId) => _seen.Count(seen => seen == ("create", jobId));

    /// <summary>The starts of a job once all its containers are gone.</summary>
    public async Task<int> StartsOfEndedAsync(string jobId)
    {
        for (var deadline = DateTime.UtcNow.AddMinutes(1); DateTime.UtcNow < deadline; await Task.Delay(20))
        {
            if (_listening.IsCompleted) await _listening;
            var (made, gone) = (_seen.Count(seen => seen == ("create", jobId)), _seen.Count(seen => seen == ("destroy", jobId)));
            if (made > 0 && made == gone) return StartsOf(jobId);
        }

        throw new TimeoutException($"Containers of job {jobId} are left: {string.Join(", ", _seen)}");
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _listening.ContinueWith(_ => { }, TaskScheduler.Default);
        _http.Dispose();
        _ending.Dispose();
    }

    private async Task ListenAsync(string label)
    {
        // What happens before the engine has heard of this is told all the same.
        var query = $"since={DateTimeOffset.UtcNow.ToUnixTimeSeconds()}&filters={Uri.EscapeDataString($$"""{"type":["container"],"label":["{{label}}"]}""")}";
        using var events = new StreamReader(await _http.GetStreamAsync(new Uri($"/events?{query}", UriKind.Relative), _ending.Token));
        while (await events.ReadLineAsync(_ending.Token) is { } line)
        {
            var happened = JsonNode.Parse(line)!;
            if (happened["Actor"]!["Attributes"]!["org.ogcprocesses.job"] is { } jobId) _seen.Enqueue((happened["Action"]!.GetValue<string>(), jobId.GetValue<string>()));
        }
    }
}
