using System.Globalization;
using System.Text.RegularExpressions;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>A file with a stretch of a log, at <c>ATTEMPT.VERSION.RUN.LINE.OFFSET.log</c>.</summary>
/// <param name="Folder">The folder of the job.</param>
/// <param name="Attempt">The attempt whose log it is.</param>
/// <param name="Version">The job's, as the log was begun: that of a later claim of the same attempt is larger.</param>
/// <param name="Run">Tells logs apart that the same version began, one after the other.</param>
/// <param name="Line">The number of its first line.</param>
/// <param name="Offset">Bytes of log before it.</param>
internal sealed partial record LogStretch(string Folder, int Attempt, int Version, int Run, long Line, long Offset)
{
    public string Path => System.IO.Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{Attempt}.{Version}.{Run}.{Line}.{Offset}.log"));

    /// <summary>The log that it is of, among those of the attempt; the largest is the one to read.</summary>
    public (int Version, int Run) Writing => (Version, Run);

    /// <summary>Its size; 0 when it is gone.</summary>
    public long Length => new FileInfo(Path) is { Exists: true, Length: var length } ? length : 0;

    [GeneratedRegex(@"\A(?<attempt>\d{1,9})\.(?<version>\d{1,9})\.(?<run>\d{1,9})\.(?<line>\d{1,18})\.(?<offset>\d{1,18})\.log\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name { get; }

    /// <summary>The stretches of all attempts of a job, in their order.</summary>
    public static IReadOnlyList<LogStretch> In(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Select(path => Of(folder, System.IO.Path.GetFileName(path))).OfType<LogStretch>()
                .OrderBy(stretch => stretch.Attempt).ThenBy(stretch => stretch.Writing).ThenBy(stretch => stretch.Line)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Makes the file. Unbuffered: what is written is read at once, and a killed server loses none of it.</summary>
    public FileStream Create() => new(Path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>Opens the file; null when it is gone.</summary>
    public FileStream? Open()
    {
        try
        {
            return new(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (IOException absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static LogStretch? Of(string folder, string name)
    {
        var parts = Name.Match(name).Groups;
        return parts.Count > 1 && parts["attempt"].Success
            ? new(folder, (int)Number("attempt"), (int)Number("version"), (int)Number("run"), Number("line"), Number("offset"))
            : null;

        long Number(string part) => long.Parse(parts[part].ValueSpan, CultureInfo.InvariantCulture);
    }
}
