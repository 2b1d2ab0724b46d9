using System.ComponentModel.DataAnnotations;

namespace OgcProcesses.Application.Jobs.Retention;

/// <summary>How long what is done is kept. Section <c>Retention</c>.</summary>
public sealed class RetentionOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Retention";

    /// <summary>How long the idempotency key of an execution is remembered.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan IdempotencyKeys { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Time between two looks for what has expired.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Most rows that one statement of the sweeper changes, so that it never keeps others from the database for long.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; init; } = 200;
}
