using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OgcProcesses.WebApi.FunctionalTests.Conformance;
using OgcProcesses.WebApi.FunctionalTests.OpenApi;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>The whole server on a port of its own, with a database and folders of its own and the machine's Docker engine.</summary>
internal sealed class Server : WebApplicationFactory<Program>
{
    private readonly (string Key, string Value)[] _settings;
    private readonly Action<IServiceCollection> _addMore;

    public Server(params (string Key, string Value)[] settings)
        : this(_ => { }, settings)
    {
    }

    public Server(Action<IServiceCollection> addMore, params (string Key, string Value)[] settings)
    {
        (_addMore, _settings) = (addMore, settings);
        Folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;
        UseKestrel(0);
        StartServer();
        Http = new HttpClient(new DeclaredExchanges(this)) { BaseAddress = ClientOptions.BaseAddress, Timeout = TimeSpan.FromMinutes(2) };
    }

    public string Folder { get; }

    /// <summary>The path that all paths of the API begin with.</summary>
    public string PathBase => _settings.FirstOrDefault(setting => setting.Key == "Api:PathBase").Value ?? "";

    /// <summary>How the server's callers say who they are.</summary>
    public string Mode => _settings.FirstOrDefault(setting => setting.Key == "Security:Mode").Value ?? "Open";

    /// <summary>What its definition depends on, besides what is deployed.</summary>
    public (string Mode, bool UnitySds) Declares => (Mode, _settings.Contains(("Compatibility:UnitySds", "true")));

    /// <summary>A client that sends no header of its own.</summary>
    public HttpClient Http { get; }

    public async Task<Answer> GetAsync(string path, string? accept = null) => await SendAsync(HttpMethod.Get, path, accept: accept);

    public async Task<Answer> DeleteAsync(string path) => await SendAsync(HttpMethod.Delete, path);

    public async Task<Answer> PostAsync(string path, string json, string? prefer = null, string mediaType = "application/json") =>
        await SendAsync(HttpMethod.Post, path, json, prefer, mediaType);

    public async Task<Answer> ExecuteAsync(string processId, string json, string? prefer = null) =>
        await PostAsync($"/processes/{processId}/execution", json, prefer);

    public async Task<Answer> DeployAsync(Package package) =>
        await PostAsync("/processes", package.ToString(), mediaType: "application/ogcapppkg+json");

    /// <summary>Executes asynchronously and waits for the end of the job.</summary>
    public async Task<Answer> RunAsync(string processId, string json)
    {
        var accepted = await ExecuteAsync(processId, json, "respond-async");
        Assert.That((int)accepted.Status, Is.EqualTo(201), accepted.Text);
        return await EndOfAsync(accepted.Json["jobID"]!.GetValue<string>());
    }

    /// <summary>The status of a job once it has ended.</summary>
    public async Task<Answer> EndOfAsync(string jobId) =>
        await UntilAsync(jobId, status => status["status"]!.GetValue<string>() is "successful" or "failed" or "dismissed");

    /// <summary>The status of a job once it is as it should be; polled, as clients do.</summary>
    public async Task<Answer> UntilAsync(string jobId, Func<JsonNode, bool> isReached)
    {
        for (var deadline = DateTime.UtcNow.AddMinutes(2); DateTime.UtcNow < deadline; await Task.Delay(50))
        {
            var status = await GetAsync($"/jobs/{jobId}");
            if (isReached(status.Json)) return status;
        }

        throw new TimeoutException($"Job {jobId} has not got there within two minutes: {(await GetAsync($"/jobs/{jobId}")).Text}");
    }

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, string? body = null, string? prefer = null, string? mediaType = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (mediaType is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        }

        if (prefer is not null) request.Headers.TryAddWithoutValidation("Prefer", prefer);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await Http.SendAsync(request);
        var answer = await Answer.ReadAsync(response);
        await OfficialSchemas.CheckAsync(response, answer.Body);
        return answer;
    }

    /// <summary>Sends a request with headers as they are given; a body is JSON.</summary>
    public async Task<Answer> AskAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Data:Directory", Folder);
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        builder.UseSetting("Fetch:AllowedNetworks:0", "127.0.0.0/8");
        foreach (var (key, value) in _settings) builder.UseSetting(key, value);
        builder.ConfigureTestServices(_addMore);
    }

    protected override void Dispose(bool disposing)
    {
        try
        {
            base.Dispose(disposing);
        }
        catch (ObjectDisposedException)
        {
            // The program stops itself at the same time, and was first.
        }

        // The base class disposes itself twice.
        if (!disposing || !Directory.Exists(Folder)) return;
        Http.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>What the server answered.</summary>
internal sealed record Answer(System.Net.HttpStatusCode Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, byte[] Body)
{
    private JsonNode? _json;

    public string Text => Encoding.UTF8.GetString(Body);

    public JsonNode Json => _json ??= JsonNode.Parse(Body) ?? throw new JsonException("The answer is null.");

    public string? MediaType => ContentHeaders.ContentType?.MediaType;

    public string? Type => Json["type"]?.GetValue<string>();

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) =>
        new(response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsByteArrayAsync());

    /// <summary>Where the document's links of a relation lead.</summary>
    public List<string> Links(string relation) =>
        [.. Json["links"]!.AsArray().Where(link => link!["rel"]?.GetValue<string>() == relation).Select(link => link!["href"]!.GetValue<string>())];

    /// <summary>Places that a problem document names.</summary>
    public IEnumerable<string?> Pointers() => Json["errors"]!.AsArray().Select(error => (error!["pointer"] ?? error["parameter"])?.GetValue<string>());
}
