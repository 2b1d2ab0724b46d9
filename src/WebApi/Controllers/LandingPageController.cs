using MediatR;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Conformance;

namespace OgcProcesses.WebApi.Controllers;

/// <summary>The API's entry and its conformance declaration.</summary>
[ApiController]
[AllowAnonymous]
public sealed class LandingPageController(IMediator mediator) : ControllerBase
{
    /// <summary>The landing page: what this API is and where to go from here.</summary>
    /// <remarks>Its links lead to the API's definition, the conformance declaration, the processes and the jobs.</remarks>
    /// <response code="200">The landing page.</response>
    [HttpGet("/", Name = "getLandingPage")]
    public Task<LandingPage> LandingPage(CancellationToken cancellationToken) => mediator.Send(new GetLandingPage(), cancellationToken);

    /// <summary>The conformance classes that this server fulfils.</summary>
    /// <remarks>By their URIs, as the standards print them.</remarks>
    /// <response code="200">The conformance declaration.</response>
    [HttpGet("/conformance", Name = "getConformance")]
    public Task<ConfClasses> Conformance(CancellationToken cancellationToken) => mediator.Send(new GetConformance(), cancellationToken);
}
