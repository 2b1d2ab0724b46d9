using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Events;

namespace OgcProcesses.WebApi.Events;

/// <summary>Answers with the events of a job as they come, to its end.</summary>
/// <remarks>Server-Sent Events, https://html.spec.whatwg.org/multipage/server-sent-events.html</remarks>
internal sealed class EventStreamAnswer(IAsyncEnumerable<JobEvent> events) : IActionResult
{
    private const string MediaType = "text/event-stream";

    /// <inheritdoc />
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var (http, services) = (context.HttpContext, context.HttpContext.RequestServices);
        var streams = services.GetRequiredService<OpenStreams>();
        var clock = services.GetRequiredService<TimeProvider>();
        var options = services.GetRequiredService<IOptions<EventOptions>>().Value;
        using var place = streams.Enter();
        Begin(http);
        if (HttpMethods.IsHead(http.Request.Method)) return;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, streams.Stopping);
        try
        {
            await http.Response.StartAsync(ending.Token);
            await http.Response.Body.FlushAsync(ending.Token);
            var json = services.GetRequiredService<IOptions<JsonOptions>>().Value.JsonSerializerOptions;
            await new EventWriter(http.Response.Body, json, options, clock).WriteAsync(events, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The client has gone, or the server stops: clients come back with the last event they have.
        }
    }

    private static void Begin(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentType = MediaType;
        headers.CacheControl = "no-cache, no-transform";
        headers.Append("Vary", "Accept");
        // What nginx and those who follow it go by; others are told by the media type.
        headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }
}
