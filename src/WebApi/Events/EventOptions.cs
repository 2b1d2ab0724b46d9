using System.ComponentModel.DataAnnotations;

namespace OgcProcesses.WebApi.Events;

/// <summary>How jobs are followed by event streams. Section <c>Events</c>.</summary>
public sealed class EventOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Events";

    /// <summary>Most streams that are open at once; more are answered by 503.</summary>
    [Range(0, 1_000_000)]
    public int MaxStreams { get; set; } = 1_000;

    /// <summary>Time after which a stream without events gets a comment, so that proxies keep it open and a client that is gone is noticed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Time after which a stream without events is closed. Its client comes back by itself and goes on where it was.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(30);
}
