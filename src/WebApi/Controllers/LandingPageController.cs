using MediatR;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Conformance;

namespace OgcProcesses.WebApi.Controllers;

/// <summary>The API's entry and its conformance declaration.</summary>
[ApiController]
public sealed class LandingPageController(IMediator mediator) : ControllerBase
{
    /// <summary>The landing page: what this API is and where to go from here.</summary>
    [HttpGet("/", Name = "getLandingPage")]
    public Task<LandingPage> LandingPage(CancellationToken cancellationToken) => mediator.Send(new GetLandingPage(), cancellationToken);

    /// <summary>The conformance classes that this server fulfils.</summary>
    [HttpGet("/conformance", Name = "getConformance")]
    public Task<ConfClasses> Conformance(CancellationToken cancellationToken) => mediator.Send(new GetConformance(), cancellationToken);
}
