using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Processes.Deploy;

namespace OgcProcesses.WebApi.Compatibility;

/// <summary>Takes packages as pydantic writes them, and gives a new job to the generated client in the form that it knows.</summary>
internal sealed class UnitySdsExchange : IActionFilter
{
    /// <inheritdoc />
    /// <remarks>Whoever sends it: the client's users write packages with its models, and deploy them with a library of their choice.</remarks>
    public void OnActionExecuting(ActionExecutingContext context)
    {
        foreach (var (name, argument) in context.ActionArguments.ToList())
            if (argument is ApplicationPackage package) context.ActionArguments[name] = SetMembers.Of(package);
    }

    /// <inheritdoc />
    public void OnActionExecuted(ActionExecutedContext context)
    {
        if (context.Result is not CreatedResult { Value: StatusInfo job, Location: var location } || !IsGeneratedClient(context.HttpContext.Request)) return;
        context.HttpContext.Response.Headers.Location = location;
        context.Result = new OkObjectResult(PairsOf(job));
    }

    /// <summary>Whether a Python client asks that openapi-generator made, under the name that these give themselves.</summary>
    private static bool IsGeneratedClient(HttpRequest request)
    {
        var agent = request.Headers.UserAgent.ToString();
        return agent.StartsWith("OpenAPI-Generator/", StringComparison.Ordinal) && agent.EndsWith("/python", StringComparison.Ordinal);
    }

    /// <remarks>The names and their order are those of the fields of the original's model; its members have other names in JSON.</remarks>
    private static object?[][] PairsOf(StatusInfo job) =>
    [
        ["process_id", job.ProcessId],
        ["type", job.Type],
        ["job_id", job.JobId],
        ["status", job.Status],
        ["message", job.Message],
        ["created", job.Created],
        ["started", job.Started],
        ["finished", job.Finished],
        ["updated", job.Updated],
        ["progress", job.Progress],
        ["links", job.Links],
    ];
}
