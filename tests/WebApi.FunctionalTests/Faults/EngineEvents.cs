using System.Collections.Concurrent;
using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace OgcProcesses.WebApi.FunctionalTests.Faults;

/// <summary>What the engine does with the containers of an installation; the one witness that neither the server nor a program can deceive.</summary>
internal sealed class EngineEvents : IAsyncDisposable, IProgress<Message>
{
    private readonly ConcurrentQueue<(string Action, string JobId)> _seen = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly DockerClientConfiguration _configuration = new();
    private readonly DockerClient _docker;
    private readonly Task _listening;

    /// <param name="instanceId">The installation; null for all that there are.</param>
    public EngineEvents(string? instanceId)
    {
        _docker = _configuration.CreateClient();
        _listening = _docker.System.MonitorEventsAsync(
            new()
            {
                // What happens before the engine has heard of this is told all the same.
                Since = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                Filters = new Dictionary<string, IDictionary<string, bool>>
                {
                    ["type"] = new Dictionary<string, bool> { ["container"] = true },
                    ["label"] = new Dictionary<string, bool> { [instanceId is null ? "org.ogcprocesses.job" : $"org.ogcprocesses.instance={instanceId}"] = true },
                },
            },
            this,
            _ending.Token);
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
            var (made, gone) = (_seen.Count(seen => seen == ("create", jobId)), _seen.Count(seen => seen == ("destroy", jobId)));
            if (made > 0 && made == gone) return StartsOf(jobId);
        }

        throw new TimeoutException($"Containers of job {jobId} are left: {string.Join(", ", _seen)}");
    }

    public void Report(Message value)
    {
        if (value.Actor.Attributes.TryGetValue("org.ogcprocesses.job", out var jobId)) _seen.Enqueue((value.Action, jobId));
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _listening.ContinueWith(_ => { }, TaskScheduler.Default);
        _docker.Dispose();
        _configuration.Dispose();
        _ending.Dispose();
    }
}
