using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Results;

namespace OgcProcesses.WebApi.Http;

/// <summary>Answers with all outputs of a job as one zip archive.</summary>
internal sealed class ArchiveAnswer(JobResults results) : IActionResult
{
    /// <inheritdoc />
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var (request, response) = (context.HttpContext.Request, context.HttpContext.Response);
        var archive = await ResultsArchive.PrepareAsync(
            results, context.HttpContext.RequestServices.GetRequiredService<IOutputStore>(), context.HttpContext.RequestAborted);
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName($"{results.JobId}.zip");
        response.Headers.ContentDisposition = disposition.ToString();
        response.ContentType = ResultsArchive.MediaType;
        if (HttpMethods.IsHead(request.Method)) return;
        // From here on a failure breaks the answer off; a problem would follow upon half an archive.
        await response.StartAsync(context.HttpContext.RequestAborted);
        await archive.WriteAsync(response.Body, context.HttpContext.RequestAborted);
    }
}
