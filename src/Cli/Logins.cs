using System.Text.Json;

namespace OgcProcesses.Cli;

/// <summary>The servers that somebody has logged in to, and their keys: a file that only they can read.</summary>
internal sealed class Logins
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The server that is asked when none is named: that of the last login.</summary>
    public string? Server { get; set; }

    /// <summary>Keys by servers.</summary>
    public Dictionary<string, string> Keys { get; init; } = [];

    /// <summary>Where the file is (XDG Base Directory Specification).</summary>
    public static string Path { get; } = System.IO.Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } set ? set : Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "ogcp", "logins.json");

    public static Logins Read()
    {
        if (!File.Exists(Path)) return new();
        try
        {
            return JsonSerializer.Deserialize<Logins>(File.ReadAllText(Path), Json) ?? new();
        }
        catch (JsonException)
        {
            throw new UsageException($"{Path} can't be read. Remove it, and log in again: ogcp login --server URL");
        }
    }

    public void Write()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        var part = Path + ".part";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(part, options)) JsonSerializer.Serialize(file, this, Json);
        File.Move(part, Path, overwrite: true);
    }
}
