using System.Globalization;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Logs;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Reads the stretches of one attempt's log one after the other, and goes on where it stopped when there is more.</summary>
internal sealed class LogStretchReader(string folder, int attempt, long skip) : ILogReader
{
    private byte[] _buffer = new byte[16 << 10];
    private (int Start, int End) _unread;
    private LogStretch? _stretch;
    private FileStream? _file;

    /// <summary>The number of the last line that was given or passed over.</summary>
    private long _given = skip;

    /// <summary>The number of the next line of the open stretch, and the bytes of log before it.</summary>
    private (long Line, long Offset) _next = (1, 0);

    /// <summary>What is missing before the open stretch, until it is told.</summary>
    private MissingLines? _missing;

    public IEnumerable<LogEntry> Read()
    {
        LogStretch? following = null;
        while (true)
        {
            while (TakeLine() is { } taken)
            {
                var number = _next.Line;
                _next = (number + 1, _next.Offset + taken.Length + 1);
                if (number <= _given || LogText.Parse(taken.Span) is not { } line) continue;
                if (_missing is { } missing)
                {
                    _missing = null;
                    yield return new(number - 1, line.At, LogSource.Server, Tell(missing), missing);
                }

                _given = number;
                yield return new(number, line.At, line.Source, line.Text);
            }

            if (following is not null)
            {
                GoOnIn(following);
                following = null;
            }
            else
            {
                // The open stretch is read once more after this: one that is followed by another gets no more lines.
                following = Following();
                if (following is null) yield break;
            }
        }
    }

    public void Dispose() => _file?.Dispose();

    private static string Tell(MissingLines missing) => string.Create(
        CultureInfo.InvariantCulture,
        $"{missing.Lines:N0} {(missing.Lines == 1 ? "line is" : "lines are")} missing here ({missing.Bytes:N0} bytes): of a log this long only the head and the tail are kept (Logs:MaxBytes).");

    private LogStretch? Following()
    {
        var all = LogStretch.In(folder).Where(stretch => stretch.Attempt == attempt).ToList();
        if (all.Count == 0) return null;
        var last = all.Where(stretch => stretch.Writing == all[^1].Writing).ToList();
        // Begun anew, the log brings the same lines again.
        return _stretch is { } open && open.Writing == last[0].Writing
            ? last.Find(stretch => stretch.Line > open.Line)
            : last.FindLast(stretch => stretch.Line <= _given + 1) ?? last[0];
    }

    private void GoOnIn(LogStretch stretch)
    {
        // Gone already, there is another one to be found.
        if (stretch.Open() is not { } file) return;
        var (line, offset) = stretch.Writing == _stretch?.Writing ? _next : (1, 0);
        var expected = Math.Max(line, _given + 1);
        _missing = stretch.Line > expected ? new(stretch.Line - expected, stretch.Offset - offset) : null;
        _file?.Dispose();
        (_stretch, _file, _next, _unread) = (stretch, file, (stretch.Line, stretch.Offset), (0, 0));
    }

    /// <summary>The next whole line without its end, valid until the next call; null when there is none yet.</summary>
    private ReadOnlyMemory<byte>? TakeLine()
    {
        if (_file is null) return null;
        for (var seen = 0; ;)
        {
            var (start, end) = _unread;
            var at = _buffer.AsSpan(start + seen, end - start - seen).IndexOf((byte)'\n');
            if (at >= 0)
            {
                _unread.Start = start + seen + at + 1;
                return _buffer.AsMemory(start, seen + at);
            }

            seen = end - start;
            if (!Fill()) return null;
        }
    }

    private bool Fill()
    {
        var (start, end) = _unread;
        var larger = end - start > _buffer.Length / 2 ? new byte[2 * _buffer.Length] : _buffer;
        _buffer.AsSpan(start..end).CopyTo(larger);
        (_buffer, _unread) = (larger, (0, end - start));
        var read = _file!.Read(_buffer, _unread.End, _buffer.Length - _unread.End);
        _unread.End += read;
        return read > 0;
    }
}
