namespace OgcProcesses.Application.Jobs.Quotas;

/// <summary>The days by which use is counted.</summary>
internal static class UtcDay
{
    /// <summary>The day of an instant.</summary>
    public static DateOnly Of(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    /// <summary>When the day of an instant ends.</summary>
    public static DateTimeOffset EndOf(DateTimeOffset at) => new(Of(at).AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);
}
