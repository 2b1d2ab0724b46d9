using MediatR;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Callbacks;
using OgcProcesses.Application.Jobs.Dismiss;
using OgcProcesses.Application.Jobs.Events;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Jobs.Inputs;
using OgcProcesses.Application.Jobs.List;
using OgcProcesses.Application.Jobs.Logs;
using OgcProcesses.Application.Jobs.Pin;
using OgcProcesses.Application.Jobs.Results;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.WebApi.Events;
using OgcProcesses.WebApi.Http;
using OgcProcesses.WebApi.OpenApi;
using OgcProcesses.WebApi.Security;

namespace OgcProcesses.WebApi.Controllers;

/// <summary>Jobs: list, watch, dismiss, and what they gave.</summary>
[ApiController]
[Route("/jobs")]
public sealed class JobsController(IMediator mediator) : ControllerBase
{
    private const string LastEventId = "Last-Event-ID";

    /// <summary>Jobs of all times, processes and statuses, newest first.</summary>
    /// <remarks>A page at a time; the links next and prev lead on. A filter takes several values, repeated or with commas.</remarks>
    /// <response code="200">A page of the job list.</response>
    [HttpGet(Name = "getJobs")]
    public Task<JobList> List([FromQuery] ListJobs query, CancellationToken cancellationToken) => mediator.Send(query, cancellationToken);

    /// <summary>Dismisses the jobs that filters leave, newest first.</summary>
    /// <remarks>At least one filter besides the type is required. Pinned jobs are left out; what is beyond the limit is told, to be dismissed by further requests.</remarks>
    /// <response code="200">How many were dismissed, and how many remain.</response>
    [HttpDelete(Name = "dismissJobs")]
    public Task<DismissedJobs> DismissAll([FromQuery] DismissJobs query, CancellationToken cancellationToken) => mediator.Send(query, cancellationToken);

    /// <summary>Where a job stands.</summary>
    /// <remarks>Status, progress and a message; a job that waits tells for what, one that failed tells why.</remarks>
    /// <response code="200">The job's status.</response>
    [HttpGet("{jobId}", Name = "getStatus")]
    [Makes(typeof(GetJob))]
    [Polled]
    [Problems(nameof(OgcError.NoSuchJob))]
    public Task<StatusInfo> Status(JobId jobId, CancellationToken cancellationToken) => mediator.Send(new GetJob(jobId), cancellationToken);

    /// <summary>Where a job stands; the same as under /jobs.</summary>
    /// <remarks>For clients that follow the overview of the standard to the letter.</remarks>
    /// <response code="200">The job's status.</response>
    [HttpGet("/{jobId:guid}", Name = "getStatusAtRoot")]
    [Makes(typeof(GetJob))]
    [Polled]
    [Problems(nameof(OgcError.NoSuchJob))]
    public Task<StatusInfo> StatusAtRoot(JobId jobId, CancellationToken cancellationToken) => Status(jobId, cancellationToken);

    /// <summary>Changes a job: pins it, so that it does not expire, or unpins it.</summary>
    /// <remarks>A merge patch (RFC 7396) of the status, of which only the member pinned can be changed.</remarks>
    /// <response code="200">The job's status.</response>
    [HttpPatch("{jobId}", Name = "patchJob")]
    [Makes(typeof(PinJob))]
    [Problems(nameof(OgcError.NoSuchJob))]
    public Task<StatusInfo> Patch(JobId jobId, [FromBody] JobPatch request, CancellationToken cancellationToken) =>
        mediator.Send(new PinJob(jobId, request), cancellationToken);

    /// <summary>Dismisses a job: stops it, or removes what it gave.</summary>
    /// <remarks>Its status stays; its results and its log are gone for good.</remarks>
    /// <response code="200">The job is dismissed.</response>
    [HttpDelete("{jobId}", Name = "dismiss")]
    [Makes(typeof(DismissJob))]
    [AnswerHeader(503, "Retry-After", "In how many seconds to try again.")]
    [Problems(nameof(OgcError.NoSuchJob), nameof(OgcError.JobDismissed), nameof(OgcError.OutputStoreUnavailable))]
    public Task<StatusInfo> Dismiss(JobId jobId, CancellationToken cancellationToken) => mediator.Send(new DismissJob(jobId), cancellationToken);

    /// <summary>What a job gave, in the form that its execute request asked for.</summary>
    /// <remarks>After a failed job the answer is a problem document that tells why.</remarks>
    /// <param name="jobId">The job.</param>
    /// <param name="f">JSON, a page or a zip archive of all outputs; overrides Accept.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <response code="200">The results: a document, one output as it is, several as parts, or all in an archive.</response>
    /// <response code="204">The results, each by a link.</response>
    /// <response code="206">The part of the one file that Range asked for.</response>
    /// <response code="304">The one file is that whose ETag If-None-Match names.</response>
    /// <response code="307">The one file is had from the store of outputs, at a URL that expires soon.</response>
    [HttpGet("{jobId}/results", Name = "getResult")]
    [Makes(typeof(GetResults))]
    [ProducesResponseType<IDictionary<string, object>>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType(StatusCodes.Status206PartialContent)]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [ProducesResponseType(StatusCodes.Status307TemporaryRedirect)]
    [BareAnswer("multipart/related", ResultsArchive.MediaType, "*/*")]
    [AnswerHeader(200, "ETag", "Of a file: changes with its content.")]
    [AnswerHeader(204, "Link", "Where each output is found.")]
    [AnswerHeader(206, "ETag", "Changes with the file's content.")]
    [AnswerHeader(206, "Content-Range", "Which part of the file this is.")]
    [AnswerHeader(304, "ETag", "Changes with the file's content.")]
    [AnswerHeader(307, "Location", "Where the file is had for a short time; whoever has it has the file.")]
    [AnswerHeader(416, "Content-Range", "How long the file is.")]
    [AnswerHeader(503, "Retry-After", "In how many seconds to try again.")]
    [Problems(
        nameof(OgcError.NoSuchJob), nameof(OgcError.ResultNotReady), nameof(OgcError.JobFailedByInput), nameof(OgcError.JobFailed),
        nameof(OgcError.JobDismissed), nameof(OgcError.OutputStoreUnavailable), Others = [412, 416])]
    public async Task<IActionResult> Results(JobId jobId, [FromQuery] string? f, CancellationToken cancellationToken)
    {
        if (f is not (null or Representation.Json or Representation.Page or Representation.Archive))
            throw new OgcException([Violation.InQuery(Representation.Parameter, "must be 'json', 'html' or 'zip'")]);
        return new ResultsAnswer(await mediator.Send(new GetResults(jobId, AsDocument: f == Representation.Archive), cancellationToken));
    }

    /// <summary>One output of a job: the value, or the file.</summary>
    /// <remarks>Of an output with several values the first one, or the one whose number, from 0, follows. Files can be had in parts, by Range.</remarks>
    /// <response code="200">The value or the file.</response>
    /// <response code="206">The part of the file that Range asked for.</response>
    /// <response code="304">The file is the one whose ETag If-None-Match names.</response>
    /// <response code="307">The file is had from the store of outputs, at a URL that expires soon.</response>
    [HttpGet("{jobId}/results/{outputId}", Name = "getResultOutput")]
    [HttpGet("{jobId}/results/{outputId}/{index:int:min(0)}", Name = "getResultOutputValue")]
    [Makes(typeof(GetResult))]
    [TakesResultLinks]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status206PartialContent)]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [ProducesResponseType(StatusCodes.Status307TemporaryRedirect)]
    [BareAnswer("application/octet-stream", "*/*")]
    [AnswerHeader(200, "ETag", "Of a file: changes with its content.")]
    [AnswerHeader(206, "ETag", "Changes with the file's content.")]
    [AnswerHeader(206, "Content-Range", "Which part of the file this is.")]
    [AnswerHeader(304, "ETag", "Changes with the file's content.")]
    [AnswerHeader(307, "Location", "Where the file is had for a short time; whoever has it has the file.")]
    [AnswerHeader(416, "Content-Range", "How long the file is.")]
    [AnswerHeader(503, "Retry-After", "In how many seconds to try again.")]
    [Problems(
        nameof(OgcError.NoSuchJob), nameof(OgcError.ResultNotReady), nameof(OgcError.ResultNotAvailable), nameof(OgcError.NoSuchOutput),
        nameof(OgcError.JobFailedByInput), nameof(OgcError.JobFailed), nameof(OgcError.JobDismissed), nameof(OgcError.OutputStoreUnavailable), Others = [412, 416])]
    public async Task<IActionResult> Result(JobId jobId, string outputId, int index, CancellationToken cancellationToken) =>
        new OutputAnswer(await mediator.Send(new GetResult(jobId, outputId, index), cancellationToken));

    /// <summary>What the job's program wrote, line by line.</summary>
    /// <remarks>As far as it has got. Of a long log the head and the tail are kept; an entry with the member missing stands between them.</remarks>
    /// <param name="jobId">The job.</param>
    /// <param name="attempt">The attempt; the last one when left out.</param>
    /// <param name="skip">Lines at the start to leave out: the number of the last line that the client has.</param>
    /// <param name="since">Only lines from this moment on (RFC 3339).</param>
    /// <param name="stream">Only lines of this stream.</param>
    /// <param name="limit">Most lines, from the first that the other parameters leave.</param>
    /// <param name="tail">Only so many of the last lines that the other parameters leave; not together with limit.</param>
    /// <param name="f">The form; overrides Accept.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <response code="200">The log; as an event stream, its lines as they come, until the job has ended.</response>
    /// <response code="204">The client of the event stream has seen the end.</response>
    [HttpGet("{jobId}/logs", Name = "getLogs")]
    [Makes(typeof(GetLogs))]
    [Polled]
    [ProducesResponseType<IReadOnlyList<LogEntry>>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [BareAnswer("text/plain", "text/event-stream")]
    [RequestHeader(LastEventId, "Of an event stream: the identifier of the last event that the client has.")]
    [Problems(nameof(OgcError.NoSuchJob), nameof(OgcError.TooManyStreams))]
    [AnswerHeader(503, "Retry-After", "In how many seconds to try again.")]
    public async Task<IActionResult> Logs(
        JobId jobId, [FromQuery] int? attempt, [FromQuery] long skip, [FromQuery] string? since, [FromQuery] string? stream, [FromQuery] int? limit,
        [FromQuery] int? tail, [FromQuery] string? f, CancellationToken cancellationToken)
    {
        if (f is not (null or Representation.Json or Representation.Page or Representation.Text))
            throw new OgcException([Violation.InQuery(Representation.Parameter, "must be 'json', 'html' or 'text'")]);
        var query = new GetLogs(jobId) { Attempt = attempt, Skip = skip, Since = since, Stream = stream, Limit = limit, Tail = tail };
        if (Representation.IsEventStream(Request)) return await FollowAsync(new(jobId) { Log = query, LogOnly = true, After = Request.Headers[LastEventId] }, cancellationToken);
        var log = await mediator.Send(query, cancellationToken);
        return Representation.IsText(Request) ? new TextLogAnswer(log) : Ok(log);
    }

    /// <summary>Follows a job: its status, progress and log as Server-Sent Events, until it has ended.</summary>
    /// <remarks>
    /// Events are status and end (a statusInfo), progress, and log (a line, with its attempt). Their identifiers let a client that comes back go on
    /// where it was; no line of the log is lost or told twice.
    /// </remarks>
    /// <param name="jobId">The job.</param>
    /// <param name="after">The identifier of the last event that the client has, where it can't send it as Last-Event-ID.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <response code="200">The events.</response>
    /// <response code="204">The client has seen the end.</response>
    [HttpGet("{jobId}/events", Name = "getEvents")]
    [Makes(typeof(FollowJob))]
    [Polled]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [BareAnswer("text/event-stream")]
    [RequestHeader(LastEventId, "The identifier of the last event that the client has.")]
    [Problems(nameof(OgcError.NoSuchJob), nameof(OgcError.TooManyStreams))]
    [AnswerHeader(503, "Retry-After", "In how many seconds to try again.")]
    public Task<IActionResult> Events(JobId jobId, [FromQuery] string? after, CancellationToken cancellationToken)
    {
        var last = Request.Headers[LastEventId].ToString();
        return FollowAsync(new(jobId) { Log = new(jobId), After = last.Length > 0 ? last : after }, cancellationToken);
    }

    /// <summary>What the job's subscriber was sent, and what became of it.</summary>
    /// <remarks>Each callback with its tries; none for a job without a subscriber.</remarks>
    /// <response code="200">The callbacks.</response>
    [HttpGet("{jobId}/callbacks", Name = "getCallbacks")]
    [Makes(typeof(GetCallbacks))]
    [Problems(nameof(OgcError.NoSuchJob))]
    public Task<CallbackList> Callbacks(JobId jobId, CancellationToken cancellationToken) => mediator.Send(new GetCallbacks(jobId), cancellationToken);

    /// <summary>What the job was asked to do, defaults included.</summary>
    /// <remarks>The execute request, to be looked at or sent again.</remarks>
    /// <response code="200">The execute request.</response>
    [HttpGet("{jobId}/inputs", Name = "getInputs")]
    [Makes(typeof(GetInputs))]
    [Problems(nameof(OgcError.NoSuchJob))]
    public Task<JobInputs> Inputs(JobId jobId, CancellationToken cancellationToken) => mediator.Send(new GetInputs(jobId), cancellationToken);

    /// <remarks>204 keeps an EventSource from coming back.</remarks>
    private async Task<IActionResult> FollowAsync(FollowJob request, CancellationToken cancellationToken)
    {
        var events = await mediator.Send(request, cancellationToken);
        return EventPosition.TryParse(request.After) is { IsEnd: true } ? NoContent() : new EventStreamAnswer(events);
    }
}
