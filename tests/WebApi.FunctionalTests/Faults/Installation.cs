using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests.Faults;

/// <summary>A server as a process of its own, with data and containers of its own, which dies at a step that the test names.</summary>
internal sealed class Installation(params string[] settings) : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    /// <summary>What makes the server die where it is told to.</summary>
    public static readonly string FaultyServer = Path.Combine(AppContext.BaseDirectory, "OgcProcesses.FaultyServer.dll");

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http = new() { Timeout = Patience };
    private readonly List<string> _said = [];
    private Process? _process;
    private string _url = "";

    /// <summary>Where it listens; a free port of each start's own, unless the test gives one.</summary>
    public string Address { get; init; } = "http://127.0.0.1:0";

    /// <summary>The data folder.</summary>
    public string Folder { get; init; } = Directory.CreateTempSubdirectory("ogcprocesses-fault-").FullName;

    /// <summary>What its containers are labelled with.</summary>
    public string InstanceId { get; init; } = $"fault-{Guid.NewGuid():N}";

    /// <summary>Variables that the server is started with.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Starts the server and waits until it answers.</summary>
    /// <param name="killAt">A crossing of the FaultyServer at which it is to die; null for the plain server.</param>
    /// <returns>False when it has died before.</returns>
    public async Task<bool> StartAsync(string? killAt = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] all = [typeof(Program).Assembly.Location, .. Arguments(Address, Folder, InstanceId), "--Docker:Holders", "0", .. settings];
        foreach (var argument in all) start.ArgumentList.Add(argument);
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        if (killAt is not null)
        {
            start.Environment["DOTNET_STARTUP_HOOKS"] = FaultyServer;
            start.Environment["OGC_FAULT_KILL_AT"] = killAt;
        }

        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process?.Dispose();
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Hear(line.Data, listening);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data, listening);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var death = _process.WaitForExitAsync();
        if (await Task.WhenAny(listening.Task, death).WaitAsync(Patience) == death) return false;
        _url = await listening.Task;
        return true;
    }

    /// <summary>The command line of a server whose workers look often, so that nothing is waited for in vain.</summary>
    public static string[] Arguments(string url, string folder, string instanceId) =>
    [
        "--urls", url, "--Data:Directory", folder, "--Docker:InstanceId", instanceId, "--Runner:ReconcileInterval", "00:00:00.5",
        "--Runner:PollInterval", "00:00:00.2", "--Runner:StopGrace", "00:00:01", "--Callbacks:PollInterval", "00:00:00.2",
        "--Callbacks:Timeout", "00:00:05", "--Callbacks:FirstRetry", "00:00:00.2", "--Callbacks:MaxRetry", "00:00:01",
        "--Fetch:AllowedNetworks:0", "127.0.0.0/8", "--Logging:LogLevel:Default", "Warning", "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Information",
    ];

    /// <summary>Starts the server as it is shipped.</summary>
    public async Task StartPlainAsync() => Assert.That(await StartAsync(), Is.True, () => $"The server does not start:\n{Said}");

    /// <summary>What it wrote to its console, of all its starts.</summary>
    public string Said
    {
        get
        {
            lock (_said) return string.Join('\n', _said);
        }
    }

    /// <summary>Waits until the server has written something to its console that it had not written before.</summary>
    public async Task SaidAnewAsync(string what)
    {
        var before = Count();
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Patience; await Task.Delay(50))
            if (Count() > before) return;
        throw new TimeoutException($"It did not say '{what}':\n{Said}");

        int Count()
        {
            lock (_said) return _said.Count(line => line.Contains(what, StringComparison.Ordinal));
        }
    }

    /// <summary>Waits until the server has written something to its console, now or before.</summary>
    public async Task SaidAsync(string what)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Patience; await Task.Delay(50))
            if (Said.Contains(what, StringComparison.Ordinal)) return;
        throw new TimeoutException($"It did not say '{what}':\n{Said}");
    }

    /// <summary>Waits until none of its containers is left.</summary>
    public async Task UntilNoContainerAsync()
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Patience; await Task.Delay(50))
            if ((await Engine.ContainersOfInstanceAsync(InstanceId)).Count == 0) return;
        throw new TimeoutException($"Containers are left:\n{Said}");
    }

    /// <summary>Waits until the server has died where it was to.</summary>
    public async Task DeathAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(Patience);
        Assert.That(_process.ExitCode, Is.EqualTo(128 + 9), () => $"It ended otherwise:\n{Said}");
    }

    /// <summary>Ends the server as a power failure would.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Lets the server hang (SIGSTOP), as a machine does that is suspended.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>Lets a server that hangs go on (SIGCONT).</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Ends the server as its operator would (SIGTERM).</summary>
    public async Task StopAsync()
    {
        await SignalAsync("TERM");
        await _process!.WaitForExitAsync().WaitAsync(Patience);
        Assert.That(_process.ExitCode, Is.Zero, () => Said);
    }

    public async Task DeployAsync(Package package)
    {
        using var answer = await SendAsync(HttpMethod.Post, "/processes", package.ToString(), "application/ogcapppkg+json");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Created), await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Executes without waiting; null when the server died before it answered.</summary>
    public async Task<string?> ExecuteAsync(string processId, string json = """{"inputs":{}}""", string? key = null)
    {
        try
        {
            using var answer = await SendAsync(HttpMethod.Post, $"/processes/{processId}/execution", json, key: key);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Created), text);
            return JsonNode.Parse(text)!["jobID"]!.GetValue<string>();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Dismisses a job; null when the server died before it answered.</summary>
    public async Task<HttpStatusCode?> DismissAsync(string jobId)
    {
        try
        {
            using var answer = await SendAsync(HttpMethod.Delete, $"/jobs/{jobId}");
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async Task<(HttpStatusCode Status, string Text)> AskAsync(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        var (status, text) = await AskAsync(path);
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK), text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>The only job there is.</summary>
    public async Task<string> OnlyJobAsync() => (await GetAsync("/jobs"))["jobs"]!.AsArray().Single()!["jobID"]!.GetValue<string>();

    /// <summary>The status of a job once it has ended.</summary>
    public Task<JsonNode> EndOfAsync(string jobId) => UntilAsync(jobId, status => Word(status) is "successful" or "failed" or "dismissed");

    /// <summary>The status of a job once it is as it should be; polled, as clients do.</summary>
    public async Task<JsonNode> UntilAsync(string jobId, Func<JsonNode, bool> isReached)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Patience; await Task.Delay(50))
        {
            var status = await GetAsync($"/jobs/{jobId}");
            if (isReached(status)) return status;
        }

        throw new TimeoutException($"Job {jobId} has not got there: {await GetAsync($"/jobs/{jobId}")}\n{Said}");
    }

    /// <summary>Waits until nothing is left but what jobs are to leave: no container, no work folder, no log and no output but those named.</summary>
    public async Task UntilLeftAsync(params string[] files)
    {
        var left = new List<string>();
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Patience; await Task.Delay(50))
        {
            left = [.. Left(), .. (await Engine.ContainersOfInstanceAsync(InstanceId)).Select(container => container.Names[0])];
            if (left.Order().SequenceEqual(files.Order())) return;
        }

        Assert.That(left, Is.EquivalentTo(files), () => Said);
    }

    private IEnumerable<string> Left() => LeftIn(Folder);

    /// <summary>Work folders, folders of logs and files of outputs, as paths below a data folder.</summary>
    public static IEnumerable<string> LeftIn(string folder)
    {
        string[] found = [.. In("work", Directory.EnumerateDirectories), .. In("logs", JobFolders), .. In("outputs", AllFiles)];
        return found.Select(path => Path.GetRelativePath(folder, path));

        IEnumerable<string> In(string name, Func<string, IEnumerable<string>> list) =>
            Directory.Exists(Path.Combine(folder, name)) ? list(Path.Combine(folder, name)) : [];

        static IEnumerable<string> JobFolders(string path) => Directory.EnumerateDirectories(path).SelectMany(Directory.EnumerateDirectories);

        static IEnumerable<string> AllFiles(string path) => Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories);
    }

    public static string Word(JsonNode status) => status["status"]!.GetValue<string>();

    /// <summary>Ends the server, if it runs.</summary>
    public async Task EndAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _process?.Dispose();
        _http.Dispose();
        foreach (var container in await Engine.ContainersOfInstanceAsync(InstanceId)) await Engine.RemoveAsync(container.ID);
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The lines of a stream of events, as they come.</summary>
    public async Task<StreamReader> FollowAsync(string jobId) => new(await _http.GetStreamAsync(new Uri($"{_url}/jobs/{jobId}/events")));

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? body = null, string mediaType = "application/json", string prefer = "respond-async", string? key = null)
    {
        using var request = new HttpRequestMessage(method, _url + path);
        request.Headers.Add("Prefer", prefer);
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, mediaType);
        return await _http.SendAsync(request);
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
    }

    private void Hear(string? line, TaskCompletionSource<string> listening)
    {
        if (line is null) return;
        lock (_said) _said.Add(line);
        var place = line.IndexOf(Listening, StringComparison.Ordinal);
        if (place >= 0) listening.TrySetResult(line[(place + Listening.Length)..].Trim());
    }
}
