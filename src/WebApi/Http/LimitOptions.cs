using System.ComponentModel.DataAnnotations;

namespace OgcProcesses.WebApi.Http;

/// <summary>How much of the server one client may take. Section <c>Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Limits";

    /// <summary>Largest application package, in bytes; a larger one is answered by 413.</summary>
    [Range(1_024L, long.MaxValue)]
    public long MaxPackageBytes { get; set; } = 16L << 20;

    /// <summary>Deepest JSON of a request body.</summary>
    [Range(8, 64)]
    public int MaxJsonDepth { get; set; } = 64;

    /// <summary>Requests a second that one address may send in the long run; 0 for any number.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerSecond { get; set; }

    /// <summary>Requests that one address may send at once after it was silent.</summary>
    [Range(1, 1_000_000)]
    public int RequestBurst { get; set; } = 100;

    /// <summary>Whether looking after a job (its status, its log) and after the server's health counts as well.</summary>
    public bool CountPolling { get; set; }

    /// <summary>Most connections at once; a further one is closed.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>Least bytes a second of a request body, after its first five seconds; a slower one is answered by 408.</summary>
    [Range(1, 1L << 30)]
    public int MinBodyBytesPerSecond { get; set; } = 240;

    /// <summary>Longest time for the headers of a request.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most bytes of all headers of a request; with more it is answered by 431.</summary>
    [Range(1_024, 1 << 20)]
    public int MaxHeaderBytes { get; set; } = 32 << 10;

    /// <summary>Most bytes of the first line of a request, which holds its URL; with more it is answered by 414.</summary>
    [Range(256, 1 << 20)]
    public int MaxRequestLineBytes { get; set; } = 8 << 10;
}
