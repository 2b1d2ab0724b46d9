using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using OgcProcesses.Application.Common;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Jobs;
using OgcProcesses.WebApi.Http;

namespace OgcProcesses.WebApi.Errors;

/// <summary>Turns whatever a request ended in into a problem document.</summary>
/// <remarks>RFC 9457; Part 1, exception.yaml.</remarks>
internal sealed partial class OgcExceptionHandler(IProblemDetailsService problems, ILinks links, ILogger<OgcExceptionHandler> logger)
    : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested) return true;
        var problem = exception switch
        {
            OgcException known => Known(known),
            BadHttpRequestException bad => new() { Status = bad.StatusCode, Detail = bad.Message },
            System.Text.DecoderFallbackException => new() { Status = StatusCodes.Status400BadRequest, Detail = "The body is not in the character set that Content-Type states." },
            OutputStoreException => Unavailable(
                exception, httpContext, new(OgcError.OutputStoreUnavailable, "The server can't reach its store of outputs at the moment; what runs goes on.")),
            _ when Trouble.IsOfDatabase(exception) => Unavailable(
                exception, httpContext, new(OgcError.DatabaseUnavailable, "The server can't reach its database at the moment, or it is locked; what runs goes on.")),
            _ => Unknown(exception, httpContext.Request),
        };
        httpContext.Response.StatusCode = problem.Status!.Value;
        if (exception is OgcException { Location: { } location }) httpContext.Response.Headers.Location = links.Url(location);
        if (exception is OgcException { RetryAfter: { } wait })
            httpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (exception is OgcException { UploadOffset: { } offset }) UploadHeaders.Tell(httpContext.Response, offset, isComplete: false);
        // How to say who one is, in the words of the scheme that the request came by.
        if (problem.Status == StatusCodes.Status401Unauthorized) await httpContext.ChallengeAsync();
        return await problems.TryWriteAsync(new() { HttpContext = httpContext, ProblemDetails = problem });
    }

    /// <summary>The problem document of an error that a client is told.</summary>
    internal static ProblemDetails Known(OgcException exception)
    {
        var problem = new ProblemDetails
        {
            Type = exception.Error.Type,
            Title = exception.Error.Title,
            Status = exception.Error.Status,
            Detail = exception.Message,
        };
        if (exception.Violations.Count > 0) problem.Extensions["errors"] = exception.Violations;
        foreach (var (name, value) in exception.Extensions)
            if (value is not null) problem.Extensions[name] = value;
        return problem;
    }

    private ProblemDetails Unavailable(Exception exception, HttpContext httpContext, OgcException told)
    {
        LogFailed(exception, httpContext.Request.Method, httpContext.Request.Path);
        httpContext.Response.Headers.RetryAfter = "10";
        return Known(told);
    }

    private ProblemDetails Unknown(Exception exception, HttpRequest request)
    {
        LogFailed(exception, request.Method, request.Path);
        return new() { Status = StatusCodes.Status500InternalServerError, Detail = "The server made a mistake; its operator finds the details in its log." };
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(Exception failure, string method, string path);
}
