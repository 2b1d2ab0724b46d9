using System.Buffers;
using System.Text;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Docker;

/// <summary>Puts lines together from the messages of a log with timestamps, which may be read in several passes.</summary>
/// <remarks>
/// Several, because an engine before version 23 may end a followed log with the program and leave out the last messages;
/// what a pass gives once more is skipped. Both streams keep their order, so that the last timestamp and the number of
/// messages that have it tell where a pass begins to be new.
/// </remarks>
internal sealed class LogLines
{
    /// <summary>Longest line, in bytes; a longer one is cut into several.</summary>
    public const int Longest = 64 * 1024;

    private const long Second = 1_000_000_000;

    private readonly Unfinished _stdout = new(LogSource.Stdout);
    private readonly Unfinished _stderr = new(LogSource.Stderr);
    private bool _promising = true;

    /// <summary>Begins a pass from a moment (null for the whole log); false when the last one brought nothing new.</summary>
    public bool NextPass(out string? since)
    {
        var seen = Math.Min(_stdout.Last ?? long.MaxValue, _stderr.Last ?? long.MaxValue);
        // A second earlier, since the streams' messages may stand in the log a little out of order.
        since = seen == long.MaxValue ? null : $"{seen / Second - 1}";
        _stdout.BeginPass();
        _stderr.BeginPass();
        var promising = _promising;
        _promising = false;
        return promising;
    }

    /// <summary>The lines that a message completes.</summary>
    public IEnumerable<LogLine> Add(LogFrame frame)
    {
        if (frame.Source is not { } source) return [];
        var stream = source == LogSource.Stdout ? _stdout : _stderr;
        var (at, text) = frame.Stamped();
        if (!stream.IsNew(at)) return [];
        _promising = true;
        return stream.Add(at, text);
    }

    /// <summary>Last lines without an end.</summary>
    public IEnumerable<LogLine> End() => _stdout.End().Concat(_stderr.End()).OrderBy(line => line.At);

    private sealed class Unfinished(LogSource source)
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();
        private long _begun;
        private int _atLast;
        private int _skipped;
        private bool _new;

        /// <summary>Timestamp of the last message.</summary>
        public long? Last { get; private set; }

        public void BeginPass() => (_new, _skipped) = (false, 0);

        public bool IsNew(long at)
        {
            _new = _new || Last is not { } last || at > last || (at == last && _skipped++ >= _atLast);
            return _new;
        }

        public IEnumerable<LogLine> Add(long at, ReadOnlyMemory<byte> text)
        {
            _atLast = at == Last ? _atLast + 1 : 1;
            Last = at;

            // The parts of a long line share its timestamp. The "local" log driver forgets the line's end after the last one.
            if (_bytes.WrittenCount > 0 && at != _begun) yield return Take();
            _begun = at;

            while (!text.IsEmpty)
            {
                var end = text.Span.IndexOf((byte)'\n');
                var part = end < 0 ? text : text[..end];
                var room = Longest - _bytes.WrittenCount;
                if (part.Length > room)
                {
                    var fits = WholeCharacters(part.Span, room);
                    _bytes.Write(part.Span[..fits]);
                    yield return Take();
                    text = text[fits..];
                    continue;
                }

                _bytes.Write(part.Span);
                if (end < 0) yield break;
                yield return Take();
                text = text[(end + 1)..];
            }
        }

        public IEnumerable<LogLine> End() => _bytes.WrittenCount == 0 ? [] : [Take()];

        private LogLine Take()
        {
            var text = _bytes.WrittenSpan;
            if (text is [.., (byte)'\r']) text = text[..^1];
            var line = new LogLine(DateTimeOffset.UnixEpoch.AddTicks(_begun / 100), source, Encoding.UTF8.GetString(text));
            _bytes.ResetWrittenCount();
            return line;
        }

        /// <summary>A length, at most <paramref name="room"/>, that splits no character of UTF-8.</summary>
        private static int WholeCharacters(ReadOnlySpan<byte> bytes, int room)
        {
            var length = room;
            while (length > 0 && length > room - 4 && (bytes[length] & 0xC0) == 0x80) length--;
            return length;
        }
    }
}
