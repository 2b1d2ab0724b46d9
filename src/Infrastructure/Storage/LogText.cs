using System.Buffers;
using System.Globalization;
using System.Text;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Log lines as the bytes of a file: <c>2026-01-31T12:00:00.000000Z out The line</c>.</summary>
internal static class LogText
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private const int TimeLength = 27;
    private const int TextBegins = TimeLength + 5;

    private static readonly SearchValues<char> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(one => one == '\\' || (char.IsControl(one) && one != '\t'))]);

    /// <summary>Appends a line with its end.</summary>
    public static void Append(IBufferWriter<byte> to, LogLine line)
    {
        var head = to.GetSpan(TextBegins);
        line.At.UtcDateTime.TryFormat(head, out _, TimeFormat, CultureInfo.InvariantCulture);
        (line.Source switch { LogSource.Stdout => " out "u8, LogSource.Stderr => " err "u8, _ => " srv "u8 }).CopyTo(head[TimeLength..]);
        to.Advance(TextBegins);
        var text = line.Text.AsSpan();
        while (text.IndexOfAny(Escaped) is >= 0 and var at)
        {
            Encoding.UTF8.GetBytes(text[..at], to);
            Encoding.UTF8.GetBytes(text[at] == '\\' ? @"\\" : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:x4}"), to);
            text = text[(at + 1)..];
        }

        Encoding.UTF8.GetBytes(text, to);
        to.Write("\n"u8);
    }

    /// <summary>Reads a line without its end; null for one that is none, because its writer was killed.</summary>
    public static LogLine? Parse(ReadOnlySpan<byte> line)
    {
        if (line.Length < TextBegins
            || !DateTimeOffset.TryParseExact(
                Encoding.ASCII.GetString(line[..TimeLength]), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            return null;
        }

        var source = line[TimeLength + 1] switch { (byte)'o' => LogSource.Stdout, (byte)'e' => LogSource.Stderr, _ => LogSource.Server };
        return new(at, source, Unescape(Encoding.UTF8.GetString(line[TextBegins..])));
    }

    private static string Unescape(string escaped)
    {
        if (!escaped.Contains('\\', StringComparison.Ordinal)) return escaped;
        var text = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            var rest = escaped.AsSpan(i);
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
