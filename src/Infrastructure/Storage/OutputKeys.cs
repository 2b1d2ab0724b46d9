using System.Security.Cryptography;
using System.Text;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Keys of output files, the same in every store: <c>XX/JOB/OUTPUT/NAME</c>, XX being the first characters of the job.</summary>
internal static class OutputKeys
{
    /// <summary>What the keys of a job's files begin with, without the slash after it.</summary>
    public static string FolderOf(JobId jobId) => $"{jobId.ToString()[..2]}/{jobId}";

    /// <summary>The key of a file in a work folder, and the name that clients see.</summary>
    /// <exception cref="OutputRefusedException">It is not a regular file.</exception>
    public static (string Key, string Name) Of(JobId jobId, string outputId, string path, string workFolders)
    {
        if (UnixFile.KindOf(path) is var kind && kind != UnixFile.RegularFile)
            throw new OutputRefusedException($"Output '{outputId}' is {(kind is null ? "gone" : $"a {kind}")}; only regular files are taken.");
        var name = SafeName.Of(Path.GetFileName(path));
        return ($"{FolderOf(jobId)}/{PlaceOf(outputId, path, workFolders)}/{name}", name);
    }

    /// <summary>The key of the same file as another job's; null for what is no key.</summary>
    public static string? For(JobId other, string key) =>
        key.Split('/', 3) is [_, _, var place] ? $"{FolderOf(other)}/{place}" : null;

    /// <summary>Whether a key is one that a store gave, and leads nowhere else.</summary>
    public static bool IsOne(string key) => key.Split('/') is { Length: >= 4 } steps && !steps.Any(step => step is "" or "." or "..");

    /// <summary>
    /// Where a file lies below its job: in its output's folder, and one deeper when it comes from a subfolder or its name
    /// was changed, since another file of the same output may have the same name.
    /// </summary>
    private static string PlaceOf(string outputId, string path, string workFolders)
    {
        var output = SafeName.Of(outputId);
        if (output != outputId) output = $"{output}-{Mark(outputId)}";
        // Below the work folders the first step names the attempt, which must not matter when an output is taken again.
        var below = Path.GetRelativePath(workFolders, path).Split(Path.DirectorySeparatorChar);
        var isWork = below.Length > 1 && below[0] != "..";
        var origin = isWork ? string.Join('/', below.Skip(1)) : path;
        var isPlain = Path.GetFileName(path) == SafeName.Of(Path.GetFileName(path)) && (!isWork || below.Length <= 3);
        return isPlain ? output : $"{output}/{Mark(origin)}";
    }

    private static string Mark(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}

/// <summary>Names that every file system and client can carry.</summary>
internal static class SafeName
{
    private const int MostBytes = 180;
    private const string Refused = "/\\:*?\"<>|";

    /// <summary>The name, with '_' for what some system refuses, and shortened before its extension.</summary>
    public static string Of(string name)
    {
        var safe = string.Concat(name.EnumerateRunes().Select(rune => IsRefused(rune) ? "_" : rune.ToString()));
        safe = safe.TrimEnd(' ', '.');
        // A dot in front would hide it, and the store's own temporary names begin so.
        if (safe.StartsWith('.')) safe = '_' + safe[1..];
        if (safe.Length == 0) return "_";
        var extension = Path.GetExtension(safe) is { Length: <= 20 } few ? few : "";
        var stem = safe[..^extension.Length];
        while (Encoding.UTF8.GetByteCount(stem) + Encoding.UTF8.GetByteCount(extension) > MostBytes)
            stem = stem[..^(char.IsLowSurrogate(stem[^1]) ? 2 : 1)];
        return stem + extension;
    }

    private static bool IsRefused(Rune rune) =>
        Rune.IsControl(rune) || rune == Rune.ReplacementChar || Refused.Contains(rune.ToString(), StringComparison.Ordinal);
}
