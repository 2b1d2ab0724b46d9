namespace OgcProcesses.Client;

/// <summary>Which server a client asks, as whom, and how patiently.</summary>
public sealed class OgcProcessesClientOptions
{
    /// <summary>The root of the API: the address of its landing page.</summary>
    public Uri? Server { get; set; }

    /// <summary>The key that is sent with each request; none when left out.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Gives the access token of an issuer, before each request; it may keep one until it expires. None when left out.</summary>
    public Func<CancellationToken, ValueTask<string>>? AccessToken { get; set; }

    /// <summary>How often a request is sent again that got no answer, or 429, 502, 503 or 504.</summary>
    /// <remarks>Only what can be repeated: an execution has an idempotency key, so that it never runs twice.</remarks>
    public int MaxRetries { get; set; } = 5;

    /// <summary>The longest pause before a retry; when the server asks for a longer one, its refusal is thrown instead.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause between two looks at a job where its event stream can't be had.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long somebody who follows a job waits for a server that is away, as while it is started again; the job goes on meanwhile.</summary>
    public TimeSpan MaxOutage { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The clock that pauses go by.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
