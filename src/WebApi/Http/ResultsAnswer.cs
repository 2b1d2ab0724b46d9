using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Results;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.WebApi.Http;

/// <summary>Answers with the results of a job in the form that was asked for.</summary>
/// <remarks>/req/core/process-execute-sync-raw-value-one, -raw-value-multi, -raw-ref, -raw-mixed-multi, -sync-document; for a job alike.</remarks>
internal sealed class ResultsAnswer(JobResults results) : IActionResult
{
    /// <summary>Files above this size are given by a link, even where a document asks for them in line.</summary>
    private const long LargestInline = 16 << 20;

    /// <summary>Files of one document that are beyond this size together are given by links.</summary>
    private const long LargestInlineInAll = 64 << 20;

    /// <inheritdoc />
    public Task ExecuteResultAsync(ActionContext context)
    {
        var all = results.Results;
        return results.Form switch
        {
            ResponseForm.Document => SendDocumentAsync(context.HttpContext),
            _ when all.All(result => result.Transmission == TransmissionMode.Reference) => SendLinks(context.HttpContext.Response),
            _ when results.Requested == 1 && all is [{ Values: [var single] }] => new OutputAnswer(single).ExecuteResultAsync(context),
            _ => SendMultipartAsync(context.HttpContext),
        };
    }

    private Task SendLinks(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status204NoContent;
        foreach (var result in results.Results)
            foreach (var value in result.Values)
                response.Headers.Append("Link", $"<{UrlOf(result, value)}>; rel=\"item\"; type=\"{Quotable(value.MediaType)}\"; title=\"{Quotable(result.OutputId)}\"");
        return Task.CompletedTask;
    }

    /// <summary>What of a text may stand between quotes in a header.</summary>
    private static string Quotable(string text) =>
        string.Concat(text.Where(character => char.IsAscii(character) && !char.IsControl(character) && character is not ('"' or '\\')));

    /// <remarks>Part 1, results.yaml</remarks>
    private async Task SendDocumentAsync(HttpContext context)
    {
        var store = context.RequestServices.GetRequiredService<IOutputStore>();
        var inline = Inline();
        EnsureThere(inline, store);
        context.Response.ContentType = "application/json";
        // From here on a failure breaks the answer off; a problem would follow upon half a document.
        await context.Response.StartAsync(context.RequestAborted);
        var body = context.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        foreach (var result in results.Results)
        {
            json.WritePropertyName(result.OutputId);
            if (result.Values.Count > 1) json.WriteStartArray();
            foreach (var value in result.Values)
            {
                await WriteValueAsync(json, result, value, inline.Contains(value), store, context.RequestAborted);
                // The first hands over to the body what the second sends: memory holds one value at a time.
                await json.FlushAsync(context.RequestAborted);
                await body.FlushAsync(context.RequestAborted);
            }

            if (result.Values.Count > 1) json.WriteEndArray();
        }

        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    /// <summary>The outputs that a document holds in line: values, and files within both limits.</summary>
    private HashSet<JobOutput> Inline()
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

    /// <summary>Answers a dismissal that came before the first byte is sent by a problem.</summary>
    private static void EnsureThere(IEnumerable<JobOutput> outputs, IOutputStore store)
    {
        foreach (var output in outputs)
            if (output.File is { } file) store.OpenOrGone(file).Dispose();
    }

    private static async Task WriteValueAsync(
        Utf8JsonWriter json, Result result, JobOutput output, bool inline, IOutputStore store, CancellationToken cancellationToken)
    {
        if (!inline)
        {
            json.WriteStartObject();
            json.WriteString("href", UrlOf(result, output));
            json.WriteString("type", output.MediaType);
            if (output.File is { } linked) json.WriteString("title", linked.Name);
            json.WriteEndObject();
        }
        else if (output.File is { } file)
        {
            var bytes = new byte[file.Length];
            await using var content = store.OpenOrGone(file);
            await content.ReadExactlyAsync(bytes, cancellationToken);
            json.WriteStartObject();
            json.WriteBase64String("value", bytes);
            json.WriteString("mediaType", output.MediaType);
            json.WriteString("encoding", "base64");
            json.WriteEndObject();
        }
        else
        {
            json.WriteRawValue(output.Value!);
        }
    }

    /// <remarks>RFC 2387; a part by reference is empty and has a Content-Location.</remarks>
    private async Task SendMultipartAsync(HttpContext context)
    {
        using var multipart = new MultipartContent("related");
        var store = context.RequestServices.GetRequiredService<IOutputStore>();
        EnsureThere(results.Results.Where(result => result.Transmission == TransmissionMode.Value).SelectMany(result => result.Values), store);
        foreach (var result in results.Results)
            foreach (var output in result.Values) multipart.Add(Part(result, output, store));
        context.Response.ContentType = multipart.Headers.ContentType!.ToString();
        await context.Response.StartAsync(context.RequestAborted);
        await multipart.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static HttpContent Part(Result result, JobOutput output, IOutputStore store)
    {
        HttpContent part;
        var mediaType = OutputAnswer.TypeOf(output).ToString();
        if (result.Transmission == TransmissionMode.Reference)
        {
            part = new ByteArrayContent([]);
            part.Headers.ContentLocation = new Uri(UrlOf(result, output));
        }
        else if (output.File is { } file)
        {
            part = new FilePart(store, file);
        }
        else
        {
            (var text, mediaType) = OutputAnswer.Bare(output);
            part = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        }

        part.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        part.Headers.TryAddWithoutValidation("Content-ID", result.OutputId);
        return part;
    }

    private static string UrlOf(Result result, JobOutput output) => output.Index == 0 ? result.Url : $"{result.Url}/{output.Index}";

    /// <summary>A file that is open only while it is sent.</summary>
    private sealed class FilePart(IOutputStore store, StoredFile file) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await using var content = store.OpenOrGone(file);
            await content.CopyToAsync(stream, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = file.Length;
            return true;
        }
    }
}
