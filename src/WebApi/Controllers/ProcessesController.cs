using MediatR;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Processes.Deploy;
using OgcProcesses.Application.Processes.Describe;
using OgcProcesses.Application.Processes.List;
using OgcProcesses.Application.Processes.Package;
using OgcProcesses.Application.Processes.Replace;
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
    [HttpGet(Name = "getProcesses")]
    public Task<ProcessList> List([FromQuery] ListProcesses query, CancellationToken cancellationToken) =>
        mediator.Send(query, cancellationToken);

    /// <summary>Deploys a process from an application package.</summary>
    [HttpPost(Name = "deploy")]
    [Problems(403, 409)]
    [PackageMediaType]
    [ProducesResponseType<ProcessSummary>(StatusCodes.Status201Created)]
    public async Task<CreatedResult> Deploy([FromBody] ApplicationPackage package, CancellationToken cancellationToken)
    {
        var summary = await mediator.Send(new DeployProcess(package), cancellationToken);
        Response.Headers.ETag = ProcessTag.Of(summary);
        return Created(links.Url($"processes/{summary.Id}"), summary);
    }

    /// <summary>Describes a process: its inputs and outputs.</summary>
    [HttpGet("{processId}", Name = "getProcessDescription")]
    [Problems(404)]
    public async Task<ProcessDocument> Describe(ProcessId processId, CancellationToken cancellationToken)
    {
        var document = await mediator.Send(new DescribeProcess(processId), cancellationToken);
        Response.Headers.ETag = ProcessTag.Of(document);
        return document;
    }

    /// <summary>Replaces a process; jobs under way keep the package they began with.</summary>
    /// <remarks>With If-Match only the revision whose ETag it names; with Prefer: return=representation the answer is the summary and its warnings.</remarks>
    [HttpPut("{processId}", Name = "replace")]
    [Problems(403, 404, 412)]
    [PackageMediaType]
    [ProducesResponseType<ProcessSummary>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Replace(ProcessId processId, [FromBody] ApplicationPackage package, CancellationToken cancellationToken)
    {
        var summary = await mediator.Send(new ReplaceProcess(processId, package, ProcessTag.Expected(Request)), cancellationToken);
        Response.Headers.ETag = ProcessTag.Of(summary);
        if (!PreferHeader.AsksForRepresentation(Request.Headers["Prefer"])) return NoContent();
        Response.Headers["Preference-Applied"] = "return=representation";
        return Ok(summary);
    }

    /// <summary>Undeploys a process; its jobs stay.</summary>
    /// <remarks>With If-Match only the revision whose ETag it names.</remarks>
    [HttpDelete("{processId}", Name = "undeploy")]
    [Problems(403, 404, 412)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<NoContentResult> Undeploy(ProcessId processId, CancellationToken cancellationToken)
    {
        await mediator.Send(new UndeployProcess(processId, ProcessTag.Expected(Request)), cancellationToken);
        return NoContent();
    }

    /// <summary>The package that deployed or last replaced a process.</summary>
    [HttpGet("{processId}/package", Name = "getPackage")]
    [Problems(403, 404)]
    [Produces(OgcNames.Package)]
    public async Task<ApplicationPackage> Package(ProcessId processId, CancellationToken cancellationToken)
    {
        var deployed = await mediator.Send(new GetPackage(processId), cancellationToken);
        Response.Headers.ETag = ProcessTag.Of(deployed.Revision);
        return deployed.Package;
    }
}
