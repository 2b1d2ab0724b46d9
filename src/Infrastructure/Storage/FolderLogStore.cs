using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>How much is kept of what programs write. Section <c>Logs</c>.</summary>
public sealed class LogOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Logs";

    /// <summary>Largest log of one job, in bytes; of what its program writes beyond that nothing is kept.</summary>
    [Range(1_000, long.MaxValue)]
    public long MaxBytes { get; set; } = 10 << 20;
}

/// <summary>Logs at <c>{Data}/logs/XX/JOB.log</c>, XX being the first characters of the job.</summary>
internal sealed partial class FolderLogStore(IOptions<DataOptions> data, IOptions<LogOptions> options, ILogger<FolderLogStore> logger)
    : ILogStore
{
    private readonly string _root = data.Value.Of("logs");

    public ILogWriter Create(JobId jobId, int attempt)
    {
        var path = PathOf(jobId);
        PrivateFolder.Create(Path.GetDirectoryName(path)!);
        // A new file, so that who reads the former log, or still writes it, is not mixed up with this one.
        File.Delete(path);
        return new Writer(path, options.Value.MaxBytes, this);
    }

    public async IAsyncEnumerable<LogLine> ReadAsync(JobId jobId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Open(PathOf(jobId)) is not { } file) yield break;
        using var reader = new StreamReader(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 16 << 10);
        while (await reader.ReadLineAsync(cancellationToken) is { } text)
        {
            if (LogText.Parse(text) is { } line) yield return line;
        }
    }

    public void Delete(JobId jobId)
    {
        if (File.Exists(PathOf(jobId))) File.Delete(PathOf(jobId));
    }

    private static FileStream? Open(string path)
    {
        try
        {
            return new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: false);
        }
        catch (IOException absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private string PathOf(JobId jobId) => Path.Combine(_root, jobId.ToString()[..2], $"{jobId}.log");

    [LoggerMessage(LogLevel.Warning, "The rest of log {Path} is lost: {Reason}")]
    private partial void LogLost(string path, string reason);

    private sealed class Writer(string path, long mostBytes, FolderLogStore store) : ILogWriter
    {
        private readonly Lock _writing = new();

        // Unbuffered: a line is read as soon as it is written, and a killed server loses none.
        private readonly FileStream _file =
            new(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

        private long _length;
        private bool _full;

        public ValueTask WriteAsync(LogLine line)
        {
            lock (_writing)
            {
                if (!_full) Write(line);
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => _file.DisposeAsync();

        private void Write(LogLine line)
        {
            var bytes = LogText.Format(line);
            _full = _length + bytes.Length > mostBytes;
            if (_full)
            {
                var end = $"The log was cut here: it reached {mostBytes} bytes (Logs:MaxBytes).";
                bytes = LogText.Format(new(line.At, LogSource.Stderr, end));
            }

            try
            {
                _file.Write(bytes);
                _length += bytes.Length;
            }
            catch (IOException failure)
            {
                // A full disk ends the log, not the job.
                _full = true;
                store.LogLost(path, failure.Message);
            }
        }
    }
}

/// <summary>Log lines as text: <c>2026-01-31T12:00:00.000000Z out The line</c>.</summary>
internal static class LogText
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private const int TimeLength = 27;

    public static byte[] Format(LogLine line)
    {
        var text = new StringBuilder(line.Text.Length + 40)
            .Append(line.At.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture))
            .Append(line.Source == LogSource.Stdout ? " out " : " err ");
        foreach (var character in line.Text)
        {
            if (character == '\\') text.Append(@"\\");
            else if (char.IsControl(character) && character != '\t') text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else text.Append(character);
        }

        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }

    /// <summary>Reads a line; null for one that is torn, because it is being written or its writer was killed.</summary>
    public static LogLine? Parse(string text)
    {
        if (text.Length < TimeLength + 5
            || !DateTimeOffset.TryParseExact(
                text.AsSpan(0, TimeLength), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            return null;
        }

        var source = text[TimeLength + 1] == 'o' ? LogSource.Stdout : LogSource.Stderr;
        return new(at, source, Unescape(text.AsSpan(TimeLength + 5)));
    }

    private static string Unescape(ReadOnlySpan<char> escaped)
    {
        if (!escaped.Contains('\\')) return escaped.ToString();
        var text = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            var rest = escaped[i..];
            if (rest.StartsWith(@"\\"))
            {
                i++;
            }
            else if (rest.StartsWith(@"\u") && rest.Length >= 6
                && ushort.TryParse(rest[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                text.Append((char)code);
                i += 5;
                continue;
            }

            text.Append(escaped[i]);
        }

        return text.ToString();
    }
}
