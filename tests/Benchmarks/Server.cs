using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;

namespace OgcProcesses.Benchmarks;

/// <summary>A server of its own, with an empty data folder.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ogcprocesses-bench-").FullName;
    private readonly Process _process;

    private Server(int port)
    {
        Http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(5) };
        var path = typeof(Server).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ServerPath").Value!;
        var start = new ProcessStartInfo("dotnet");
        foreach (var argument in (string[])
            [Path.GetFullPath(path), "--urls", Http.BaseAddress.ToString(), "--Data:Directory", _folder, "--Logging:LogLevel:Default", "Error", "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Error"])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    public HttpClient Http { get; }

    /// <summary>Resident memory now, in bytes.</summary>
    public long Resident => Memory("VmRSS");

    /// <summary>Most resident memory so far, in bytes.</summary>
    public long Peak => Memory("VmHWM");

    /// <summary>Starts a server and tells how long its first answer took.</summary>
    public static async Task<(Server Server, TimeSpan FirstAnswer)> StartAsync()
    {
        var port = FreePort();
        var start = Stopwatch.GetTimestamp();
        var server = new Server(port);
        while (!await server.AnswersAsync()) await Task.Delay(10);
        return (server, Stopwatch.GetElapsedTime(start));
    }

    public async Task<JsonObject> ExecuteAsync(string inputs, bool respondAsync, string process = "echo")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/processes/{process}/execution");
        if (respondAsync) request.Headers.Add("Prefer", "respond-async");
        request.Content = new StringContent($$"""{"inputs":{{inputs}} }""", Encoding.UTF8, "application/json");
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)!.AsObject() : throw new HttpRequestException(text);
    }

    public async Task<JsonObject> GetAsync(string path) => JsonNode.Parse(await Http.GetStringAsync(path))!.AsObject();

    public async ValueTask DisposeAsync()
    {
        using (var kill = Process.Start("kill", _process.Id.ToString(CultureInfo.InvariantCulture))) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process.HasExited) throw new InvalidOperationException("The server has ended.");
        try
        {
            using var answer = await Http.GetAsync("/");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private long Memory(string name)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        return ((System.Net.IPEndPoint)probe.LocalEndpoint).Port;
    }
}
