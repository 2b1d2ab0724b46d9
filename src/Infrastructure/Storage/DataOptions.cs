using Microsoft.Extensions.Options;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Where the server keeps its state. Section <c>Data</c>.</summary>
public sealed class DataOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Data";

    /// <summary>
    /// The folder of all state: the embedded database, outputs, logs and work folders. All nodes of a database have the same.
    /// Relative paths begin where the server was started.
    /// </summary>
    public string Directory { get; set; } = "./data";

    /// <summary>
    /// The folder of what running jobs read and write; the nodes that share an engine have the same, others one each. Default:
    /// <c>work</c> below <see cref="Directory"/>, whose file system lets outputs be taken over without copying them.
    /// </summary>
    public string? WorkDirectory { get; set; }

    /// <summary>The folder's full path.</summary>
    public string Root => Path.GetFullPath(Directory);

    /// <summary>The full path of the folder of work folders.</summary>
    public string Work => WorkDirectory is null ? Of("work") : Path.GetFullPath(WorkDirectory);

    /// <summary>A folder or file of the state.</summary>
    internal string Of(string name) => Path.Combine(Root, name);
}

/// <summary>Makes the folders, or says why they can't be used.</summary>
internal sealed class DataOptionsValidator : IValidateOptions<DataOptions>
{
    public ValidateOptionsResult Validate(string? name, DataOptions options)
    {
        var wrong = Wrong(nameof(DataOptions.Directory), options.Directory) ?? Wrong(nameof(DataOptions.WorkDirectory), options.WorkDirectory ?? options.Work);
        return wrong is null ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static string? Wrong(string setting, string folder)
    {
        if (string.IsNullOrWhiteSpace(folder)) return $"{DataOptions.Section}:{setting} must name a folder.";
        try
        {
            var probe = Path.Combine(PrivateFolder.Create(Path.GetFullPath(folder)), $".probe-{Guid.NewGuid():N}");
            using (File.Create(probe, 1, FileOptions.DeleteOnClose)) return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"{DataOptions.Section}:{setting} '{folder}' can't be written to: {refused.Message}";
        }
    }
}
