using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Domain.Processes;
using OgcProcesses.WebApi.Html;
using OgcProcesses.WebApi.Http;
using OgcProcesses.WebApi.OpenApi;

namespace OgcProcesses.WebApi.Controllers;

/// <summary>The API's definition.</summary>
[ApiController]
[AllowAnonymous]
public sealed class ApiController(Definitions definitions, ILinks links) : ControllerBase
{
    private const string Json = "application/vnd.oai.openapi+json;version=3.0";
    private const string Yaml = "application/vnd.oai.openapi;version=3.0";

    /// <summary>The API's definition: OpenAPI 3.0 as JSON or YAML, or a page for people.</summary>
    /// <remarks>It has a path for the execution of each deployed process, with the schemas of its inputs and outputs.</remarks>
    /// <param name="f">The form; overrides Accept.</param>
    /// <param name="process">The identifier of a process: only its execution is defined, and what is needed to follow its jobs.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <response code="200">The definition.</response>
    /// <response code="304">The definition is the one whose ETag If-None-Match names.</response>
    [HttpGet("/api", Name = "getApi")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status304NotModified)]
    [BareAnswer(Json, Yaml, OgcNames.Html)]
    [AnswerHeader(200, "ETag", "Changes with the definition.")]
    [AnswerHeader(304, "ETag", "Changes with the definition.")]
    [Problems(nameof(OgcError.NoSuchProcess))]
    public async Task<IActionResult> Definition([FromQuery] string? f, [FromQuery] ProcessId? process, CancellationToken cancellationToken)
    {
        var format = f ?? Negotiated();
        if (format is not ("json" or "yaml" or "html")) throw new OgcException([Violation.InQuery("f", "must be 'json', 'yaml' or 'html'")]);
        Response.Headers.Vary = "Accept";
        if (format == Representation.Page) return Page.Of(new ApiPage(), Response);
        var server = links.Url("").TrimEnd('/');
        var definition = process is { } id
            ? await definitions.GetAsync(id, server, format == "yaml", cancellationToken)
            : await definitions.GetAsync(server, format == "yaml", cancellationToken);
        Response.Headers.CacheControl = "no-cache";
        return File(definition.Content, format == "yaml" ? Yaml : Json, lastModified: null, new EntityTagHeaderValue(definition.ETag));
    }

    private string Negotiated()
    {
        var best = Request.GetTypedHeaders().Accept
            .OrderByDescending(range => range, MediaTypeHeaderValueComparer.QualityComparer)
            .Select(range => range.MediaType.Value)
            .FirstOrDefault(type => type is not null && (type.Contains("json", StringComparison.Ordinal)
                || type.Contains("yaml", StringComparison.Ordinal) || type is "text/html" or "application/vnd.oai.openapi"));
        return best switch
        {
            "text/html" => "html",
            "application/vnd.oai.openapi" => "yaml",
            not null when best.Contains("yaml", StringComparison.Ordinal) => "yaml",
            _ => "json",
        };
    }
}
