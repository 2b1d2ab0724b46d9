using System.Globalization;
using OgcProcesses.Application.Jobs.Logs;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.Jobs.Events;

/// <summary>Something that happened to a job, for who follows it.</summary>
/// <param name="Name">One of <see cref="JobEvents"/>.</param>
/// <param name="Position">Where in the job's events it stands; a client that comes back goes on after it.</param>
/// <param name="Data">What is told: a <see cref="Get.StatusInfo"/>, a <see cref="ProgressInfo"/> or a <see cref="LogEventInfo"/>.</param>
public sealed record JobEvent(string Name, EventPosition Position, object Data);

/// <summary>The names of events.</summary>
public static class JobEvents
{
    /// <summary>The status, in full: at the beginning, and when the job comes to another status or attempt.</summary>
    public const string Status = "status";

    /// <summary>Another progress or message.</summary>
    public const string Progress = "progress";

    /// <summary>A line of the log.</summary>
    public const string Log = "log";

    /// <summary>The job has ended, and all has been told; the status, in full.</summary>
    public const string End = "end";
}

/// <summary>How far a job has got.</summary>
/// <param name="Progress">Percentage done, 0 to 100.</param>
/// <param name="Message">What it does or waits for.</param>
/// <param name="Updated">When that was.</param>
public sealed record ProgressInfo(int Progress, string? Message, DateTimeOffset Updated);

/// <summary>A line of a job's log, as <see cref="LogEntry"/>, with the attempt that it is of.</summary>
/// <param name="Attempt">Which attempt wrote it.</param>
/// <param name="Line">Its number within its attempt.</param>
/// <param name="At">When the engine received it.</param>
/// <param name="Source">Where it was written to.</param>
/// <param name="Text">The line without its end.</param>
/// <param name="Missing">What is missing in its place; null for a line.</param>
public sealed record LogEventInfo(int Attempt, long Line, DateTimeOffset At, LogSource Source, string Text, MissingLines? Missing);

/// <summary>How far a client has followed a job; the identifier of the last event that it has.</summary>
/// <param name="Version">The job's version that was told.</param>
/// <param name="Attempt">The attempt whose log was told.</param>
/// <param name="Line">The last line of it that was told.</param>
/// <param name="IsEnd">Whether that was all.</param>
public sealed record EventPosition(int Version, int Attempt, long Line, bool IsEnd = false)
{
    private const string End = "end";

    /// <summary>Reads what <see cref="ToString"/> wrote; null for anything else, which leads to no place here.</summary>
    public static EventPosition? TryParse(string? text)
    {
        var parts = text?.Split('.') ?? [];
        return parts.Length is 3 or 4
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            && parts.ElementAtOrDefault(3) is null or End
            ? new(version, attempt, line, parts.Length == 4)
            : null;
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Version}.{Attempt}.{Line}{(IsEnd ? $".{End}" : "")}");
}
