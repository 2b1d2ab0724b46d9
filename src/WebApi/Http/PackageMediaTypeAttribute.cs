using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Net.Http.Headers;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Links;

namespace OgcProcesses.WebApi.Http;

/// <summary>Refuses a package of another media type before anything else is looked at.</summary>
/// <remarks>/req/deploy-replace-undeploy/deploy-unsupported-media-type</remarks>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PackageMediaTypeAttribute : Attribute, IResourceFilter
{
    /// <inheritdoc />
    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        var sent = context.HttpContext.Request.ContentType;
        var supported = MediaTypeHeaderValue.TryParse(sent, out var type)
            && (type.MediaType.Equals(OgcNames.Package, StringComparison.OrdinalIgnoreCase)
                || type.MediaType.Equals(OgcNames.Json, StringComparison.OrdinalIgnoreCase));
        if (!supported)
        {
            throw new OgcException(
                OgcError.UnsupportedPackage, $"Send the package as {OgcNames.Package} or {OgcNames.Json}, not as '{sent ?? "nothing"}'.");
        }
    }

    /// <inheritdoc />
    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }
}
