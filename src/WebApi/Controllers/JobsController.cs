using MediatR;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Jobs.Dismiss;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Jobs.Inputs;
using OgcProcesses.Application.Jobs.List;
using OgcProcesses.Application.Jobs.Logs;
using OgcProcesses.Application.Jobs.Results;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.WebApi.Http;
using OgcProcesses.WebApi.OpenApi;

namespace OgcProcesses.WebApi.Controllers;

/// <summary>Jobs: list, watch, dismiss, and what they gave.</summary>
[ApiController]
[Route("/jobs")]
public sealed class JobsController(IMediator mediator) : ControllerBase
{
    /// <summary>Jobs of all times, processes and statuses, newest first.</summary>
    [HttpGet(Name = "getJobs")]
    public Task<JobList> List([FromQuery] ListJobs query, CancellationToken cancellationToken) => mediator.Send(query, cancellationToken);

    /// <summary>Where a job stands.</summary>
    [HttpGet("{jobId}", Name = "getStatus")]
    [Problems(404)]
    public Task<StatusInfo> Status(JobId jobId, CancellationToken cancellationToken) => mediator.Send(new GetJob(jobId), cancellationToken);

    /// <summary>Where a job stands; the same as under /jobs.</summary>
    [HttpGet("/{jobId:guid}", Name = "getStatusAtRoot")]
    [Problems(404)]
    public Task<StatusInfo> StatusAtRoot(JobId jobId, CancellationToken cancellationToken) => Status(jobId, cancellationToken);

    /// <summary>Dismisses a job: stops it, or removes what it gave.</summary>
    [HttpDelete("{jobId}", Name = "dismiss")]
    [Problems(404, 410)]
    public Task<StatusInfo> Dismiss(JobId jobId, CancellationToken cancellationToken) => mediator.Send(new DismissJob(jobId), cancellationToken);

    /// <summary>What a job gave, in the form that its execute request asked for.</summary>
    [HttpGet("{jobId}/results", Name = "getResult")]
    [ProducesResponseType<IDictionary<string, object>>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [BareAnswer("multipart/related", "*/*")]
    [Problems(400, 404, 410)]
    public async Task<IActionResult> Results(JobId jobId, CancellationToken cancellationToken) =>
        new ResultsAnswer(await mediator.Send(new GetResults(jobId), cancellationToken));

    /// <summary>One output of a job: the value, or the file.</summary>
    [HttpGet("{jobId}/results/{outputId}", Name = "getResultOutput")]
    [HttpGet("{jobId}/results/{outputId}/{index:int:min(0)}", Name = "getResultOutputValue")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [BareAnswer("application/octet-stream", "*/*")]
    [Problems(400, 404, 410)]
    public async Task<IActionResult> Result(JobId jobId, string outputId, int index, CancellationToken cancellationToken) =>
        new OutputAnswer(await mediator.Send(new GetResult(jobId, outputId, index), cancellationToken));

    /// <summary>What the job's program wrote, line by line.</summary>
    [HttpGet("{jobId}/logs", Name = "getLogs")]
    [Problems(404)]
    public async Task<IAsyncEnumerable<LogLine>> Logs(JobId jobId, CancellationToken cancellationToken) =>
        await mediator.Send(new GetLogs(jobId), cancellationToken);

    /// <summary>What the job was asked to do, defaults included.</summary>
    [HttpGet("{jobId}/inputs", Name = "getInputs")]
    [Problems(404)]
    public Task<JobInputs> Inputs(JobId jobId, CancellationToken cancellationToken) => mediator.Send(new GetInputs(jobId), cancellationToken);
}
