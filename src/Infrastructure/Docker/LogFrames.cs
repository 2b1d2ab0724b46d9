using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Docker.DotNet;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Docker;

/// <summary>One message of the engine's log: a line, or a part of one that is longer than 16 KiB.</summary>
/// <param name="Source">Where it was written to; null when the engine speaks for itself.</param>
/// <param name="Bytes">What was written, with its line end; valid until the next frame is read.</param>
internal readonly record struct LogFrame(LogSource? Source, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Takes off the timestamp, in nanoseconds since 1970, of a log that was asked for with timestamps.</summary>
    public (long At, ReadOnlyMemory<byte> Text) Stamped()
    {
        var space = Bytes.Span.IndexOf((byte)' ');
        var stamp = Encoding.ASCII.GetString(Bytes.Span[..Math.Max(space, 0)]);
        if (stamp.Length < "2006-01-02T15:04:05.000000000Z".Length
            || !DateTimeOffset.TryParse(stamp.Remove(19, 10), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var second)
            || !int.TryParse(stamp.AsSpan(20, 9), NumberStyles.None, CultureInfo.InvariantCulture, out var nanoseconds))
            throw new InvalidDataException($"A log message begins with '{stamp}', which is not a timestamp.");
        return (second.ToUnixTimeSeconds() * 1_000_000_000 + nanoseconds, Bytes[(space + 1)..]);
    }
}

/// <summary>Takes the engine's log stream apart.</summary>
/// <remarks>
/// Docker.DotNet's reader gives the bytes without the borders between messages, and timestamps stand at these borders.
/// Format: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach ("Stream format").
/// </remarks>
internal static class LogFrames
{
    private const int Header = 8;
    private const int Longest = 4 * 1024 * 1024;

    public static async IAsyncEnumerable<LogFrame> ReadAsync(
        MultiplexedStream log, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        var (start, end) = (0, 0);
        while (true)
        {
            if (!await FillAsync(Header))
            {
                if (end > start) throw new EndOfStreamException("The log ended within a message.");
                yield break;
            }

            var source = buffer[start] switch { 1 => LogSource.Stdout, 2 => LogSource.Stderr, _ => (LogSource?)null };
            var length = BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(start + 4));
            if (length > Longest) throw new InvalidDataException($"A message of {length} bytes; this is not a log stream.");
            start += Header;
            if (!await FillAsync((int)length)) throw new EndOfStreamException("The log ended within a message.");

            yield return new(source, buffer.AsMemory(start, (int)length));
            start += (int)length;
        }

        async ValueTask<bool> FillAsync(int count)
        {
            if (buffer.Length - start < count)
            {
                var larger = buffer.Length < count ? new byte[count] : buffer;
                buffer.AsSpan(start..end).CopyTo(larger);
                (buffer, start, end) = (larger, 0, end - start);
            }

            while (end - start < count)
            {
                var read = await log.ReadOutputAsync(buffer, end, buffer.Length - end, cancellationToken);
                if (read.EOF) return false;
                end += read.Count;
            }

            return true;
        }
    }
}
