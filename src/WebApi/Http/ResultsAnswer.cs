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
                response.Headers.Append("Link", $"<{UrlOf(result, value)}>; rel=\"item\"; type=\"{value.MediaType}\"; title=\"{result.OutputId}\"");
        return Task.CompletedTask;
    }

    /// <remarks>Part 1, results.yaml</remarks>
    private async Task SendDocumentAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        var store = context.RequestServices.GetRequiredService<IOutputStore>();
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        foreach (var result in results.Results)
        {
            json.WritePropertyName(result.OutputId);
            if (result.Values.Count > 1) json.WriteStartArray();
            foreach (var value in result.Values) await WriteValueAsync(json, result, value, store, context.RequestAborted);
            if (result.Values.Count > 1) json.WriteEndArray();
        }

        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    private static async Task WriteValueAsync(
        Utf8JsonWriter json, Result result, JobOutput output, IOutputStore store, CancellationToken cancellationToken)
    {
        if (result.Transmission == TransmissionMode.Reference || output.File is { Length: > LargestInline })
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
            await using var content = Open(store, file);
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
        foreach (var result in results.Results)
            foreach (var output in result.Values) multipart.Add(Part(result, output, store));
        context.Response.ContentType = multipart.Headers.ContentType!.ToString();
        await multipart.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static HttpContent Part(Result result, JobOutput output, IOutputStore store)
    {
        HttpContent part;
        if (result.Transmission == TransmissionMode.Reference)
        {
            part = new ByteArrayContent([]);
            part.Headers.TryAddWithoutValidation("Content-Type", output.MediaType);
            part.Headers.ContentLocation = new Uri(UrlOf(result, output));
        }
        else if (output.File is { } file)
        {
            part = new StreamContent(Open(store, file));
            part.Headers.TryAddWithoutValidation("Content-Type", output.MediaType);
        }
        else
        {
            var (text, mediaType) = OutputAnswer.Bare(output);
            part = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
            part.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        }

        part.Headers.TryAddWithoutValidation("Content-ID", result.OutputId);
        return part;
    }

    private static Stream Open(IOutputStore store, StoredFile file) =>
        store.Open(file) ?? throw new FileNotFoundException($"Output file '{file.Key}' is not in the store.");

    private static string UrlOf(Result result, JobOutput output) => output.Index == 0 ? result.Url : $"{result.Url}/{output.Index}";
}
