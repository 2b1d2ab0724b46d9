using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Net.Http.Headers;

namespace OgcProcesses.WebApi.Http;

/// <summary>Answers 304 where the client has what an action is about to send, by the ETag that the action has set.</summary>
/// <remarks>RFC 9110, 13.1.2. Files compare theirs by themselves.</remarks>
internal sealed class NotModified : IResultFilter
{
    /// <inheritdoc />
    public void OnResultExecuting(ResultExecutingContext context)
    {
        var (request, response) = (context.HttpContext.Request, context.HttpContext.Response);
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return;
        if (!EntityTagHeaderValue.TryParse(response.Headers.ETag.ToString(), out var present)) return;
        var known = request.GetTypedHeaders().IfNoneMatch;
        if (known.Contains(EntityTagHeaderValue.Any) || known.Any(tag => tag.Compare(present, useStrongComparison: false)))
            context.Result = new StatusCodeResult(StatusCodes.Status304NotModified);
    }

    /// <inheritdoc />
    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
