using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.Jobs.Logs;

/// <summary>One line of a log as it is kept, or what stands in the place of lines that are not.</summary>
/// <param name="Line">Its number within its attempt, from 1 on, over both streams; of several missing lines that of the last.</param>
/// <param name="At">When the engine received it.</param>
/// <param name="Source">Where it was written to; <see cref="LogSource.Server"/> for what the server adds.</param>
/// <param name="Text">The line without its end; bytes that are not UTF-8 are replaced by U+FFFD.</param>
/// <param name="Missing">What is missing here; null for a line.</param>
public sealed record LogEntry(long Line, DateTimeOffset At, LogSource Source, string Text, MissingLines? Missing = null);

/// <summary>Lines between the head and the tail of a log that were not kept.</summary>
/// <param name="Lines">How many they were.</param>
/// <param name="Bytes">How many bytes of log.</param>
public sealed record MissingLines(long Lines, long Bytes);
