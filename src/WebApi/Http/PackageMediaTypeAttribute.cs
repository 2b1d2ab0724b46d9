using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Net.Http.Headers;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Processes.Cwl;

namespace OgcProcesses.WebApi.Http;

/// <summary>Refuses a package of another media type before anything else is looked at.</summary>
/// <remarks>/req/deploy-replace-undeploy/deploy-unsupported-media-type</remarks>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PackageMediaTypeAttribute : Attribute, IResourceFilter
{
    /// <summary>The media types of packages.</summary>
    public static IReadOnlyList<string> MediaTypes { get; } = [OgcNames.Package, OgcNames.Json, .. CwlText.MediaTypes];

    /// <inheritdoc />
    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        var sent = context.HttpContext.Request.ContentType;
        var supported = MediaTypeHeaderValue.TryParse(sent, out var type)
            && MediaTypes.Any(supported => type.MediaType.Equals(supported, StringComparison.OrdinalIgnoreCase));
        if (!supported)
            throw new OgcException(OgcError.UnsupportedPackage, $"Send the package as {string.Join(", ", MediaTypes)}, not as '{sent ?? "nothing"}'.");
    }

    /// <inheritdoc />
    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }
}
