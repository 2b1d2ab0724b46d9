using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.WebApi.Http;

namespace OgcProcesses.WebApi.Html;

/// <summary>Answers with a page in the place of JSON where the request asks for one.</summary>
/// <remarks>/req/html/definition. Single outputs are no documents of ours, and are given as they are to everybody.</remarks>
internal sealed class Pages : IResourceFilter, IResultFilter
{
    /// <inheritdoc />
    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        var request = context.HttpContext.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return;
        // An action that takes the parameter itself knows more formats.
        if (context.ActionDescriptor.Parameters.Any(parameter => parameter.Name == Representation.Parameter)) return;
        if (request.Query.TryGetValue(Representation.Parameter, out var asked) && asked.ToString() is not (Representation.Json or Representation.Page))
            throw new OgcException([Violation.InQuery(Representation.Parameter, "must be 'json' or 'html'")]);
    }

    /// <inheritdoc />
    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }

    /// <inheritdoc />
    public void OnResultExecuting(ResultExecutingContext context)
    {
        var document = context.Result switch
        {
            ObjectResult { StatusCode: null or StatusCodes.Status200OK, Value: { } value } => value,
            ResultsAnswer answer => answer.Results,
            FileContentResult file => new TextDocument(Encoding.UTF8.GetString(file.FileContents)),
            _ => null,
        };
        if (document is null) return;
        var (request, response) = (context.HttpContext.Request, context.HttpContext.Response);
        response.Headers.Append("Vary", "Accept");
        if (!Representation.IsPage(request)) return;
        // A tag of the JSON, which the page is not.
        response.Headers.Remove("ETag");
        context.Result = Page.Of(document, response);
    }

    /// <inheritdoc />
    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
