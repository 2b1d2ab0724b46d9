using MediatR;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Processes.Access;
using OgcProcesses.Application.Processes.Cwl;
using OgcProcesses.Application.Processes.Deploy;
using OgcProcesses.Application.Processes.Describe;
using OgcProcesses.Application.Processes.List;
using OgcProcesses.Application.Processes.Package;
using OgcProcesses.Application.Processes.Replace;
using OgcProcesses.Application.Processes.Statistics;
using OgcProcesses.Application.Processes.Undeploy;
using OgcProcesses.Domain.Processes;
using OgcProcesses.WebApi.Http;
using OgcProcesses.WebApi.OpenApi;

namespace OgcProcesses.WebApi.Controllers;

/// <summary>Processes: list, describe, deploy, replace, undeploy.</summary>
[ApiController]
[Route("/processes")]
public sealed class ProcessesController(IMediator mediator, ILinks links) : ControllerBase
{
    /// <summary>The processes, by identifier.</summary>
    /// <remarks>A page at a time; the links next and prev lead on.</remarks>
    /// <response code="200">A page of the process list.</response>
    [HttpGet(Name = "getProcesses")]
    public Task<ProcessList> List([FromQuery] ListProcesses query, CancellationToken cancellationToken) =>
        mediator.Send(query, cancellationToken);

    /// <summary>Deploys a process from an application package.</summary>
    /// <remarks>The identifier is the one that the package's process description states. The answer does not wait for the image.</remarks>
    /// <response code="201">The process is deployed.</response>
    /// <param name="package">The package, or the CWL.</param>
    /// <param name="workflow">The workflow to take where a CWL document has several; without it the first.</param>
    /// <param name="cancellationToken">Ends the wait for a document by link.</param>
    [HttpPost(Name = "deploy")]
    [Makes(typeof(DeployProcess))]
    [AnswerHeader(201, "Location", "Where the process is described.")]
    [AnswerHeader(201, "ETag", "Changes with the process.")]
    [AnswerHeader(403, "Location", "Where the process is described.")]
    [AnswerHeader(409, "Location", "Where the process that is there is described.")]
    [Problems(nameof(OgcError.ImmutableProcess), nameof(OgcError.DuplicatedProcess), nameof(OgcError.UnsupportedPackage), nameof(OgcError.EngineAway))]
    [PackageMediaType]
    [ProducesResponseType<ProcessSummary>(StatusCodes.Status201Created)]
    public async Task<CreatedResult> Deploy(
        [FromBody] ApplicationPackage package, [FromQuery(Name = "w")] string? workflow, CancellationToken cancellationToken)
    {
        var summary = await mediator.Send(new DeployProcess(package, workflow), cancellationToken);
        Response.Headers.ETag = ProcessTag.Of(summary);
        return Created(links.Url($"processes/{summary.Id}"), summary);
    }

    /// <summary>Describes a process: its inputs and outputs.</summary>
    /// <remarks>Each input and output has a JSON Schema. Members that only the package's author knows are given back as deployed.</remarks>
    /// <response code="200">The process description.</response>
    /// <response code="304">It is the one whose ETag If-None-Match names.</response>
    [HttpGet("{processId}", Name = "getProcessDescription")]
    [Makes(typeof(DescribeProcess))]
    [ProducesResponseType<ProcessDocument>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [AnswerHeader(304, "ETag", "Changes with the process.")]
    [Problems(nameof(OgcError.NoSuchProcess))]
    [AnswerHeader(200, "ETag", "Changes with the process.")]
    public async Task<ProcessDocument> Describe(ProcessId processId, CancellationToken cancellationToken)
    {
        var document = await mediator.Send(new DescribeProcess(processId), cancellationToken);
        Response.Headers.ETag = ProcessTag.Of(document);
        return document;
    }

    /// <summary>How many jobs a process has had, and what they used.</summary>
    /// <remarks>Numbers by status, and least, median and most of times, memory and sizes over the newest successful jobs.</remarks>
    /// <param name="processId">The process.</param>
    /// <param name="datetime">Only jobs created at an instant, on a day or in an interval (RFC 3339; <c>a/b</c>, <c>../b</c>, <c>a/..</c>), ends included.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <response code="200">The statistics.</response>
    /// <response code="304">They are those whose ETag If-None-Match names.</response>
    [HttpGet("{processId}/statistics", Name = "getStatistics")]
    [Makes(typeof(GetStatistics))]
    [ProducesResponseType<ProcessStatistics>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [AnswerHeader(304, "ETag", "Changes with the statistics.")]
    [Problems(nameof(OgcError.NoSuchProcess))]
    [AnswerHeader(200, "ETag", "Changes with the statistics.")]
    public async Task<ProcessStatistics> Statistics(ProcessId processId, [FromQuery] string? datetime, CancellationToken cancellationToken)
    {
        var statistics = await mediator.Send(new GetStatistics(processId, datetime), cancellationToken);
        Response.Headers.ETag = ProcessTag.Of(statistics);
        return statistics;
    }

    /// <summary>Replaces a process; jobs under way keep the package they began with.</summary>
    /// <remarks>The package must state the identifier that the path names. With If-Match only the revision whose ETag it names; with Prefer: return=representation the answer is the summary and its warnings.</remarks>
    /// <response code="200">The process is replaced; its summary.</response>
    /// <response code="204">The process is replaced.</response>
    /// <param name="processId">The process.</param>
    /// <param name="package">The package, or the CWL.</param>
    /// <param name="workflow">The workflow to take where a CWL document has several; without it the first.</param>
    /// <param name="cancellationToken">Ends the wait for a document by link.</param>
    [HttpPut("{processId}", Name = "replace")]
    [Makes(typeof(ReplaceProcess))]
    [AnswerHeader(403, "Location", "Where the process is described.")]
    [RequestHeader("If-Match", "The ETag of the revision to replace.")]
    [RequestHeader("Prefer", "return=representation: answer with the summary.")]
    [AnswerHeader(200, "ETag", "Changes with the process.")]
    [AnswerHeader(200, "Preference-Applied", "The preference that was honoured.")]
    [AnswerHeader(204, "ETag", "Changes with the process.")]
    [Problems(
        nameof(OgcError.ImmutableProcess), nameof(OgcError.NoSuchProcess), nameof(OgcError.ProcessChanged), nameof(OgcError.UnsupportedPackage), nameof(OgcError.EngineAway))]
    [PackageMediaType]
    [ProducesResponseType<ProcessSummary>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Replace(
        ProcessId processId, [FromBody] ApplicationPackage package, [FromQuery(Name = "w")] string? workflow, CancellationToken cancellationToken)
    {
        var summary = await mediator.Send(new ReplaceProcess(processId, package, workflow, ProcessTag.Expected(Request)), cancellationToken);
        Response.Headers.ETag = ProcessTag.Of(summary);
        if (!PreferHeader.AsksForRepresentation(Request.Headers["Prefer"])) return NoContent();
        Response.Headers["Preference-Applied"] = "return=representation";
        return Ok(summary);
    }

    /// <summary>Undeploys a process; its jobs stay.</summary>
    /// <remarks>Jobs under way go on, and results stay where they are. With If-Match only the revision whose ETag it names.</remarks>
    /// <response code="204">The process is undeployed.</response>
    [HttpDelete("{processId}", Name = "undeploy")]
    [Makes(typeof(UndeployProcess))]
    [AnswerHeader(403, "Location", "Where the process is described.")]
    [RequestHeader("If-Match", "The ETag of the revision to undeploy.")]
    [Problems(nameof(OgcError.ImmutableProcess), nameof(OgcError.NoSuchProcess), nameof(OgcError.ProcessChanged))]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<NoContentResult> Undeploy(ProcessId processId, CancellationToken cancellationToken)
    {
        await mediator.Send(new UndeployProcess(processId, ProcessTag.Expected(Request)), cancellationToken);
        return NoContent();
    }

    /// <summary>Who sees a process besides its owner and admins, and who executes it.</summary>
    /// <remarks>For its owner and admins.</remarks>
    /// <response code="200">The rules.</response>
    [HttpGet("{processId}/access", Name = "getAccess")]
    [Makes(typeof(GetAccess))]
    [Problems(nameof(OgcError.NoSuchProcess))]
    public Task<AccessRules> Access(ProcessId processId, CancellationToken cancellationToken) => mediator.Send(new GetAccess(processId), cancellationToken);

    /// <summary>Says anew who sees and executes a process.</summary>
    /// <remarks>For its owner and admins. What is left out is as for a process that is shared with nobody; jobs under way go on.</remarks>
    /// <response code="200">The rules as they are now.</response>
    [HttpPut("{processId}/access", Name = "setAccess")]
    [Makes(typeof(SetAccess))]
    [Problems(nameof(OgcError.ImmutableProcess), nameof(OgcError.NoSuchProcess))]
    [AnswerHeader(403, "Location", "Where the process is described, if it is built in.")]
    public Task<AccessRules> SetAccess(ProcessId processId, [FromBody] AccessRules request, CancellationToken cancellationToken) =>
        mediator.Send(new SetAccess(processId, request), cancellationToken);

    /// <summary>The package that deployed or last replaced a process.</summary>
    /// <remarks>As it was sent; the packages of built-in processes are not given.</remarks>
    /// <response code="200">The application package.</response>
    /// <response code="304">It is the one whose ETag If-None-Match names.</response>
    [HttpGet("{processId}/package", Name = "getPackage")]
    [Makes(typeof(GetPackage))]
    [AnswerHeader(403, "Location", "Where the process is described.")]
    [ProducesResponseType<ApplicationPackage>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [AnswerHeader(304, "ETag", "Changes with the process.")]
    [AnswerHeader(200, "ETag", "Changes with the process.")]
    [Problems(nameof(OgcError.ImmutableProcess), nameof(OgcError.NoSuchProcess))]
    [Produces(OgcNames.Package)]
    [BareAnswer(CwlText.Any, CwlText.Json, CwlText.Yaml)]
    public async Task<ActionResult<ApplicationPackage>> Package(ProcessId processId, CancellationToken cancellationToken)
    {
        var deployed = await mediator.Send(new GetPackage(processId), cancellationToken);
        Response.Headers.ETag = ProcessTag.Of(deployed.Revision);
        return deployed.Package.Cwl is { } cwl ? File(cwl.ToBytes(), cwl.MediaType) : deployed.Package;
    }
}
