using System.Text;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Jobs.Logs;

namespace OgcProcesses.WebApi.Http;

/// <summary>Answers with a log as plain text, a line for each of its lines.</summary>
internal sealed class TextLogAnswer(IAsyncEnumerable<LogEntry> log) : IActionResult
{
    /// <inheritdoc />
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.Append("Vary", "Accept");
        await using var text = new StreamWriter(response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 << 10);
        text.NewLine = "\n";
        await foreach (var entry in log.WithCancellation(context.HttpContext.RequestAborted)) await text.WriteLineAsync(PlainLog.Of(entry));
    }
}
