using System.IO.Compression;
using System.Text;
using System.Text.Json;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Results;

/// <summary>Writes the results of a job as a zip archive with an entry per value.</summary>
/// <remarks>
/// It is made while it is sent: memory holds a piece of one file, the disk nothing. Every entry is deflated, if lightly, because
/// a reader that takes the archive as it comes sees where a deflated entry ends, and not where a stored one does.
/// </remarks>
public sealed class ResultsArchive
{
    /// <summary>The media type of an archive.</summary>
    public const string MediaType = "application/zip";

    /// <summary>Takes the end of an entry, which the framework writes synchronously and no answer takes so.</summary>
    private const int BufferBytes = 256 << 10;

    private readonly List<Entry> _entries = [];
    private readonly IOutputStore _store;

    private ResultsArchive(IOutputStore store) => _store = store;

    /// <summary>Prepares the archive.</summary>
    /// <exception cref="OgcException">A file is gone: its job was dismissed since the results were read.</exception>
    public static async Task<ResultsArchive> PrepareAsync(JobResults results, IOutputStore store, CancellationToken cancellationToken)
    {
        var archive = new ResultsArchive(store);
        var names = new ArchiveNames();
        foreach (var result in results.Results)
        {
            foreach (var output in result.Values)
            {
                if (output.File is { } file) await store.EnsureThereAsync(file, cancellationToken);
                archive._entries.Add(new(names.Take(result.Values.Count > 1 ? result.OutputId : null, NameOf(output)), output));
            }
        }

        return archive;
    }

    /// <summary>Writes the archive.</summary>
    /// <param name="destination">Need not seek.</param>
    /// <param name="cancellationToken">Ends the writing, with half an archive.</param>
    public async Task WriteAsync(Stream destination, CancellationToken cancellationToken)
    {
        // Not disposed of, which would close the destination.
        var buffer = new BufferedStream(destination, BufferBytes);
        await using (var archive = await ZipArchive.CreateAsync(buffer, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, cancellationToken))
        {
            foreach (var entry in _entries) await WriteAsync(entry, archive, buffer, cancellationToken);
        }

        await buffer.FlushAsync(cancellationToken);
    }

    private async Task WriteAsync(Entry entry, ZipArchive archive, BufferedStream buffer, CancellationToken cancellationToken)
    {
        await using var content = entry.Output.File is { } file
            ? await _store.OpenOrGoneAsync(file, cancellationToken)
            : new MemoryStream(Encoding.UTF8.GetBytes(Text(entry.Output)));
        await using var into = await archive.CreateEntry(entry.Name, CompressionLevel.Fastest).OpenAsync(cancellationToken);
        await content.CopyToAsync(into, cancellationToken);
        await buffer.FlushAsync(cancellationToken);
    }

    private static string NameOf(JobOutput output)
    {
        if (output.File is { } file) return file.Name;
        var isText = IsText(output);
        var own = isText ? MediaTypes.IsText(output.MediaType) : MediaTypes.IsJson(output.MediaType);
        var extension = own ? MediaTypes.ExtensionOf(output.MediaType) : "";
        return output.OutputId + (extension.Length > 0 ? extension : isText ? ".txt" : ".json");
    }

    /// <remarks>A string is its text, unless the process says that it is JSON.</remarks>
    private static bool IsText(JobOutput output) => output.Value!.StartsWith('"') && !MediaTypes.IsJson(output.MediaType);

    private static string Text(JobOutput output) => IsText(output) ? JsonSerializer.Deserialize<string>(output.Value!)! : output.Value!;

    private sealed record Entry(string Name, JobOutput Output);
}
