using System.Net;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Results;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.WebApi.Http;

/// <summary>Answers with the results of a job in the form that was asked for.</summary>
/// <remarks>/req/core/process-execute-sync-raw-value-one, -raw-value-multi, -raw-ref, -raw-mixed-multi, -sync-document; for a job alike.</remarks>
internal sealed class ResultsAnswer(JobResults results) : IActionResult
{
    /// <summary>What it answers with.</summary>
    public JobResults Results => results;

    /// <inheritdoc />
    public Task ExecuteResultAsync(ActionContext context)
    {
        var all = results.Results;
        return results.Form switch
        {
            _ when IsArchiveWanted(context.HttpContext.Request) => new ArchiveAnswer(results).ExecuteResultAsync(context),
            ResponseForm.Document => SendDocumentAsync(context.HttpContext),
            _ when all.All(result => result.Transmission == TransmissionMode.Reference) => SendLinks(context.HttpContext.Response),
            _ when results.Requested == 1 && all is [{ Values: [var single] }] => new OutputAnswer(single).ExecuteResultAsync(context),
            _ => SendMultipartAsync(context.HttpContext),
        };
    }

    /// <remarks>Who asks for the type of the one output that is the answer asks for that output.</remarks>
    private bool IsArchiveWanted(HttpRequest request) =>
        Representation.IsArchive(request)
        && !(results is { Form: ResponseForm.Raw, Results: [{ Values: [var single] }] } && MediaTypes.AreSame(single.MediaType, ResultsArchive.MediaType));

    private Task SendLinks(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status204NoContent;
        foreach (var result in results.Results)
            foreach (var value in result.Values)
                response.Headers.Append("Link", $"<{result.UrlOf(value)}>; rel=\"item\"; type=\"{Quotable(value.MediaType)}\"; title=\"{Quotable(result.OutputId)}\"");
        return Task.CompletedTask;
    }

    /// <summary>What of a text may stand between quotes in a header.</summary>
    private static string Quotable(string text) =>
        string.Concat(text.Where(character => char.IsAscii(character) && !char.IsControl(character) && character is not ('"' or '\\')));

    private async Task SendDocumentAsync(HttpContext context)
    {
        var document = await ResultsDocument.PrepareAsync(results, context.RequestServices.GetRequiredService<IOutputStore>(), context.RequestAborted);
        context.Response.ContentType = "application/json";
        // From here on a failure breaks the answer off; a problem would follow upon half a document.
        await context.Response.StartAsync(context.RequestAborted);
        await document.WriteAsync(context.Response.Body, context.RequestAborted);
    }

    /// <remarks>RFC 2387; a part by reference is empty and has a Content-Location.</remarks>
    private async Task SendMultipartAsync(HttpContext context)
    {
        using var multipart = new MultipartContent("related");
        var store = context.RequestServices.GetRequiredService<IOutputStore>();
        foreach (var result in results.Results)
        {
            foreach (var output in result.Values)
            {
                // A dismissal that came before the first byte is sent is answered by a problem.
                if (result.Transmission == TransmissionMode.Value && output.File is { } file) await store.EnsureThereAsync(file, context.RequestAborted);
                multipart.Add(Part(result, output, store));
            }
        }

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
            part.Headers.ContentLocation = new Uri(result.UrlOf(output));
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

    /// <summary>A file that is open only while it is sent.</summary>
    private sealed class FilePart(IOutputStore store, StoredFile file) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await using var content = await store.OpenOrGoneAsync(file, cancellationToken);
            await content.CopyToAsync(stream, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = file.Length;
            return true;
        }
    }
}
