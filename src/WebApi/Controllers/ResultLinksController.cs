using MediatR;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Access.Links;
using OgcProcesses.WebApi.OpenApi;

namespace OgcProcesses.WebApi.Controllers;

/// <summary>Signed links to results, for the operator.</summary>
[ApiController]
[Route("/admin/result-links")]
public sealed class ResultLinksController(IMediator mediator) : ControllerBase
{
    /// <summary>Withdraws all signed links to results.</summary>
    /// <remarks>A new key signs those that are given from now on. On other nodes old links go on to work for five seconds at most.</remarks>
    /// <response code="200">The number of the new key.</response>
    [HttpPost("rotation", Name = "rotateResultLinks")]
    [Makes(typeof(RotateResultLinks))]
    public Task<RotatedResultLinks> Rotate(CancellationToken cancellationToken) => mediator.Send(new RotateResultLinks(), cancellationToken);
}
