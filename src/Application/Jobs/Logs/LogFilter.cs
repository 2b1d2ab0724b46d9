using OgcProcesses.Application.Jobs.List;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.Jobs.Logs;

/// <summary>Which lines of a log are asked for, by time and stream.</summary>
internal sealed record LogFilter(DateTimeOffset Since, LogSource? Other)
{
    /// <summary>The filter of a request that has been found valid.</summary>
    public static LogFilter Of(GetLogs request) => new(
        request.Since is { } text && JobFilters.TryParseMoment(text, out var moment) ? moment : DateTimeOffset.MinValue,
        request.Stream switch { "stdout" => LogSource.Stderr, "stderr" => LogSource.Stdout, _ => null });

    /// <summary>Whether a line is asked for; what the server tells belongs to every stream.</summary>
    public bool Leaves(LogEntry entry) => entry.At >= Since && entry.Source != Other;
}
