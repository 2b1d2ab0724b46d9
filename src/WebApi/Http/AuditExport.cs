using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Access.Audit;

namespace OgcProcesses.WebApi.Http;

/// <summary>Answers with events of the audit trail as they are read: a line of JSON each, or of CSV.</summary>
/// <remarks>https://jsonlines.org; RFC 4180.</remarks>
internal sealed class AuditExport(IAsyncEnumerable<AuditEvent> events, bool asCsv) : IActionResult
{
    public const string Csv = "text/csv";
    public const string JsonLines = "application/jsonl";

    private const string Columns = "id,at,caller,means,action,subject,process,outcome,reason,address,requestId,userAgent,count";

    /// <summary>What a spreadsheet takes for the start of a formula.</summary>
    private const string Formula = "=+-@\t\r";

    /// <inheritdoc />
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var (response, aborted) = (context.HttpContext.Response, context.HttpContext.RequestAborted);
        var json = context.HttpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.JsonSerializerOptions;
        response.ContentType = asCsv ? $"{Csv}; charset=utf-8; header=present" : JsonLines;
        response.Headers.ContentDisposition = $"attachment; filename=audit.{(asCsv ? "csv" : "jsonl")}";
        await using var text = new StreamWriter(response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 << 10);
        if (asCsv) await text.WriteAsync(Columns + "\r\n");
        await foreach (var happened in events.WithCancellation(aborted))
            await text.WriteAsync(asCsv ? Row(happened) + "\r\n" : JsonSerializer.Serialize(happened, json) + "\n");
    }

    private static string Row(AuditEvent happened) => string.Join(',', ((string?[])
    [
        happened.Id, happened.At.ToString("O", CultureInfo.InvariantCulture), happened.Caller, happened.Means, happened.Action, happened.Subject, happened.Process,
        JsonNamingPolicy.CamelCase.ConvertName($"{happened.Outcome}"), happened.Reason, happened.Address, happened.RequestId, happened.UserAgent, $"{happened.Count}",
    ]).Select(Field));

    /// <remarks>An apostrophe before it keeps a spreadsheet from computing what a client has sent: OWASP, CSV injection.</remarks>
    private static string Field(string? text) => text is not { Length: > 0 } ? "" : $"\"{(Formula.Contains(text[0], StringComparison.Ordinal) ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
