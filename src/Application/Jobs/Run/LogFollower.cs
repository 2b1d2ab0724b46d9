using System.Globalization;
using System.Text.RegularExpressions;

namespace OgcProcesses.Application.Jobs.Run;

/// <summary>What a program tells of its progress.</summary>
/// <param name="Percent">0 to 100; null leaves it as it is.</param>
/// <param name="Message">What it does now.</param>
internal sealed record JobProgress(int? Percent, string? Message);

/// <summary>Keeps what a program writes, and reads its progress from it.</summary>
/// <remarks>The container contract: a line "::progress 42 Reading band 4", on stdout or stderr.</remarks>
internal sealed partial class LogFollower(IContainerRunner runner, ILogStore logs, IProgress<JobProgress> progress, TimeProvider clock)
{
    private const int LinesKept = 20;
    private const int LongestMessage = 500;

    private readonly Queue<string> _lastErrors = new();

    /// <summary>The last lines on stderr; null when there were none.</summary>
    public string? LastErrors => _lastErrors.Count == 0 ? null : string.Join('\n', _lastErrors);

    [GeneratedRegex(@"\A::progress\s+(?<percent>\d{1,3})(\.\d+)?%?(\s+(?<message>.*))?\z")]
    private static partial Regex ProgressLine { get; }

    /// <summary>Follows a program's log to its end. A log that breaks off is no reason to fail a job: its end is told by the exit.</summary>
    public async Task FollowAsync(JobContainer container, int attempt, int version, CancellationToken cancellationToken)
    {
        try
        {
            await using var log = logs.Create(container.JobId, attempt, version);
            await FollowAsync(container, log, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The wait has ended, too, and says why.
        }
        catch (IOException)
        {
            // The disk is full: what the program writes is lost, what it gives is not.
        }
    }

    private async Task FollowAsync(JobContainer container, ILogWriter log, CancellationToken cancellationToken)
    {
        try
        {
            await using var lines = runner.FollowLogsAsync(container, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                var next = lines.MoveNextAsync();
                // Nobody waits for a line longer than the program does for the next; many at once are one write.
                if (!next.IsCompleted) await log.FlushAsync();
                if (!await next) return;
                await log.WriteAsync(lines.Current);
                Read(lines.Current);
            }
        }
        catch (EngineException broken)
        {
            await log.WriteAsync(new(clock.GetUtcNow(), LogSource.Server, $"The log broke off: {broken.Message}"));
        }
    }

    private void Read(LogLine line)
    {
        if (ProgressLine.Match(line.Text) is { Success: true } told)
        {
            var message = told.Groups["message"].Value.Trim();
            progress.Report(new(
                int.Parse(told.Groups["percent"].ValueSpan, CultureInfo.InvariantCulture),
                message.Length switch { 0 => null, > LongestMessage => message[..LongestMessage], _ => message }));
        }
        else if (line.Source == LogSource.Stderr)
        {
            _lastErrors.Enqueue(line.Text.Length <= LongestMessage ? line.Text : line.Text[..LongestMessage] + "…");
            if (_lastErrors.Count > LinesKept) _lastErrors.Dequeue();
        }
    }
}
