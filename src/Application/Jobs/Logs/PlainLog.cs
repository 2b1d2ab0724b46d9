using System.Globalization;
using System.Text;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.Jobs.Logs;

/// <summary>Writes a log as text that a terminal can show: one line each, with its time and source.</summary>
public static class PlainLog
{
    /// <summary>One line without its end: <c>2026-01-31T12:00:00.000000Z stdout The line</c>.</summary>
    public static string Of(LogEntry entry)
    {
        var source = entry.Source switch { LogSource.Stdout => "stdout", LogSource.Stderr => "stderr", _ => "server" };
        return string.Create(CultureInfo.InvariantCulture, $"{entry.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'} {source} {Harmless(entry.Text)}");
    }

    /// <summary>A program's text with what would steer the terminal of its reader replaced by visible signs.</summary>
    public static string Harmless(string text)
    {
        if (!text.Any(Steers)) return text;
        var harmless = new StringBuilder(text.Length);
        foreach (var character in text) harmless.Append(Steers(character) ? Sign(character) : character);
        return harmless.ToString();
    }

    /// <remarks>Also what reorders text and what ends a line in some programs, but not a tab.</remarks>
    private static bool Steers(char character) =>
        (char.IsControl(character) && character != '\t')
        || character is '\u2028' or '\u2029' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    /// <summary>The picture of a control character, such as ␛, where Unicode has one.</summary>
    private static char Sign(char character) => character switch
    {
        < ' ' => (char)('\u2400' + character),
        '\u007F' => '\u2421',
        _ => '\uFFFD',
    };
}
