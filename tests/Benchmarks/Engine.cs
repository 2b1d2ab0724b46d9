using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace OgcProcesses.Benchmarks;

/// <summary>The container engine's API without anything around it: the floor that the server is measured against.</summary>
internal sealed class Engine : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint("/var/run/docker.sock"), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://engine/v1.41/"),
    };

    /// <summary>What to create so that a container is like an existing one.</summary>
    public async Task<JsonObject> RecipeOfAsync(string jobId)
    {
        var filters = Uri.EscapeDataString($$"""{"label":["org.ogcprocesses.job={{jobId}}"]}""");
        var found = await _http.GetFromJsonAsync<JsonArray>($"containers/json?all=true&filters={filters}");
        var container = await _http.GetFromJsonAsync<JsonObject>($"containers/{found![0]!["Id"]}/json");
        var recipe = container!["Config"]!.DeepClone().AsObject();
        // Without its labels, or the server would take the copies for its own; without a host name, which joined namespaces refuse.
        foreach (var name in (string[])["Labels", "Hostname"]) recipe.Remove(name);
        recipe["HostConfig"] = container["HostConfig"]!.DeepClone();
        return recipe;
    }

    /// <summary>Creates, starts, waits for and removes a container.</summary>
    public async Task RunAsync(JsonObject recipe)
    {
        var id = await CreateAsync(recipe);
        await PostAsync($"containers/{id}/start");
        await PostAsync($"containers/{id}/wait");
        await RemoveAsync(id);
    }

    /// <summary>Starts a container that only holds a network namespace without a network.</summary>
    public async Task<string> StartHolderAsync(string image)
    {
        var id = await CreateAsync(new()
        {
            ["Image"] = image,
            ["Entrypoint"] = new JsonArray("/bin/busybox", "sleep", "100000"),
            ["HostConfig"] = new JsonObject { ["NetworkMode"] = "none" },
        });
        await PostAsync($"containers/{id}/start");
        return id;
    }

    public async Task RemoveAsync(string id)
    {
        using var removed = await _http.DeleteAsync($"containers/{id}?force=true&v=true");
        removed.EnsureSuccessStatusCode();
    }

    public async Task<string> VersionAsync() => (await _http.GetFromJsonAsync<JsonObject>("version"))!["Version"]!.GetValue<string>();

    public void Dispose() => _http.Dispose();

    private async Task<string> CreateAsync(JsonObject recipe)
    {
        using var created = await _http.PostAsJsonAsync("containers/create", recipe);
        if (!created.IsSuccessStatusCode) throw new HttpRequestException(await created.Content.ReadAsStringAsync());
        return (await created.Content.ReadFromJsonAsync<JsonObject>())!["Id"]!.GetValue<string>();
    }

    private async Task PostAsync(string path)
    {
        using var answer = await _http.PostAsync(path, null);
        // Read to its end: the answer to a wait comes when the container has ended.
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode) throw new HttpRequestException($"{path}: {text}");
    }
}
