using System.Text.Json;
using System.Text.Json.Serialization;

namespace OgcProcesses.Cli;

/// <summary>What people and scripts are told: results on the standard output, everything else on that of errors.</summary>
internal static class Terminal
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>JSON on one line.</summary>
    public static readonly JsonSerializerOptions JsonLine = new(Json) { WriteIndented = false };

    /// <summary>Writes one JSON document.</summary>
    public static void WriteJson<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Json));

    /// <summary>Writes one JSON document on one line, of which more follow.</summary>
    public static void WriteJsonLine<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, JsonLine));

    /// <summary>Writes rows under each other.</summary>
    public static void WriteTable(IReadOnlyList<string> head, IEnumerable<string[]> rows)
    {
        List<IReadOnlyList<string>> all = [head, .. rows];
        var widths = head.Select((_, column) => all.Max(row => row[column].Length)).ToList();
        foreach (var row in all) Console.Out.WriteLine(string.Join("  ", row.Select((cell, column) => Printable(cell).PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>Writes a line that is no result.</summary>
    public static void Tell(string line) => Console.Error.WriteLine(Printable(line));

    /// <summary>A text without what steers terminals: what programs and servers write is not to be obeyed.</summary>
    public static string Printable(string text) => string.Concat(text.Select(character => char.IsControl(character) && character is not ('\n' or '\t') ? '\uFFFD' : character));
}
