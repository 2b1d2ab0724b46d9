using System.Diagnostics.Tracing;

namespace OgcProcesses.FaultyServer;

/// <summary>Makes a crossing of every HTTP request of the server, by the last word of its path: <c>Request.create</c>, <c>Request.start</c>.</summary>
/// <remarks>One call of the runner makes several of them: a container is created, and then started. The runtime tells of them on the thread that sends.</remarks>
internal sealed class EngineRequests(Crossings crossings) : EventListener
{
    private const string Http = "System.Net.Http";

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Http) EnableEvents(eventSource, EventLevel.Informational);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        // Also called while the base class is still being made.
        if (crossings is null || eventData is not { EventSource.Name: Http, EventName: "RequestStart", Payload: [_, _, _, string path, ..] }) return;
        crossings.Cross($"Request.{path.Split('?')[0].Split('/')[^1]}");
    }
}
