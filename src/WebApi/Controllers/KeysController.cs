using MediatR;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Access.Keys;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.WebApi.OpenApi;

namespace OgcProcesses.WebApi.Controllers;

/// <summary>Keys of callers: make, list, revoke.</summary>
[ApiController]
[Route("/admin/keys")]
public sealed class KeysController(IMediator mediator, ILinks links) : ControllerBase
{
    /// <summary>All keys that there ever were, newest first.</summary>
    /// <remarks>For admins. Secrets are not among what is told.</remarks>
    /// <response code="200">A page of the keys.</response>
    [HttpGet(Name = "getKeys")]
    public Task<KeyList> List([FromQuery] ListKeys query, CancellationToken cancellationToken) => mediator.Send(query, cancellationToken);

    /// <summary>Makes a key for a caller.</summary>
    /// <remarks>For admins. The member key of the answer is what its holder sends; it is shown this once.</remarks>
    /// <response code="201">The key.</response>
    [HttpPost(Name = "createKey")]
    [AnswerHeader(201, "Location", "The list of keys, of which this is the first.")]
    [Makes(typeof(CreateKey))]
    [ProducesResponseType<NewKey>(StatusCodes.Status201Created)]
    public async Task<CreatedResult> Create([FromBody] KeyRequest key, CancellationToken cancellationToken)
    {
        var made = await mediator.Send(new CreateKey(key), cancellationToken);
        Response.Headers.CacheControl = "no-store";
        return Created(links.Url("admin/keys"), made);
    }

    /// <summary>Revokes a key, for good.</summary>
    /// <remarks>For admins. Whoever holds it is refused within five seconds, on every node.</remarks>
    /// <response code="200">The key, as it is now.</response>
    [HttpDelete("{keyId}", Name = "revokeKey")]
    [Makes(typeof(RevokeKey))]
    [Problems(nameof(OgcError.NoSuchKey))]
    public Task<KeyInfo> Revoke(string keyId, CancellationToken cancellationToken) => mediator.Send(new RevokeKey(keyId), cancellationToken);
}
