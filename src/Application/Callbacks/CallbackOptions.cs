using System.ComponentModel.DataAnnotations;

namespace OgcProcesses.Application.Callbacks;

/// <summary>How callbacks are sent. Section <c>Callbacks</c>.</summary>
public sealed class CallbackOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Callbacks";

    /// <summary>Fewest bytes of a key.</summary>
    private const int LeastKeyBytes = 24;

    /// <summary>Share by which a wait is longer or shorter at random, so that what failed together is not tried again together.</summary>
    private const double Jitter = 0.2;

    /// <summary>How often a callback is tried before it is given up.</summary>
    [Range(1, 1_000)]
    public int MaxAttempts { get; init; } = 16;

    /// <summary>How long after it was raised a callback is still tried.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(2);

    /// <summary>Wait after the first try; it doubles with each further one.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait between two tries.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "30.00:00:00")]
    public TimeSpan MaxRetry { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Longest time of one try, from the making of its body to the subscriber's answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most callbacks that this node sends at once.</summary>
    [Range(1, 1_000)]
    public int MaxConcurrent { get; init; } = 16;

    /// <summary>Time after which due callbacks are looked for without a signal.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Keys that callbacks are signed with, in base64 with or without <c>whsec_</c> before it; one, or two while keys change. Without a key nothing is signed.</summary>
    public IReadOnlyList<string> SigningKeys { get; init; } = [];

    /// <summary>How long a node may hold a callback; whoever sends it has given up by then.</summary>
    internal TimeSpan Lease => Timeout + TimeSpan.FromSeconds(15);

    /// <summary>The keys' bytes.</summary>
    public IEnumerable<byte[]> ReadSigningKeys() => SigningKeys.Select(key => Convert.FromBase64String(BareKey(key)));

    /// <summary>The wait after some tries.</summary>
    /// <param name="attempts">How many there were, at least 1.</param>
    /// <param name="chance">A number from 0 to 1.</param>
    public TimeSpan RetryAfter(int attempts, double chance)
    {
        var wait = FirstRetry * Math.Pow(2, Math.Min(attempts - 1, 30));
        return (wait < MaxRetry ? wait : MaxRetry) * (1 - Jitter + (2 * Jitter * chance));
    }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (FirstRetry > MaxRetry)
            yield return new($"Callbacks:FirstRetry ({FirstRetry:c}) must not be more than Callbacks:MaxRetry ({MaxRetry:c}).", [nameof(FirstRetry)]);
        if (SigningKeys.Count > 2)
            yield return new("Callbacks:SigningKeys holds more than two keys: the present one, and another while keys change.", [nameof(SigningKeys)]);
        foreach (var (index, key) in SigningKeys.Index())
        {
            var bytes = new byte[key.Length];
            if (!Convert.TryFromBase64String(BareKey(key), bytes, out var length) || length < LeastKeyBytes)
                yield return new($"Callbacks:SigningKeys:{index} must be at least {LeastKeyBytes} bytes in base64.", [nameof(SigningKeys)]);
        }
    }

    private static string BareKey(string key) => key.StartsWith("whsec_", StringComparison.Ordinal) ? key[6..] : key;
}
