using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace OgcProcesses.Infrastructure.Fetching;

/// <summary>Names of fetched files, which programs in containers get as arguments.</summary>
internal static partial class SafeFileName
{
    /// <summary>What Windows takes for a device, whatever extension follows; data folders are shared with it.</summary>
    [GeneratedRegex(@"\A(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\z)", RegexOptions.IgnoreCase)]
    private static partial Regex Device { get; }

    private const int MaxLength = 128;
    private const string Fallback = "input";

    /// <summary>The name another server gives, else the last segment of a link, else <c>input</c>.</summary>
    /// <remarks>Only ASCII letters, digits and <c>. _ -</c>; never a hidden file, an option, a path or a device.</remarks>
    public static string For(ContentDispositionHeaderValue? disposition, params ReadOnlySpan<Uri> links)
    {
        var name = Clean(disposition?.FileNameStar) ?? Clean(disposition?.FileName?.Trim('"'));
        foreach (var link in links)
            name ??= Clean(Uri.UnescapeDataString(link.AbsolutePath.TrimEnd('/')));
        return name ?? Fallback;
    }

    /// <summary>A name that a caller gives, else <c>input</c>.</summary>
    public static string For(string? name) => Clean(name) ?? Fallback;

    /// <summary>The name with a number before its extension, for a folder that has one of that name already.</summary>
    public static string Numbered(string name, int number)
    {
        var extension = Path.GetExtension(name);
        return Shorten($"{Path.GetFileNameWithoutExtension(name)}-{number}{extension}", keep: $"-{number}{extension}");
    }

    private static string? Clean(string? name)
    {
        if (name is null) return null;
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var safe = string.Concat(last.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '_'))
            .TrimStart('.', '-').TrimEnd('.');
        if (Device.IsMatch(safe)) safe = $"_{safe}";
        return safe.Any(char.IsAsciiLetterOrDigit) ? Shorten(safe, Path.GetExtension(safe)) : null;
    }

    private static string Shorten(string name, string keep) => name.Length <= MaxLength
        ? name
        : keep.Length >= MaxLength ? name[..MaxLength] : name[..(MaxLength - keep.Length)] + keep;
}
