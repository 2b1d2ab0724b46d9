using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Uploads;

namespace OgcProcesses.WebApi.Http;

/// <summary>Leaves a body to its action, which reads it as it arrives: nothing else looks into it, and it may be as large as uploads may be.</summary>
/// <param name="mediaType">The media type that the API's definition tells.</param>
/// <param name="description">What the body is, for the API's definition.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StreamedBodyAttribute(string mediaType, string description) : Attribute, IResourceFilter
{
    public string MediaType => mediaType;

    public string Description => description;

    /// <inheritdoc />
    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        // MVC looks for parameters in a form, too, which curl calls every body that it is not told the type of.
        context.ValueProviderFactories.RemoveType<FormValueProviderFactory>();
        context.ValueProviderFactories.RemoveType<FormFileValueProviderFactory>();
        context.ValueProviderFactories.RemoveType<JQueryFormValueProviderFactory>();
        var limit = context.HttpContext.RequestServices.GetRequiredService<IOptions<UploadOptions>>().Value.MaxBytes;
        context.HttpContext.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = limit;
    }

    /// <inheritdoc />
    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }
}
