using Microsoft.Extensions.Options;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Where the server keeps its state. Section <c>Data</c>.</summary>
public sealed class DataOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Data";

    /// <summary>
    /// The folder of all state: the embedded database, outputs, logs and work folders. Relative paths begin where the
    /// server was started.
    /// </summary>
    public string Directory { get; set; } = "./data";

    /// <summary>The folder's full path.</summary>
    public string Root => Path.GetFullPath(Directory);

    /// <summary>A folder or file of the state.</summary>
    internal string Of(string name) => Path.Combine(Root, name);
}

/// <summary>Makes the data folder, or says why it can't be used.</summary>
internal sealed class DataOptionsValidator : IValidateOptions<DataOptions>
{
    public ValidateOptionsResult Validate(string? name, DataOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Directory)) return ValidateOptionsResult.Fail("Data:Directory must name a folder.");
        try
        {
            PrivateFolder.Create(options.Root);
            var probe = options.Of($".probe-{Guid.NewGuid():N}");
            using (File.Create(probe, 1, FileOptions.DeleteOnClose)) return ValidateOptionsResult.Success;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return ValidateOptionsResult.Fail($"Data:Directory '{options.Directory}' can't be written to: {wrong.Message}");
        }
    }
}
