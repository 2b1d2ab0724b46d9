using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.Net.Http.Headers;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Results;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.WebApi.Http;

/// <summary>Answers with one output by itself: a file with its type, length, ETag and ranges, or a bare value.</summary>
internal sealed class OutputAnswer(JobOutput output) : IActionResult
{
    /// <summary>Types that a browser shows and never runs. All others it is told to save: what runs changes with the browser.</summary>
    private static readonly string[] Passive =
        ["text/plain", "text/csv", "text/markdown", "image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff", "image/jp2", "image/bmp", "image/avif"];

    /// <inheritdoc />
    public Task ExecuteResultAsync(ActionContext context)
    {
        var headers = context.HttpContext.Response.Headers;
        // Were one run all the same: in an origin of its own, without scripts, and with nothing loaded.
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        return output.File is { } file ? SendAsync(context, file) : SendAsync(context, Bare(output));
    }

    /// <summary>The output's media type; that of unknown bytes where a process declares what is none.</summary>
    internal static MediaTypeHeaderValue TypeOf(JobOutput output) =>
        MediaTypeHeaderValue.TryParse(output.MediaType, out var type) ? type : new(MediaTypes.Unknown);

    /// <summary>A value without quotes around it, where it is a string and not asked for as JSON; else its JSON.</summary>
    internal static (string Text, string MediaType) Bare(JobOutput output)
    {
        using var value = JsonDocument.Parse(output.Value!);
        var type = TypeOf(output);
        if (MediaTypes.IsJson(output.MediaType)) return (output.Value!, type.ToString());
        var isText = MediaTypes.IsText(output.MediaType);
        // A string of another type is text about it at best, such as an image in base64.
        return value.RootElement.ValueKind == JsonValueKind.String
            ? (value.RootElement.GetString()!, isText ? WithCharset(type) : "text/plain; charset=utf-8")
            : (output.Value!, isText ? WithCharset(type) : "application/json");
    }

    /// <remarks>Values are sent in UTF-8, whatever the process declares.</remarks>
    private static string WithCharset(MediaTypeHeaderValue type)
    {
        var sent = type.Copy();
        sent.Charset = "utf-8";
        return sent.ToString();
    }

    private static bool IsPassive(string mediaType) => MediaTypes.IsJson(mediaType) || Passive.Any(type => MediaTypes.AreSame(type, mediaType));

    private static Task SendAsync(ActionContext context, (string Text, string MediaType) bare)
    {
        var response = context.HttpContext.Response;
        if (!IsPassive(bare.MediaType)) response.Headers.ContentDisposition = "attachment";
        response.ContentType = bare.MediaType;
        var bytes = Encoding.UTF8.GetBytes(bare.Text);
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes, context.HttpContext.RequestAborted).AsTask();
    }

    private async Task SendAsync(ActionContext context, StoredFile file)
    {
        var (request, response) = (context.HttpContext.Request, context.HttpContext.Response);
        var (services, aborted) = (context.HttpContext.RequestServices, context.HttpContext.RequestAborted);
        var store = services.GetRequiredService<IOutputStore>();
        var type = TypeOf(output);
        var disposition = new ContentDispositionHeaderValue(IsPassive(type.ToString()) ? "inline" : "attachment");
        disposition.SetHttpFileName(file.Name);
        if (MayLeave(request) && await store.FindLinkAsync(file, type.ToString(), disposition.ToString(), aborted) is { } link)
        {
            // It expires soon, and whoever has it has the file.
            response.Headers.CacheControl = "no-store";
            response.Headers.Location = link.AbsoluteUri;
            response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            return;
        }

        var content = await store.OpenOrGoneAsync(file, aborted);
        response.Headers.ContentDisposition = disposition.ToString();
        var result = new FileStreamResult(content, type)
        {
            EntityTag = new($"\"{file.Sha256}\""),
            EnableRangeProcessing = true,
        };
        await services.GetRequiredService<IActionResultExecutor<FileStreamResult>>().ExecuteAsync(context, result);
    }

    /// <summary>Whether a redirect does for a request: not where it would send an execution elsewhere, nor where only this server knows the ETag asked about.</summary>
    private static bool MayLeave(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers is { IfNoneMatch.Count: 0, IfMatch.Count: 0, IfRange.Count: 0 };
}
