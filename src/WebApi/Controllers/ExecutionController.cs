using MediatR;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Jobs.Execute;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Jobs.Results;
using OgcProcesses.Domain.Processes;
using OgcProcesses.WebApi.Http;
using OgcProcesses.WebApi.OpenApi;

namespace OgcProcesses.WebApi.Controllers;

/// <summary>Execution of processes.</summary>
[ApiController]
public sealed class ExecutionController(IMediator mediator, ILinks links) : ControllerBase
{
    /// <summary>Executes a process: with the results as the answer, or with a job to watch.</summary>
    /// <remarks>The header Prefer chooses where the process offers both. Every execution is a job, also one whose results are the answer.</remarks>
    /// <param name="processId">The process.</param>
    /// <param name="request">Inputs, and how the results are wanted.</param>
    /// <param name="validateOnly">Checks the request and runs nothing; the answer is the request with defaults filled in.</param>
    /// <param name="cancellationToken">Ends the wait, not the job.</param>
    /// <response code="200">The results: a document, one output as it is, or several as parts.</response>
    /// <response code="201">The job was accepted and goes on.</response>
    /// <response code="204">The results, each by a link.</response>
    [HttpPost("/processes/{processId}/execution", Name = "execute")]
    [Makes(typeof(ExecuteProcess))]
    [ProducesResponseType<IDictionary<string, object>>(StatusCodes.Status200OK)]
    [ProducesResponseType<StatusInfo>(StatusCodes.Status201Created)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [BareAnswer("multipart/related", "*/*")]
    [RequestHeader("Prefer", "respond-async: answer with the job at once; wait=SECONDS: wait no longer than this for the results.")]
    [RequestHeader(IdempotencyKeyHeader.Name, "A string of the client's own, at most 255 characters: a repeated request with the same key finds the same job.")]
    [RequestHeader("Cache-Control", "max-age=SECONDS: results of an identical execution will do, if they are no older than this and the server reuses results.")]
    [AnswerHeader(200, "Age", "Of results that were reused: seconds since they were made.")]
    [AnswerHeader(200, "Content-Location", "Where the job's results are found again.")]
    [AnswerHeader(200, "ETag", "Of a file: changes with its content.")]
    [AnswerHeader(200, "Preference-Applied", "The preferences that were honoured.")]
    [AnswerHeader(201, "Location", "Where the job's status is found.")]
    [AnswerHeader(201, "Preference-Applied", "The preferences that were honoured.")]
    [AnswerHeader(204, "Age", "Of results that were reused: seconds since they were made.")]
    [AnswerHeader(204, "Content-Location", "Where the job's results are found again.")]
    [AnswerHeader(204, "Link", "Where each output is found.")]
    [AnswerHeader(204, "Preference-Applied", "The preferences that were honoured.")]
    [Problems(
        nameof(OgcError.NoSuchProcess), nameof(OgcError.JobFailedByInput), nameof(OgcError.JobFailed), nameof(OgcError.JobDismissed),
        nameof(OgcError.KeyReused), nameof(OgcError.TooManyJobs), nameof(OgcError.CpuTimeUsedUp), nameof(OgcError.TooMuchStored),
        nameof(OgcError.InsufficientStorage))]
    public async Task<IActionResult> Execute(
        ProcessId processId, [FromBody] Execute request, [FromQuery] bool validateOnly, CancellationToken cancellationToken)
    {
        if (validateOnly) return Ok(await mediator.Send(new ValidateExecution(processId, request), cancellationToken));
        var preference = PreferHeader.Read(Request.Headers["Prefer"]);
        var key = IdempotencyKeyHeader.Read(Request.Headers[IdempotencyKeyHeader.Name]);
        var execution = await mediator.Send(new ExecuteProcess(processId, request, preference, key) { ReuseWithin = ReuseHeaders.AllowedAge(Request) }, cancellationToken);
        if (execution.Applied.Count > 0) Response.Headers["Preference-Applied"] = string.Join(", ", execution.Applied);
        var job = links.Url($"jobs/{execution.JobId}");
        if (!execution.HasEnded) return Created(job, execution.Status);
        if (execution.Age is { } age) Response.TellAge(age);
        // Content-Location and no Link: the official suite takes any Link header here for another one.
        Response.Headers.ContentLocation = $"{job}/results";
        return new ResultsAnswer(await mediator.Send(new GetResults(execution.JobId, AreTheAnswer: true), cancellationToken));
    }

    /// <summary>Executes the process that the body names.</summary>
    /// <remarks>By its identifier or by the URL of its description; otherwise the same as under the process's own path.</remarks>
    /// <param name="request">The process, inputs, and how the results are wanted.</param>
    /// <param name="validateOnly">Checks the request and runs nothing; the answer is the request with defaults filled in.</param>
    /// <param name="cancellationToken">Ends the wait, not the job.</param>
    /// <response code="200">The results: a document, one output as it is, or several as parts.</response>
    /// <response code="201">The job was accepted and goes on.</response>
    /// <response code="204">The results, each by a link.</response>
    [HttpPost("/execution", Name = "executeNamed")]
    [Makes(typeof(ExecuteProcess))]
    [ProducesResponseType<IDictionary<string, object>>(StatusCodes.Status200OK)]
    [ProducesResponseType<StatusInfo>(StatusCodes.Status201Created)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [BareAnswer("multipart/related", "*/*")]
    [RequestHeader("Prefer", "respond-async: answer with the job at once; wait=SECONDS: wait no longer than this for the results.")]
    [RequestHeader(IdempotencyKeyHeader.Name, "A string of the client's own, at most 255 characters: a repeated request with the same key finds the same job.")]
    [RequestHeader("Cache-Control", "max-age=SECONDS: results of an identical execution will do, if they are no older than this and the server reuses results.")]
    [AnswerHeader(200, "Age", "Of results that were reused: seconds since they were made.")]
    [AnswerHeader(200, "Content-Location", "Where the job's results are found again.")]
    [AnswerHeader(200, "ETag", "Of a file: changes with its content.")]
    [AnswerHeader(200, "Preference-Applied", "The preferences that were honoured.")]
    [AnswerHeader(201, "Location", "Where the job's status is found.")]
    [AnswerHeader(201, "Preference-Applied", "The preferences that were honoured.")]
    [AnswerHeader(204, "Age", "Of results that were reused: seconds since they were made.")]
    [AnswerHeader(204, "Content-Location", "Where the job's results are found again.")]
    [AnswerHeader(204, "Link", "Where each output is found.")]
    [AnswerHeader(204, "Preference-Applied", "The preferences that were honoured.")]
    [Problems(
        nameof(OgcError.NoSuchProcess), nameof(OgcError.JobFailedByInput), nameof(OgcError.JobFailed), nameof(OgcError.JobDismissed),
        nameof(OgcError.KeyReused), nameof(OgcError.TooManyJobs), nameof(OgcError.CpuTimeUsedUp), nameof(OgcError.TooMuchStored),
        nameof(OgcError.InsufficientStorage))]
    public Task<IActionResult> ExecuteNamed([FromBody] Execute request, [FromQuery] bool validateOnly, CancellationToken cancellationToken) =>
        Execute(NamedProcess(request.Process), request, validateOnly, cancellationToken);

    /// <summary>The process, by its identifier or by the URI of its description.</summary>
    private static ProcessId NamedProcess(string? named)
    {
        if (string.IsNullOrEmpty(named)) throw new OgcException([Violation.InBody("/process", "is required where the path does not name the process")]);
        return Application.Jobs.Execute.Execute.TryReadProcess(named, out var processId)
            ? processId
            : throw new OgcException(OgcError.NoSuchProcess, $"There is no process '{named}'.");
    }
}
