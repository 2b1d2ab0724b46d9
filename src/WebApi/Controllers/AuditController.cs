using MediatR;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.WebApi.Http;
using OgcProcesses.WebApi.OpenApi;

namespace OgcProcesses.WebApi.Controllers;

/// <summary>Who did what, for the operator.</summary>
[ApiController]
[Route("/admin/audit")]
public sealed class AuditController(IMediator mediator) : ControllerBase
{
    /// <summary>The audit trail, newest first.</summary>
    /// <remarks>A page at a time as JSON; all that the filters leave at once as CSV or lines of JSON.</remarks>
    /// <param name="query">The filters, and the page.</param>
    /// <param name="f">JSON or a page; csv or jsonl for all events.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <response code="200">The events.</response>
    [HttpGet(Name = "getAudit")]
    [ProducesResponseType<AuditEventList>(StatusCodes.Status200OK)]
    [BareAnswer(AuditExport.Csv, AuditExport.JsonLines)]
    public async Task<IActionResult> List([FromQuery] ListAuditEvents query, [FromQuery] string? f, CancellationToken cancellationToken) => f switch
    {
        null or Representation.Json or Representation.Page => Ok(await mediator.Send(query, cancellationToken)),
        Representation.Csv or Representation.JsonLines => new AuditExport(
            await mediator.Send(new ExportAuditEvents { Datetime = query.Datetime, Caller = query.Caller, Action = query.Action, Subject = query.Subject }, cancellationToken),
            f == Representation.Csv),
        _ => throw new OgcException([Violation.InQuery(Representation.Parameter, "must be 'json', 'html', 'csv' or 'jsonl'")]),
    };
}
