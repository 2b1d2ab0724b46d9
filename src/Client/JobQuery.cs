namespace OgcProcesses.Client;

/// <summary>Which jobs are listed: those that fit everything that is set.</summary>
public sealed class JobQuery
{
    /// <summary>Of these processes.</summary>
    public IReadOnlyList<string>? Processes { get; init; }

    /// <summary>With one of these statuses.</summary>
    public IReadOnlyList<StatusCode>? Statuses { get; init; }

    /// <summary>Accepted at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Accepted at this time or before.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The interval as the standard writes it (Part 1, datetime.yaml).</summary>
    internal string? Interval => Since is null && Until is null ? null : $"{TimeOf(Since)}/{TimeOf(Until)}";

    private static string TimeOf(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ") ?? "..";
}
