using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Faults;

/// <summary>Several installations in one process, each with data and containers of its own, which die together.</summary>
/// <remarks>
/// A start costs most of what there is to pay, and nearly all of it once for a process. One kill hits them all, each at
/// another place.
/// </remarks>
internal sealed class Fleet : IAsyncDisposable
{
    /// <summary>The exit code of what SIGKILL has ended.</summary>
    private const int Killed = 128 + 9;

    /// <summary>How long servers may take to answer, or to be gone.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("ogc-fleet-").FullName;
    private readonly List<string> _said = [];
    private Process? _process;

    public Fleet(int size, params string[] settings)
    {
        Members = [.. Enumerable.Range(0, size).Select(number => new Member(Path.Combine(_folder, $"{number}"), settings))];
        File.WriteAllLines(Path.Combine(_folder, "others"), Members.Skip(1).Select(member => string.Join('\t', member.Arguments)));
    }

    public IReadOnlyList<Member> Members { get; }

    /// <summary>Completes when the process has died.</summary>
    public Task Death { get; private set; } = Task.CompletedTask;

    /// <summary>What the servers wrote to their console.</summary>
    public string Said
    {
        get
        {
            lock (_said) return string.Join('\n', _said.TakeLast(200));
        }
    }

    /// <summary>Starts all servers.</summary>
    /// <param name="killAt">The crossing, counted over all of them, at which they are to die; null for none.</param>
    public void Start(string? killAt)
    {
        foreach (var member in Members) File.Delete(member.Socket);
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. Members[0].Arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_STARTUP_HOOKS"] = Installation.FaultyServer;
        start.Environment["OGC_FAULT_ALSO"] = Path.Combine(_folder, "others");
        if (killAt is not null) start.Environment["OGC_FAULT_KILL_AT"] = killAt;
        _process?.Dispose();
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Death = _process.WaitForExitAsync();
    }

    /// <summary>Kills all servers that have not died.</summary>
    public async Task KillAsync()
    {
        if (!_process!.HasExited) _process.Kill();
        await Death.WaitAsync(Patience);
        Assert.That(_process.ExitCode, Is.EqualTo(Killed), () => $"A server has ended by itself:\n{Said}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) _process.Kill();
        await Death;
        _process?.Dispose();
        foreach (var member in Members) await member.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_said) _said.Add(line);
    }
}

/// <summary>One installation of a fleet. Requests are answered by null when the server is not there, or dies meanwhile.</summary>
internal sealed class Member(string folder, string[] settings) : IAsyncDisposable
{
    private readonly HttpClient _http = UnixSocket.Client(folder + ".sock", Fleet.Patience);

    public string Folder => folder;

    public string Socket => folder + ".sock";

    public string InstanceId { get; } = $"fleet-{Guid.NewGuid():N}";

    public string[] Arguments => [.. Installation.Arguments($"http://unix:{Socket}", folder, InstanceId), "--applicationName", "OgcProcesses.WebApi", .. settings];

    public async Task<(HttpStatusCode Status, string Text)?> SendAsync(HttpMethod method, string path, string? body = null, string mediaType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Prefer", "respond-async");
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, mediaType);
        try
        {
            using var answer = await _http.SendAsync(request);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        var answer = await SendAsync(HttpMethod.Get, path);
        Assert.That(answer?.Status, Is.EqualTo(HttpStatusCode.OK), $"{path}: {answer?.Text}");
        return JsonNode.Parse(answer!.Value.Text)!;
    }

    /// <summary>Waits until the server answers; false when it dies before.</summary>
    /// <exception cref="TimeoutException">It does neither.</exception>
    public async Task<bool> AnswersAsync(Fleet fleet)
    {
        for (var start = Stopwatch.GetTimestamp(); !fleet.Death.IsCompleted; await Task.WhenAny(fleet.Death, Task.Delay(20)))
        {
            if (await SendAsync(HttpMethod.Get, "/health/live") is not null) return true;
            if (Stopwatch.GetElapsedTime(start) > Fleet.Patience) throw new TimeoutException($"The server of {folder} neither answers nor dies:\n{fleet.Said}");
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var container in await Engine.ContainersOfInstanceAsync(InstanceId)) await Engine.RemoveAsync(container.ID);
    }
}
