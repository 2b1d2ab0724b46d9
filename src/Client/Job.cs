using System.Net.Http.Headers;
using System.Net.Mime;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OgcProcesses.Client.Http;

namespace OgcProcesses.Client;

/// <summary>A job of the server: what it does, what it writes, and what it gave.</summary>
public sealed class Job
{
    private readonly OgcProcessesClient _client;

    internal Job(OgcProcessesClient client, StatusInfo status) => (_client, Status) = (client, status);

    /// <summary>Its identifier.</summary>
    public Guid Id => Status.JobID;

    /// <summary>What was last heard of it.</summary>
    public StatusInfo Status { get; private set; }

    /// <summary>Asks how it is now.</summary>
    public async Task<StatusInfo> RefreshAsync(CancellationToken cancellationToken = default) =>
        Status = await _client.Api.GetStatusAsync(Id, cancellationToken: cancellationToken);

    /// <summary>Waits for its end.</summary>
    /// <param name="progress">Is told how far it has got, as it gets on.</param>
    /// <param name="cancellationToken">Ends the wait, and not the job.</param>
    /// <returns>The job as it ended, however it did.</returns>
    public async Task<StatusInfo> WaitAsync(IProgress<JobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await foreach (var one in FollowAsync(cancellationToken: cancellationToken))
        {
            if (one is StatusEvent { Status: var now }) progress?.Report(new(now.Status, now.Progress, now.Message));
            else if (one is ProgressEvent step) progress?.Report(new(Status.Status, step.Percent, step.Message));
        }

        return Status;
    }

    /// <summary>Tells what happens to it, from its log's first line to its end: status, progress and log.</summary>
    /// <remarks>
    /// By the server's event stream, taken up again where it breaks; by looks at status and log as long as it can't be had.
    /// A server that is away, as while it is started again, is waited for as long as <see cref="OgcProcessesClientOptions.MaxOutage"/> says.
    /// </remarks>
    /// <param name="after">Leaves out the lines of the log up to this number of the present attempt.</param>
    /// <param name="cancellationToken">Ends the watching, and not the job.</param>
    public async IAsyncEnumerable<JobEvent> FollowAsync(long after = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (attempt, line) = (Status.Attempt, after);
        string? last = null;
        while (true)
        {
            using (var response = await OpenEventsAsync(last, cancellationToken))
            {
                var stream = response is null ? null : SseParser.Create(await response.Content.ReadAsStreamAsync(cancellationToken));
                var events = stream is null ? (await LookAsync(attempt, line, cancellationToken)).ToAsyncEnumerable() : ReadAsync(stream, cancellationToken);
                await foreach (var one in events)
                {
                    if (one is LogEvent told)
                    {
                        if (told.Attempt == attempt && told.Line <= line) continue;
                        (attempt, line) = (told.Attempt, told.Line);
                    }

                    yield return one;
                    if (one is StatusEvent { IsEnd: true }) yield break;
                }

                last = stream?.LastEventId ?? last;
            }

            await Task.Delay(_client.Settings.PollInterval, _client.Settings.TimeProvider, cancellationToken);
        }
    }

    /// <summary>The lines that its present attempt has written until now.</summary>
    /// <param name="after">Leaves out the lines up to this number.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<LogEvent> ReadLogAsync(long after = 0, CancellationToken cancellationToken = default) => ReadLogAsync(Status.Attempt, after, cancellationToken);

    /// <summary>What it gave.</summary>
    /// <exception cref="JobFailedException">It failed or was dismissed.</exception>
    public async Task<JobResults> GetResultsAsync(CancellationToken cancellationToken = default)
    {
        if (!Status.HasEnded) await RefreshAsync(cancellationToken);
        if (Status.Status is StatusCode.Failed or StatusCode.Dismissed) throw new JobFailedException(Status);
        using var request = new HttpRequestMessage(HttpMethod.Get, _client.PathOf($"jobs/{Id}/results"));
        return new JobResults(_client, await _client.SendAsync(request, ApiJson.Default.JsonObject, cancellationToken));
    }

    /// <summary>Stops it, or removes what it gave if it has ended.</summary>
    public async Task<StatusInfo> DismissAsync(CancellationToken cancellationToken = default) =>
        Status = await _client.Api.DismissAsync(Id, cancellationToken);

    private async IAsyncEnumerable<LogEvent> ReadLogAsync(int attempt, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var line in await _client.Api.GetLogsAsync(Id, skip: after, cancellationToken: cancellationToken))
            yield return new(attempt, line.Line, line.At, line.Source, line.Text);
    }

    /// <summary>Opens the event stream; null where there is none, or none for now.</summary>
    private async Task<HttpResponseMessage?> OpenEventsAsync(string? last, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _client.PathOf($"jobs/{Id}/events"));
        // Meanwhile a look at the job tells as much.
        request.Options.Set(RetryHandler.Once, true);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaTypeNames.Text.EventStream));
        if (last is not null) request.Headers.Add("Last-Event-ID", last);
        try
        {
            var response = await _client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.Content.Headers.ContentType?.MediaType == MediaTypeNames.Text.EventStream) return response;
            response.Dispose();
        }
        catch (Exception away) when (away is HttpRequestException or OgcProcessesException)
        {
            // Where the job itself can't be had, the look says so.
        }

        return null;
    }

    /// <summary>The events of a stream, to where it ends or breaks.</summary>
    private async IAsyncEnumerable<JobEvent> ReadAsync(SseParser<string> stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var events = stream.EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(events))
            if (Read(events.Current) is { } one) yield return one;
    }

    private static async Task<bool> MoveNextAsync(IAsyncEnumerator<SseItem<string>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            return false;
        }
    }

    private JobEvent? Read(SseItem<string> told) => told.EventType switch
    {
        "status" => Tell(JsonSerializer.Deserialize(told.Data, ApiJson.Default.StatusInfo)!, isEnd: false),
        "end" => Tell(JsonSerializer.Deserialize(told.Data, ApiJson.Default.StatusInfo)!, isEnd: true),
        "progress" => JsonSerializer.Deserialize(told.Data, ApiJson.Default.ProgressEvent),
        "log" => JsonSerializer.Deserialize(told.Data, ApiJson.Default.LogEvent),
        _ => null,
    };

    private StatusEvent Tell(StatusInfo status, bool isEnd) => new(Status = status, isEnd);

    /// <summary>A look; where the server is away, the first that it answers.</summary>
    private async Task<IReadOnlyList<JobEvent>> LookAsync(int attempt, long line, CancellationToken cancellationToken)
    {
        var (settings, clock) = (_client.Settings, _client.Settings.TimeProvider);
        for (var start = clock.GetTimestamp(); ; await Task.Delay(settings.PollInterval, clock, cancellationToken))
        {
            try
            {
                return await LookOnceAsync(attempt, line, cancellationToken);
            }
            catch (Exception failed) when (IsAway(failed) && clock.GetElapsedTime(start) < settings.MaxOutage)
            {
            }
        }
    }

    private static bool IsAway(Exception failed) => failed is HttpRequestException or IOException || (failed is OgcProcessesException { Status: var status } && RetryHandler.IsAway(status));

    /// <summary>What has happened since the last look: new lines of the log, then the status or how far it is.</summary>
    private async Task<IReadOnlyList<JobEvent>> LookOnceAsync(int attempt, long line, CancellationToken cancellationToken)
    {
        var (before, now) = (Status, await _client.Api.GetStatusAsync(Id, cancellationToken: cancellationToken));
        List<JobEvent> events = [];
        await foreach (var told in ReadLogAsync(now.Attempt, now.Attempt == attempt ? line : 0, cancellationToken)) events.Add(told);
        if (now.HasEnded || before.Status != now.Status) events.Add(new StatusEvent(now, now.HasEnded));
        else if ((before.Progress, before.Message) != (now.Progress, now.Message)) events.Add(new ProgressEvent(now.Progress, now.Message));
        Status = now;
        return events;
    }
}
