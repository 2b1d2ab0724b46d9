using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OgcProcesses.WebApi.FunctionalTests.Deployment;

/// <summary>The server in a container, started by the command of docs/deployment.md, on a volume and with jobs of its own.</summary>
internal sealed partial class ServerContainer : IAsyncDisposable
{
    private static readonly string Document = Path.Combine(Docs.SessionTests.Repository, "docs", "deployment.md");

    private readonly string _name = $"ogc-test-{Guid.NewGuid():N}";
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };
    private readonly string _image;
    private string _id = "";
    private string _url = "";

    private ServerContainer(string image) => _image = image;

    [GeneratedRegex(@"^docker run (?<options>(?:.*\\\n)*.*)$", RegexOptions.Multiline)]
    private static partial Regex Start { get; }

    [GeneratedRegex("^docker exec ogcprocesses (?<command>.*)$", RegexOptions.Multiline)]
    private static partial Regex CreateKey { get; }

    public static async Task<ServerContainer> StartAsync(string image)
    {
        var server = new ServerContainer(image);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has all further requests sent with the key that the document's command creates.</summary>
    public async Task CreateKeyAsync()
    {
        var command = CreateKey.Match(await File.ReadAllTextAsync(Document)).Groups["command"].Value;
        // The key stands alone on its line; what is said about it goes to the other stream.
        var key = await DoAsync("sh", "-c", $"docker exec {_id} {command} 2>/dev/null");
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Runs a program in the container, as its default user.</summary>
    public Task<string> DoWithinAsync(params string[] command) => DoAsync("docker", ["exec", _id, .. command]);

    /// <summary>Ends the server as an upgrade does, and gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        await DoAsync("docker", "stop", "-t", "60", _id);
        return int.Parse(await DoAsync("docker", "inspect", "-f", "{{.State.ExitCode}}", _id), null);
    }

    /// <summary>Removes the container and starts another on its volume.</summary>
    public async Task ReplaceAsync()
    {
        Assert.That(await StopAsync(), Is.Zero);
        await DoAsync("docker", "rm", _id);
        await StartAsync();
    }

    public async Task DeployAsync(Package package) => await PostAsync("/processes", package.ToString(), "application/ogcapppkg+json");

    public Task<JsonNode> GetAsync(string path) => SendAsync(new(HttpMethod.Get, path));

    public Task<JsonNode> DeleteAsync(string path) => SendAsync(new(HttpMethod.Delete, path));

    public Task<JsonNode> PostAsync(string path, string content, string mediaType, string? prefer = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(content, Encoding.UTF8, mediaType) };
        if (prefer is not null) request.Headers.Add("Prefer", prefer);
        return SendAsync(request);
    }

    /// <summary>Waits until a job's status is as it should be; polled, as clients do.</summary>
    public async Task UntilAsync(string jobId, Func<JsonNode, bool> isReached)
    {
        for (var deadline = DateTime.UtcNow.AddMinutes(1); DateTime.UtcNow < deadline; await Task.Delay(50))
        {
            if (isReached(await GetAsync($"/jobs/{jobId}"))) return;
        }

        throw new TimeoutException($"Job {jobId} does not get there: {await GetAsync($"/jobs/{jobId}")}");
    }

    /// <summary>Removes the server, and what it has begun.</summary>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        // The server first: it would make its containers anew.
        if (_id.Length > 0) await DeploymentTests.RunAsync("docker", "rm", "-f", _id);
        foreach (var container in await Engine.ContainersOfInstanceAsync(_name)) await Engine.RemoveAsync(container.ID);
        await DeploymentTests.RunAsync("docker", "volume", "rm", _name);
    }

    /// <summary>What a program prints; it has to succeed.</summary>
    public static async Task<string> DoAsync(string program, params string[] arguments)
    {
        var (exitCode, told) = await DeploymentTests.RunAsync(program, arguments);
        Assert.That(exitCode, Is.Zero, $"{program} {string.Join(' ', arguments)}\n{told}");
        return told.Trim();
    }

    private async Task StartAsync()
    {
        var url = $"http://127.0.0.1:{ServerProcess.FreePort()}";
        // Names of its own, and the host's network: an engine without iptables publishes no ports.
        var options = Changed(
            Start.Match(await File.ReadAllTextAsync(Document)).Groups["options"].Value,
            ("--name ogcprocesses --restart unless-stopped", "--network host"),
            ("-p 127.0.0.1:8080:8080", $"-e Urls={url}"),
            ("ogcprocesses/server:0.1.0", _image),
            ("-v ogcprocesses:/data", $"-v {_name}:/data"),
            ("Docker__InstanceId=ogcprocesses", $"Docker__InstanceId={_name}"));
        _id = await DoAsync("sh", "-c", $"docker run {options}");
        for (var deadline = DateTime.UtcNow.AddMinutes(1); DateTime.UtcNow < deadline; await Task.Delay(50))
        {
            try
            {
                using var ready = await _http.GetAsync(new Uri($"{url}/health/ready"));
                if (!ready.IsSuccessStatusCode) continue;
                _url = url;
                return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }

        throw new TimeoutException($"The server did not get ready: {await DoAsync("docker", "logs", _id)}");
    }

    private static string Changed(string command, params (string Old, string New)[] changes) => changes.Aggregate(command, (changed, change) =>
    {
        Assert.That(changed, Does.Contain(change.Old), "docs/deployment.md has another command.");
        return changed.Replace(change.Old, change.New, StringComparison.Ordinal);
    });

    private async Task<JsonNode> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            request.RequestUri = new Uri(_url + request.RequestUri);
            using var response = await _http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            Assert.That(response.IsSuccessStatusCode, $"{request.Method} {request.RequestUri}: {text}");
            return JsonNode.Parse(text.Length > 0 ? text : "null")!;
        }
    }
}
