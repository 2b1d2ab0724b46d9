using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace OgcProcesses.Client;

/// <summary>What a job gave: values, streams or files, by the identifiers of its outputs.</summary>
public sealed class JobResults
{
    private readonly OgcProcessesClient _client;
    private readonly JsonObject _document;

    internal JobResults(OgcProcessesClient client, JsonObject document) => (_client, _document) = (client, document);

    /// <summary>The identifiers of all outputs.</summary>
    public IReadOnlyCollection<string> Outputs => [.. _document.Select(output => output.Key)];

    /// <summary>The results as the server sent them (Part 1, results.yaml): values in line, files as links.</summary>
    public JsonObject Document => _document.DeepClone().AsObject();

    /// <summary>A value; null where the output was left out.</summary>
    [RequiresUnreferencedCode("Reads any type from JSON. Programs that are trimmed give its JsonTypeInfo.")]
    [RequiresDynamicCode("Reads any type from JSON. Programs that are compiled ahead of time give its JsonTypeInfo.")]
    public T? GetValue<T>(string output) => ValueOf(output).Deserialize<T>(JsonSerializerOptions.Web);

    /// <summary>A value; null where the output was left out.</summary>
    public T? GetValue<T>(string output, JsonTypeInfo<T> type) => ValueOf(output).Deserialize(type);

    /// <summary>The links to an output's files; none where it is a value.</summary>
    public IReadOnlyList<Link> GetLinks(string output) => _document[output] switch
    {
        JsonArray several => [.. several.Select(LinkOf).OfType<Link>()],
        var one => LinkOf(one) is { } link ? [link] : [],
    };

    /// <summary>Opens an output of one file, or the text of a value.</summary>
    public async Task<Stream> OpenAsync(string output, CancellationToken cancellationToken = default) => GetLinks(output) switch
    {
        [var only] => await (await AskAsync(only, 0, null, cancellationToken)).Content.ReadAsStreamAsync(cancellationToken),
        [] => new MemoryStream(BytesOf(output)),
        _ => throw new InvalidOperationException($"'{output}' has several files: save it to a folder, or open its links."),
    };

    /// <summary>Saves all outputs, each under the name that the server gives it, or its identifier.</summary>
    /// <param name="folder">Where to; made if it is not there.</param>
    /// <param name="cancellationToken">Stops; files that are not complete are removed.</param>
    /// <returns>The files.</returns>
    public async Task<IReadOnlyList<FileInfo>> SaveAsync(string folder, CancellationToken cancellationToken = default)
    {
        var (files, names) = (new List<FileInfo>(), new SavedNames());
        foreach (var output in Outputs) files.AddRange(await SaveAsync(output, folder, names, cancellationToken));
        return files;
    }

    /// <summary>Saves one output.</summary>
    /// <param name="output">The output.</param>
    /// <param name="folder">Where to; made if it is not there.</param>
    /// <param name="cancellationToken">Stops; files that are not complete are removed.</param>
    /// <returns>The files: one, or as many as the output has.</returns>
    public Task<IReadOnlyList<FileInfo>> SaveAsync(string output, string folder, CancellationToken cancellationToken = default) =>
        SaveAsync(output, folder, new SavedNames(), cancellationToken);

    private async Task<IReadOnlyList<FileInfo>> SaveAsync(string output, string folder, SavedNames names, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var files = new List<FileInfo>();
        foreach (var link in GetLinks(output)) files.Add(await FetchAsync(link, folder, output, names, cancellationToken));
        if (files.Count > 0) return files;
        var file = new FileInfo(Path.Combine(folder, names.Take(output + (IsText(output) ? ".txt" : ".json"))));
        await File.WriteAllBytesAsync(file.FullName, BytesOf(output), cancellationToken);
        return [file];
    }

    private static Link? LinkOf(JsonNode? value) => value is JsonObject one && one["href"] is JsonValue ? one.Deserialize(ApiJson.Default.Link) : null;

    /// <summary>The value itself, also where it came with its media type (Part 1, qualifiedInputValue.yaml).</summary>
    private JsonNode? ValueOf(string output)
    {
        if (!_document.TryGetPropertyValue(output, out var value)) throw new KeyNotFoundException($"The job gave no '{output}', but {string.Join(", ", Outputs.Select(id => $"'{id}'"))}.");
        return value is JsonObject one && one.ContainsKey("value") && (one.ContainsKey("mediaType") || one.ContainsKey("format")) ? one["value"] : value;
    }

    private bool IsText(string output) => ValueOf(output)?.GetValueKind() == JsonValueKind.String;

    private byte[] BytesOf(string output)
    {
        var value = ValueOf(output);
        if (!IsText(output)) return Encoding.UTF8.GetBytes(value?.ToJsonString() ?? "null");
        var isBinary = _document[output] is JsonObject one && one["encoding"]?.GetValue<string>() == "base64";
        return isBinary ? Convert.FromBase64String(value!.GetValue<string>()) : Encoding.UTF8.GetBytes(value!.GetValue<string>());
    }

    private async Task<HttpResponseMessage> AskAsync(Link link, long from, EntityTagHeaderValue? tag, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_client.Http.BaseAddress!, link.Href));
        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
            request.Headers.IfRange = new RangeConditionHeaderValue(tag!);
        }

        return await _client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>Fetches a file under another name first, so that one of the right name is complete; goes on where a connection breaks.</summary>
    private async Task<FileInfo> FetchAsync(Link link, string folder, string output, SavedNames names, CancellationToken cancellationToken)
    {
        var part = Path.Combine(folder, $".{Guid.NewGuid():N}.part");
        try
        {
            var file = new FileInfo(Path.Combine(folder, names.Take(await FetchIntoAsync(part, link, cancellationToken) ?? output)));
            File.Move(part, file.FullName, overwrite: true);
            return file;
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <returns>The name that the server gives the file; null when it gives none.</returns>
    private async Task<string?> FetchIntoAsync(string part, Link link, CancellationToken cancellationToken)
    {
        await using var file = File.Create(part);
        EntityTagHeaderValue? tag = null;
        for (var again = 0; ; again++)
        {
            using var response = await AskAsync(link, file.Position, tag, cancellationToken);
            if (response.StatusCode != System.Net.HttpStatusCode.PartialContent) file.SetLength(file.Position = 0);
            tag = response.Headers.ETag;
            try
            {
                await response.Content.CopyToAsync(file, cancellationToken);
                return (response.Content.Headers.ContentDisposition?.FileNameStar ?? response.Content.Headers.ContentDisposition?.FileName)?.Trim('"');
            }
            catch (Exception broken) when (broken is IOException or HttpRequestException && again < _client.Settings.MaxRetries)
            {
                // Without a strong tag what is there may be of another file.
                if (tag is null or { IsWeak: true }) file.SetLength(file.Position = 0);
            }
        }
    }
}
