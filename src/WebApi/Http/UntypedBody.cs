using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using OgcProcesses.Application.Common.Links;

namespace OgcProcesses.WebApi.Http;

/// <summary>Takes a body without a media type for JSON where it begins like an object.</summary>
/// <remarks>
/// RFC 9110, 8.3 leaves it to the recipient to look; a client of the original server sends packages so. Not from web pages:
/// a browser asks before it sends JSON to another origin, but not before it sends a body without a type.
/// </remarks>
internal sealed class UntypedBody : IAsyncResourceFilter
{
    /// <inheritdoc />
    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        var request = context.HttpContext.Request;
        var takesBody = context.ActionDescriptor.Parameters.Any(parameter => parameter.BindingInfo?.BindingSource == BindingSource.Body);
        var isUntyped = string.IsNullOrWhiteSpace(request.ContentType) && !request.Headers.ContainsKey("Origin");
        if (takesBody && isUntyped && await IsObjectAsync(request)) request.ContentType = OgcNames.Json;
        await next();
    }

    private static async Task<bool> IsObjectAsync(HttpRequest request)
    {
        var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
        var isObject = BeginsLikeObject(read.Buffer);
        // Only looked at: whoever reads the body gets all of it.
        request.BodyReader.AdvanceTo(read.Buffer.Start);
        return isObject;
    }

    private static bool BeginsLikeObject(ReadOnlySequence<byte> body)
    {
        var reader = new SequenceReader<byte>(body);
        reader.IsNext(Encoding.UTF8.Preamble, advancePast: true);
        reader.AdvancePastAny(" \t\r\n"u8);
        return reader.TryPeek(out var first) && first == '{';
    }
}
