using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using NSwag;
using NSwag.Generation;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.WebApi.OpenApi;

namespace OgcProcesses.WebApi.Controllers;

/// <summary>The API's definition.</summary>
[ApiController]
public sealed class ApiController(IOpenApiDocumentGenerator generator, ILinks links) : ControllerBase
{
    private const string Json = "application/vnd.oai.openapi+json;version=3.0";
    private const string Yaml = "application/vnd.oai.openapi;version=3.0";

    /// <summary>The API's definition: OpenAPI 3.0 as JSON or YAML, or a page for people.</summary>
    /// <param name="f">json, yaml or html; overrides Accept.</param>
    /// <remarks>/req/oas30/oas-definition-1</remarks>
    [HttpGet("/api", Name = "getApi")]
    [ProducesResponseType<object>(StatusCodes.Status200OK, Json)]
    public async Task<IActionResult> Definition([FromQuery] string? f)
    {
        var format = f ?? Negotiated();
        if (format == "html") return Redirect(links.Url("api/ui"));
        var document = await generator.GenerateAsync(ApiDefinition.DocumentName);
        document.Servers.Clear();
        document.Servers.Add(new OpenApiServer { Url = links.Url("").TrimEnd('/') });
        return format switch
        {
            "json" => Content(document.ToJson(), Json),
            "yaml" => Content(document.ToYaml(), Yaml),
            _ => throw new OgcException([Violation.InQuery("f", "must be 'json', 'yaml' or 'html'")]),
        };
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
