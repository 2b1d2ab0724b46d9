using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OgcProcesses.Client.Http;

namespace OgcProcesses.Client;

/// <summary>Executes processes of a server, follows its jobs and fetches their results.</summary>
/// <remarks>Safe to be used by many threads at once. What the server refuses is an <see cref="OgcProcessesException"/>; that it can't be reached, an <see cref="HttpRequestException"/>.</remarks>
public sealed class OgcProcessesClient
{
    private const int PageSize = 100;

    /// <summary>Makes a client with connections of its own, for as long as the program runs.</summary>
    /// <param name="server">The root of the API: the address of its landing page.</param>
    /// <param name="apiKey">The key that is sent with each request; none when left out.</param>
    public OgcProcessesClient(Uri server, string? apiKey = null)
        : this(new OgcProcessesClientOptions { Server = server, ApiKey = apiKey })
    {
    }

    /// <summary>Makes a client with connections of its own, for as long as the program runs.</summary>
    public OgcProcessesClient(OgcProcessesClientOptions options)
        : this(ClientServices.NewHttp(options), Options.Create(options))
    {
    }

    /// <summary>Makes a client of what <see cref="ClientServices.AddOgcProcessesClient"/> registers.</summary>
    [ActivatorUtilitiesConstructor]
    public OgcProcessesClient(HttpClient http, IOptions<OgcProcessesClientOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (Http, Settings, Api) = (http, options.Value, new OgcApi(http));
    }

    /// <summary>Every operation of the API, for what this class has no method for.</summary>
    public OgcApi Api { get; }

    internal HttpClient Http { get; }

    internal OgcProcessesClientOptions Settings { get; }

    /// <summary>Executes a process and waits for its results.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="inputs">Its inputs as members of an object: <c>new { image = ProcessInput.Link(…), redBand = 3 }</c>.</param>
    /// <param name="progress">Is told how far the job has got, as it gets on.</param>
    /// <param name="cancellationToken">Ends the wait, and not the job.</param>
    /// <exception cref="JobFailedException">The job failed or was dismissed; why is in its status.</exception>
    [RequiresUnreferencedCode("Reads the members of any type. Programs that are trimmed give ProcessInputs.")]
    [RequiresDynamicCode("Writes any type as JSON. Programs that are compiled ahead of time give ProcessInputs.")]
    public Task<JobResults> ExecuteAsync(string processId, object inputs, IProgress<JobProgress>? progress = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(processId, ProcessInputs.Of(inputs), progress, null, cancellationToken);

    /// <summary>Executes a process and waits for its results.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="progress">Is told how far the job has got, as it gets on.</param>
    /// <param name="options">How it is executed.</param>
    /// <param name="cancellationToken">Ends the wait; the job, too, only if the options say so.</param>
    /// <exception cref="JobFailedException">The job failed or was dismissed; why is in its status.</exception>
    public async Task<JobResults> ExecuteAsync(
        string processId, ProcessInputs inputs, IProgress<JobProgress>? progress = null, ExecuteOptions? options = null, CancellationToken cancellationToken = default)
    {
        var job = await SubmitAsync(processId, inputs, options, cancellationToken);
        try
        {
            await job.WaitAsync(progress, cancellationToken);
        }
        catch (OperationCanceledException) when (options?.DismissWhenCancelled is true)
        {
            await job.DismissAsync(CancellationToken.None);
            throw;
        }

        return await job.GetResultsAsync(cancellationToken);
    }

    /// <summary>Begins an execution, and does not wait.</summary>
    public async Task<Job> SubmitAsync(string processId, ProcessInputs inputs, ExecuteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var values = new JsonObject();
        foreach (var (id, input) in inputs) values[id] = await input.WriteAsync(this, cancellationToken);
        var body = new JsonObject { ["inputs"] = values };
        if (options?.Outputs is { } wanted) body["outputs"] = new JsonObject(wanted.Select(id => KeyValuePair.Create<string, JsonNode?>(id, new JsonObject())));
        using var request = new HttpRequestMessage(HttpMethod.Post, PathOf($"processes/{Uri.EscapeDataString(processId)}/execution"))
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, MediaTypeNames.Application.Json),
        };
        request.Headers.Add("Prefer", "respond-async");
        request.Headers.Add(RetryHandler.IdempotencyKey, $"\"{options?.IdempotencyKey ?? Guid.NewGuid().ToString()}\"");
        if (options?.ReuseWithin is { } age) request.Headers.CacheControl = new CacheControlHeaderValue { MaxAge = age };
        return new Job(this, await SendAsync(request, ApiJson.Default.StatusInfo, cancellationToken));
    }

    /// <summary>A job that was begun earlier or elsewhere.</summary>
    public async Task<Job> GetJobAsync(Guid id, CancellationToken cancellationToken = default) => new(this, await Api.GetStatusAsync(id, cancellationToken: cancellationToken));

    /// <summary>Lists the jobs that the caller sees, newest first; pages are fetched as they are needed.</summary>
    public async IAsyncEnumerable<StatusInfo> ListJobsAsync(JobQuery? query = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? cursor = null;
        do
        {
            var page = await Api.GetJobsAsync(
                limit: PageSize, cursor: cursor, processID: query?.Processes, status: query?.Statuses, datetime: query?.Interval, cancellationToken: cancellationToken);
            foreach (var job in page.Jobs) yield return job;
            cursor = page.Links.NextCursor();
        }
        while (cursor is not null);
    }

    /// <summary>Lists the processes that the caller sees; pages are fetched as they are needed.</summary>
    public async IAsyncEnumerable<ProcessSummary> ListProcessesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? cursor = null;
        do
        {
            var page = await Api.GetProcessesAsync(limit: PageSize, cursor: cursor, cancellationToken: cancellationToken);
            foreach (var process in page.Processes) yield return process;
            cursor = page.Links.NextCursor();
        }
        while (cursor is not null);
    }

    /// <summary>Tells what a process takes and gives.</summary>
    public Task<Process> DescribeAsync(string processId, CancellationToken cancellationToken = default) => Api.GetProcessDescriptionAsync(processId, cancellationToken: cancellationToken);

    /// <summary>Deploys a process.</summary>
    /// <param name="package">An OGC application package.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    public Task<ProcessSummary> DeployAsync(JsonObject package, CancellationToken cancellationToken = default) =>
        SendPackageAsync(HttpMethod.Post, "processes", package, cancellationToken);

    /// <summary>Replaces a process; its jobs stay as they are.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="package">An OGC application package.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    public Task<ProcessSummary> ReplaceAsync(string processId, JsonObject package, CancellationToken cancellationToken = default) =>
        SendPackageAsync(HttpMethod.Put, $"processes/{Uri.EscapeDataString(processId)}", package, cancellationToken);

    /// <summary>Undeploys a process; its jobs stay.</summary>
    public Task UndeployAsync(string processId, CancellationToken cancellationToken = default) => Api.UndeployAsync(processId, cancellationToken: cancellationToken);

    /// <summary>Uploads a file of this machine, so that it can be an input for a while; goes on where a connection breaks.</summary>
    /// <param name="path">Where it is found.</param>
    /// <param name="mediaType">What it is; told by its extension when left out.</param>
    /// <param name="progress">Is told how many bytes were sent.</param>
    /// <param name="cancellationToken">Stops; the server forgets what it has after a while.</param>
    /// <returns>The upload: its href is what an input links to.</returns>
    /// <exception cref="IOException">The file can't be read.</exception>
    public async Task<UploadInfo> UploadAsync(string path, string? mediaType = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        await using var file = File.OpenRead(path);
        return await new FileUpload(this, file, mediaType ?? FileTypes.Of(path), progress).RunAsync(cancellationToken);
    }

    /// <summary>Who the caller is to the server, and what they have used.</summary>
    public Task<CallerInfo> WhoAmIAsync(CancellationToken cancellationToken = default) => Api.GetMeAsync(cancellationToken: cancellationToken);

    /// <summary>An address of the API, from its path below the root.</summary>
    internal Uri PathOf(string path) => new(Http.BaseAddress!, path);

    internal async Task<T> SendAsync<T>(HttpRequestMessage request, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaTypeNames.Application.Json));
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        return await JsonSerializer.DeserializeAsync(content, type, cancellationToken) ?? throw new JsonException($"{request.RequestUri} answered null.");
    }

    private async Task<ProcessSummary> SendPackageAsync(HttpMethod method, string path, JsonObject package, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(package);
        using var request = new HttpRequestMessage(method, PathOf(path)) { Content = new StringContent(package.ToJsonString(), Encoding.UTF8, "application/ogcapppkg+json") };
        request.Headers.Add("Prefer", "return=representation");
        return await SendAsync(request, ApiJson.Default.ProcessSummary, cancellationToken);
    }
}
