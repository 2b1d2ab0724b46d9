using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace OgcProcesses.Infrastructure.Fetching;

/// <summary>What may be fetched for a request, and how much of it. Section <c>Fetch</c>.</summary>
public sealed class FetchOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Fetch";

    /// <summary>Networks in CIDR notation that may be reached though they are not public, such as <c>10.1.0.0/16</c>.</summary>
    public IReadOnlyList<string> AllowedNetworks { get; init; } = [];

    /// <summary>Networks in CIDR notation that are never reached, whatever else is allowed.</summary>
    public IReadOnlyList<string> DeniedNetworks { get; init; } = [];

    /// <summary>Whether public addresses may be reached; if not, only what is allowed by name or network.</summary>
    public bool AllowPublic { get; init; } = true;

    /// <summary>Exact host names that may resolve to any address, such as <c>data.institute.local</c>.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Largest file, in bytes.</summary>
    [Range(1, long.MaxValue)]
    public long MaxSize { get; init; } = 10L << 30;

    /// <summary>Longest wait for name resolution, connection and TLS together.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:05:00")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest time for a whole transfer, its redirects included.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "7.00:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Longest silence: before the answer begins, and between two pieces of it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Least bytes a second on the average of the waiting for them; 0 for any.</summary>
    /// <remarks>Without it, a server that sends a byte now and then would hold a job until <see cref="Timeout"/>.</remarks>
    [Range(0, 1L << 30)]
    public long MinBytesPerSecond { get; init; } = 1_000;

    /// <summary>How often an answer that broke off is asked for again.</summary>
    [Range(0, 10)]
    public int MaxRetries { get; init; } = 3;

    /// <summary>Wait before the first of these tries; it doubles with each further one.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most redirects that are followed.</summary>
    [Range(0, 20)]
    public int MaxRedirects { get; init; } = 5;
}

/// <summary>Stops the start when a network is not written in CIDR notation.</summary>
internal sealed class FetchOptionsValidator : IValidateOptions<FetchOptions>
{
    public ValidateOptionsResult Validate(string? name, FetchOptions options)
    {
        List<string> wrong =
        [
            .. Wrong(nameof(options.AllowedNetworks), options.AllowedNetworks),
            .. Wrong(nameof(options.DeniedNetworks), options.DeniedNetworks),
        ];
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static IEnumerable<string> Wrong(string setting, IReadOnlyList<string> networks) =>
        networks.Where(network => !IPNetwork.TryParse(network, out _))
            .Select(network => $"Fetch:{setting} holds '{network}', which is not a network in CIDR notation such as 10.1.0.0/16.");
}
