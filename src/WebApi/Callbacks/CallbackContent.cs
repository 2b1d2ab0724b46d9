using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Jobs.Results;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.WebApi.Errors;

namespace OgcProcesses.WebApi.Callbacks;

/// <summary>Makes the bodies of callbacks by the use cases that answer requests, with links from the root that the job was accepted at.</summary>
internal sealed class CallbackContent(IServiceScopeFactory scopes, ICaller caller, ILinks links, IOutputStore outputs, IOptions<JsonOptions> json) : ICallbackContent
{
    public async Task WriteAsync(Job job, CallbackKind kind, Stream body, CancellationToken cancellationToken)
    {
        using var root = links.From(job.Request.Subscriber!.Api);
        using var acting = caller.ActFor(new(job.Owner, Role.Reader));
        await using var scope = scopes.CreateAsyncScope();
        var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
        if (kind == CallbackKind.Success)
        {
            var results = await mediator.Send(new GetResults(job.Id, AsDocument: true), cancellationToken);
            var document = await ResultsDocument.PrepareAsync(results, outputs, cancellationToken);
            await document.WriteAsync(body, cancellationToken);
            return;
        }

        object told = kind == CallbackKind.Failed && job.Status == JobStatus.Failed
            ? await ProblemOfAsync(mediator, job.Id, cancellationToken)
            : await mediator.Send(new GetJob(job.Id), cancellationToken);
        await JsonSerializer.SerializeAsync(body, told, told.GetType(), json.Value.JsonSerializerOptions, cancellationToken);
    }

    public Uri StatusOf(Job job)
    {
        using var root = links.From(job.Request.Subscriber!.Api);
        return new(links.Url($"jobs/{job.Id}"));
    }

    /// <remarks>/req/core/job-results-failed: what the results of the job answer.</remarks>
    private async Task<ProblemDetails> ProblemOfAsync(IMediator mediator, JobId jobId, CancellationToken cancellationToken)
    {
        try
        {
            await mediator.Send(new GetResults(jobId), cancellationToken);
            throw new InvalidOperationException($"Job {jobId} has failed, and has results.");
        }
        catch (OgcException failure)
        {
            var problem = OgcExceptionHandler.Known(failure);
            problem.Instance = new Uri(links.Url($"jobs/{jobId}/results")).AbsolutePath;
            return problem;
        }
    }
}
