using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using OgcProcesses.WebApi.Html;
using OgcProcesses.WebApi.Http;

namespace OgcProcesses.WebApi.Errors;

/// <summary>Writes problem documents under the media type that their reader expects.</summary>
/// <remarks>
/// A page for who asks for one; application/problem+json where Accept names it or leaves no plain JSON, else application/json, on which the official
/// test suite insists.
/// </remarks>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    private const string Json = "application/json";
    private const string ProblemJson = "application/problem+json";

    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (request, response) = (context.HttpContext.Request, context.HttpContext.Response);
        var problem = context.ProblemDetails;
        problem.Status ??= response.StatusCode;
        problem.Type ??= "about:blank";
        problem.Title ??= ReasonPhrases.GetReasonPhrase(problem.Status.Value);
        problem.Instance ??= request.PathBase + request.Path;
        response.Headers.Append("Vary", "Accept");
        if (Representation.IsPage(request)) return new(Page.WriteAsync(problem, context.HttpContext));
        // By its run-time type, or members that only a derived type has would be lost.
        return new(response.WriteAsJsonAsync(problem, problem.GetType(), options: null, MediaType(request), context.HttpContext.RequestAborted));
    }

    private static string MediaType(HttpRequest request)
    {
        var accept = request.GetTypedHeaders().Accept;
        if (accept.Count == 0) return Json;
        var json = MediaTypeHeaderValue.Parse(Json);
        return accept.Any(range => range.MediaType == ProblemJson) || !accept.Any(json.IsSubsetOf) ? ProblemJson : Json;
    }
}
