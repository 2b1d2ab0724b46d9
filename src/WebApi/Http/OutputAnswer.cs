using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.Net.Http.Headers;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.WebApi.Http;

/// <summary>Answers with one output by itself: a file with its type, length, ETag and ranges, or a bare value.</summary>
internal sealed class OutputAnswer(JobOutput output) : IActionResult
{
    /// <summary>Types that a browser might run as a page of this server's; they are only ever saved.</summary>
    private static readonly string[] Active = ["text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml", "application/javascript", "text/javascript"];

    /// <inheritdoc />
    public Task ExecuteResultAsync(ActionContext context)
    {
        var headers = context.HttpContext.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        return output.File is { } file ? SendAsync(context, file) : SendAsync(context, Bare(output));
    }

    /// <summary>A value without quotes around it, where it is a string; else its JSON.</summary>
    internal static (string Text, string MediaType) Bare(JobOutput output)
    {
        var value = JsonDocument.Parse(output.Value!).RootElement;
        return value.ValueKind == JsonValueKind.String ? (value.GetString()!, "text/plain; charset=utf-8") : (output.Value!, "application/json");
    }

    private static Task SendAsync(ActionContext context, (string Text, string MediaType) bare)
    {
        context.HttpContext.Response.ContentType = bare.MediaType;
        var bytes = Encoding.UTF8.GetBytes(bare.Text);
        context.HttpContext.Response.ContentLength = bytes.Length;
        return context.HttpContext.Response.Body.WriteAsync(bytes, context.HttpContext.RequestAborted).AsTask();
    }

    private Task SendAsync(ActionContext context, StoredFile file)
    {
        var services = context.HttpContext.RequestServices;
        var content = services.GetRequiredService<IOutputStore>().Open(file)
            ?? throw new FileNotFoundException($"Output file '{file.Key}' is not in the store.");
        var disposition = new ContentDispositionHeaderValue(Active.Any(type => MediaTypes.AreSame(type, output.MediaType)) ? "attachment" : "inline");
        disposition.SetHttpFileName(file.Name);
        context.HttpContext.Response.Headers.ContentDisposition = disposition.ToString();
        var result = new FileStreamResult(content, MediaTypeHeaderValue.Parse(output.MediaType))
        {
            EntityTag = new($"\"{file.Sha256}\""),
            EnableRangeProcessing = true,
        };
        return services.GetRequiredService<IActionResultExecutor<FileStreamResult>>().ExecuteAsync(context, result);
    }
}
