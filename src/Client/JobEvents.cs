using System.Text.Json.Serialization;

namespace OgcProcesses.Client;

/// <summary>Something that happened to a job.</summary>
public abstract record JobEvent;

/// <summary>The job came to another status or attempt; also the first event, and the last.</summary>
/// <param name="Status">The job in full.</param>
/// <param name="IsEnd">Whether the job has ended, and all of its log was told.</param>
public sealed record StatusEvent(StatusInfo Status, bool IsEnd) : JobEvent;

/// <summary>The job got on, or waits for something else.</summary>
/// <param name="Percent">How much is done, 0 to 100.</param>
/// <param name="Message">What it does or waits for.</param>
public sealed record ProgressEvent([property: JsonPropertyName("progress")] int Percent, [property: JsonPropertyName("message")] string? Message) : JobEvent;

/// <summary>The program wrote a line.</summary>
/// <param name="Attempt">The try of the job that wrote it, from 1.</param>
/// <param name="Line">Its number within its attempt, from 1.</param>
/// <param name="At">When it was written.</param>
/// <param name="Source">Where it was written to.</param>
/// <param name="Text">The line without its end.</param>
public sealed record LogEvent(
    [property: JsonPropertyName("attempt")] int Attempt, [property: JsonPropertyName("line")] long Line, [property: JsonPropertyName("at")] DateTimeOffset At,
    [property: JsonPropertyName("source")] LogSource Source, [property: JsonPropertyName("text")] string Text) : JobEvent;

/// <summary>How far a job has got.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Percent">How much is done, 0 to 100.</param>
/// <param name="Message">What it does, waits for, or why it ended.</param>
public sealed record JobProgress(StatusCode Status, int Percent, string? Message);

/// <summary>What follows from a job's status.</summary>
public partial class StatusInfo
{
    /// <summary>Whether the job has ended.</summary>
    [JsonIgnore]
    public bool HasEnded => Status is StatusCode.Successful or StatusCode.Failed or StatusCode.Dismissed;
}
