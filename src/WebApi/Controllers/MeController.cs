using MediatR;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Access.Me;
using OgcProcesses.WebApi.OpenApi;

namespace OgcProcesses.WebApi.Controllers;

/// <summary>The caller.</summary>
[ApiController]
public sealed class MeController(IMediator mediator) : ControllerBase
{
    /// <summary>Who you are to this server, what you may do, and what you have used of your quotas.</summary>
    /// <remarks>Quotas without <c>most</c> are unbounded. The CPU time of a day in UTC counts, that of running jobs as far as they have told.</remarks>
    /// <response code="200">The caller.</response>
    [HttpGet("/me", Name = "getMe")]
    [Makes(typeof(GetMe))]
    public Task<CallerInfo> Me(CancellationToken cancellationToken) => mediator.Send(new GetMe(), cancellationToken);
}
