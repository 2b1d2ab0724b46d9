using Microsoft.Extensions.Options;
using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Infrastructure.IntegrationTests.Storage;

/// <summary>A data folder of one test.</summary>
internal sealed class TempData : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("ogc-data-").FullName;

    public IOptions<DataOptions> Options => Microsoft.Extensions.Options.Options.Create(new DataOptions { Directory = Path.Combine(Folder, "data") });

    /// <summary>Makes a file beside the data.</summary>
    public string File(string path, string text = "content")
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        System.IO.File.WriteAllText(full, text);
        return full;
    }

    public void Dispose() => FileTree.Delete(Folder);
}
