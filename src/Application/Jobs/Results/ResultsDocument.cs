using System.Text.Json;
using System.Text.Unicode;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Results;

/// <summary>Writes the results of a job as one JSON object, with a member per output.</summary>
/// <remarks>
/// Part 1, results.yaml: /req/core/process-execute-sync-document. A value stands as it is, an object and a file in line as
/// qualified values, anything else as a link. Memory holds one file at a time.
/// </remarks>
public sealed class ResultsDocument
{
    /// <summary>Files above this size, in bytes, are given by a link, even where the request wants them in line.</summary>
    private const long LargestInline = 16 << 20;

    /// <summary>Files of one document that are beyond this size together, in bytes, are given by links.</summary>
    private const long LargestInlineInAll = 64 << 20;

    /// <summary>Deepest JSON that is put in line as JSON; deeper documents are given as their bytes.</summary>
    private static readonly JsonDocumentOptions Nesting = new() { MaxDepth = 256 };

    private readonly JobResults _results;
    private readonly IOutputStore _store;
    private readonly HashSet<JobOutput> _inline;

    private ResultsDocument(JobResults results, IOutputStore store) => (_results, _store, _inline) = (results, store, Inline(results));

    /// <summary>Prepares the document.</summary>
    /// <exception cref="OgcException">A file that it holds is gone: its job was dismissed since the results were read.</exception>
    public static async Task<ResultsDocument> PrepareAsync(JobResults results, IOutputStore store, CancellationToken cancellationToken)
    {
        var document = new ResultsDocument(results, store);
        foreach (var output in document._inline)
            if (output.File is { } file) await store.EnsureThereAsync(file, cancellationToken);
        return document;
    }

    /// <summary>Writes the document.</summary>
    public async Task WriteAsync(Stream destination, CancellationToken cancellationToken)
    {
        await using var json = new Utf8JsonWriter(destination);
        json.WriteStartObject();
        foreach (var result in _results.Results)
        {
            json.WritePropertyName(result.OutputId);
            if (result.Values.Count > 1) json.WriteStartArray();
            foreach (var value in result.Values)
            {
                await WriteAsync(json, result, value, cancellationToken);
                await json.FlushAsync(cancellationToken);
            }

            if (result.Values.Count > 1) json.WriteEndArray();
        }

        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
    }

    private static HashSet<JobOutput> Inline(JobResults results)
    {
        var inline = new HashSet<JobOutput>();
        var left = LargestInlineInAll;
        foreach (var output in results.Results.Where(result => result.Transmission == TransmissionMode.Value).SelectMany(result => result.Values))
        {
            var length = output.File?.Length ?? 0;
            if (length > LargestInline || length > left) continue;
            left -= length;
            inline.Add(output);
        }

        return inline;
    }

    private async Task WriteAsync(Utf8JsonWriter json, Result result, JobOutput output, CancellationToken cancellationToken)
    {
        if (!_inline.Contains(output))
        {
            json.WriteStartObject();
            json.WriteString("href", result.UrlOf(output));
            // 1.0 can do without; the draft's link.yaml requires it.
            json.WriteString("rel", "item");
            json.WriteString("type", output.MediaType);
            if (output.File is { } linked) json.WriteString("title", linked.Name);
            json.WriteEndObject();
        }
        else if (output.File is { } file)
        {
            var bytes = new byte[file.Length];
            await using var content = await _store.OpenOrGoneAsync(file, cancellationToken);
            await content.ReadExactlyAsync(bytes, cancellationToken);
            WriteFile(json, bytes, output.MediaType, result.Base64);
        }
        else
        {
            WriteValue(json, output);
        }
    }

    /// <remarks>Part 1, qualifiedInputValue.yaml: JSON as JSON, text as text, all else, and whatever is not what it says, as base64.</remarks>
    private static void WriteFile(Utf8JsonWriter json, byte[] content, string mediaType, bool base64)
    {
        var text = content.AsSpan(content.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
        json.WriteStartObject();
        if (!base64 && MediaTypes.IsJson(mediaType) && IsJson(content.AsMemory(content.Length - text.Length)))
        {
            json.WritePropertyName("value");
            json.WriteRawValue(text, skipInputValidation: true);
            json.WriteString("mediaType", mediaType);
        }
        else if (!base64 && MediaTypes.IsText(mediaType) && Utf8.IsValid(text))
        {
            json.WriteString("value", text);
            json.WriteString("mediaType", mediaType);
        }
        else
        {
            json.WriteBase64String("value", content);
            json.WriteString("mediaType", mediaType);
            json.WriteString("encoding", "base64");
        }

        json.WriteEndObject();
    }

    private static bool IsJson(ReadOnlyMemory<byte> content)
    {
        try
        {
            JsonDocument.Parse(content, Nesting).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <remarks>Part 1, inlineOrRefData.yaml: of objects, only a bounding box stands as it is.</remarks>
    private static void WriteValue(Utf8JsonWriter json, JobOutput output)
    {
        using var value = JsonDocument.Parse(output.Value!);
        if (value.RootElement.ValueKind != JsonValueKind.Object || value.RootElement.TryGetProperty("bbox", out _))
        {
            json.WriteRawValue(output.Value!);
            return;
        }

        json.WriteStartObject();
        json.WritePropertyName("value");
        json.WriteRawValue(output.Value!);
        json.WriteString("mediaType", output.MediaType);
        json.WriteEndObject();
    }
}
