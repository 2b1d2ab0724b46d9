using System.ComponentModel.DataAnnotations;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Retention;

/// <summary>How long what is done is kept. Section <c>Retention</c>.</summary>
public sealed class RetentionOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Retention";

    /// <summary>How long jobs are kept after their end, with their results and logs, where their process says nothing; for ever when left out.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "36500.00:00:00")]
    public TimeSpan? Jobs { get; init; }

    /// <summary>Longest time that a process may ask for; <see cref="Jobs"/> when left out.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "36500.00:00:00")]
    public TimeSpan? MaxJobs { get; init; }

    /// <summary>How long it is remembered that there was a job that has expired.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "36500.00:00:00")]
    public TimeSpan Tombstones { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Most bytes that the output files of all jobs may take together; unbounded when left out.</summary>
    [Range(1L, long.MaxValue)]
    public long? MaxStoredBytes { get; init; }

    /// <summary>How long the idempotency key of an execution is remembered.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan IdempotencyKeys { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Time between two looks for what has expired.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Most rows that one transaction of the sweeper changes, so that it never keeps others from the database for long.</summary>
    [Range(1, 500)]
    public int BatchSize { get; init; } = 200;

    /// <summary>How long a new job of a process is to be kept; null where the process leaves it to <see cref="Jobs"/>.</summary>
    public TimeSpan? KeepFor(TimeSpan? ofProcess) =>
        ofProcess is { } wanted && (MaxJobs ?? Jobs) is { } most && most < wanted ? most : ofProcess;

    /// <summary>When a job expires; null while it has not ended, and for one that is kept for ever.</summary>
    public DateTimeOffset? ExpiryOf(Job job) => job.Pinned ? null : job.Expires ?? job.Finished + Jobs;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Jobs > MaxJobs)
            yield return new($"Retention:Jobs ({Jobs:c}) must not be more than Retention:MaxJobs ({MaxJobs:c}).", [nameof(Jobs)]);
    }
}
