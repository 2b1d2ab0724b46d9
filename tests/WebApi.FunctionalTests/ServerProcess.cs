using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using OgcProcesses.WebApi.FunctionalTests.Conformance;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>The server as a process of its own, which can be killed and started again on the same data.</summary>
internal sealed class ServerProcess(string folder, params string[] settings) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };
    private Process? _process;

    /// <summary>Starts the server and waits until it is ready, or only until it lives.</summary>
    public async Task StartAsync(bool isReady = true)
    {
        var url = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("dotnet");
        foreach (var argument in (string[])[typeof(Program).Assembly.Location, "--urls", url, "--Data:Directory", folder, "--Logging:LogLevel:Default", "Error", .. settings])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        for (var deadline = DateTime.UtcNow.AddMinutes(1); DateTime.UtcNow < deadline; await Task.Delay(50))
        {
            try
            {
                using var ready = await _http.GetAsync($"{url}/health/{(isReady ? "ready" : "live")}");
                if (!ready.IsSuccessStatusCode) continue;
                Url = url;
                return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }

        throw new TimeoutException("The server did not get ready.");
    }

    public string Url { get; private set; } = "";

    /// <summary>The operating system's number of the process.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>Ends the server as a power failure would.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends the server as its operator would (SIGTERM).</summary>
    public async Task StopAsync()
    {
        using (var kill = Process.Start("kill", $"{_process!.Id}")) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.That(_process.ExitCode, Is.Zero);
    }

    public async Task<string> ExecuteAsync(string processId, string json, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Url}/processes/{processId}/execution");
        request.Headers.Add("Prefer", "respond-async");
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["jobID"]!.GetValue<string>();
    }

    public async Task DeployAsync(Package package)
    {
        using var content = new StringContent(package.ToString(), Encoding.UTF8, "application/ogcapppkg+json");
        using var answer = await _http.PostAsync($"{Url}/processes", content);
        answer.EnsureSuccessStatusCode();
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        using var response = await _http.GetAsync($"{Url}{path}");
        var answer = await Answer.ReadAsync(response.EnsureSuccessStatusCode());
        await OfficialSchemas.CheckAsync(response, answer.Body);
        return answer.Json;
    }

    /// <summary>The status of a job once it is as it should be; polled, as clients do.</summary>
    public async Task<JsonNode> UntilAsync(string jobId, Func<JsonNode, bool> isReached)
    {
        for (var deadline = DateTime.UtcNow.AddMinutes(2); DateTime.UtcNow < deadline; await Task.Delay(50))
        {
            var status = await GetAsync($"/jobs/{jobId}");
            if (isReached(status)) return status;
        }

        throw new TimeoutException($"Job {jobId} has not got there: {await GetAsync($"/jobs/{jobId}")}");
    }

    public void Dispose()
    {
        if (_process is { HasExited: false }) _process.Kill();
        _process?.Dispose();
        _http.Dispose();
    }

    internal static int FreePort()
    {
        using var probe = new TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        return ((System.Net.IPEndPoint)probe.LocalEndpoint).Port;
    }
}
