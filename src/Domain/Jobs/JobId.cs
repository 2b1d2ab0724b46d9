namespace OgcProcesses.Domain.Jobs;

/// <summary>Identifies one job: a random UUID, so that it can't be guessed from another's or from the time.</summary>
/// <remarks>Part 1, /rec/job-list: identifiers of jobs should be unguessable.</remarks>
public readonly record struct JobId(Guid Value) : IComparable<JobId>
{
    /// <summary>A new, random identifier.</summary>
    public static JobId New() => new(Guid.NewGuid());

    /// <summary>Reads the hyphenated form (RFC 9562); no other spelling names a job.</summary>
    public static bool TryParse(string? text, out JobId id)
    {
        var parsed = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return parsed;
    }

    /// <inheritdoc />
    public int CompareTo(JobId other) => Value.CompareTo(other.Value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString("D");

#pragma warning disable CS1591 // The operators IComparable asks for.
    public static bool operator <(JobId left, JobId right) => left.CompareTo(right) < 0;
    public static bool operator >(JobId left, JobId right) => left.CompareTo(right) > 0;
    public static bool operator <=(JobId left, JobId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(JobId left, JobId right) => left.CompareTo(right) >= 0;
#pragma warning restore CS1591
}
