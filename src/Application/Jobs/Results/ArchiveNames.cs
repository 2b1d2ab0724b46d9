using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OgcProcesses.Application.Jobs.Results;

/// <summary>Names of an archive's entries: none leads out of the folder it is unpacked in, and each is another one on every system.</summary>
/// <remarks>Windows folds case, drops dots and spaces at the end, and has devices for files; what it refuses is refused for all.</remarks>
internal sealed partial class ArchiveNames
{
    private const string Refused = "/\\:*?\"<>|";

    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"\A(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|\z)", RegexOptions.IgnoreCase)]
    private static partial Regex Device { get; }

    /// <summary>A name that no other entry has.</summary>
    /// <param name="folder">The folder it lies in; null for none.</param>
    /// <param name="name">What it would be called.</param>
    public string Take(string? folder, string name)
    {
        var path = (folder is null ? "" : $"{Safe(folder)}/") + Safe(name);
        var (stem, extension) = (path[..^Path.GetExtension(path).Length], Path.GetExtension(path));
        for (var number = 2; !_taken.Add(path); number++) path = $"{stem}-{number}{extension}";
        return path;
    }

    private static string Safe(string name)
    {
        var safe = string.Concat(name.EnumerateRunes().Select(rune => IsRefused(rune) ? "_" : rune.ToString())).TrimEnd('.', ' ');
        if (safe.Length == 0 || safe[0] is '.' or ' ' or '-' || Device.IsMatch(safe)) safe = $"_{safe}";
        return safe;
    }

    /// <remarks>Among the invisible ones are those that turn the direction of writing, and so an extension into another.</remarks>
    private static bool IsRefused(Rune rune) =>
        Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format || rune == Rune.ReplacementChar
        || Refused.Contains(rune.ToString(), StringComparison.Ordinal);
}
