using System.Net;
using System.Text;

namespace OgcProcesses.Client;

/// <summary>The server refused a request, and said why.</summary>
public sealed class OgcProcessesException : Exception
{
    internal OgcProcessesException(HttpStatusCode status, Problem? problem, TimeSpan? retryAfter, Uri? location)
        : base(MessageOf(status, problem)) => (Status, Problem, RetryAfter, Location) = (status, problem, retryAfter, location);

    /// <summary>The status of the answer.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>What the server said (RFC 9457), with each place of the request that is wrong; null where something else answered.</summary>
    public Problem? Problem { get; }

    /// <summary>After which time it is worth to ask again; null where the server does not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>What the server points to instead, such as the process that is there already; null where there is nothing.</summary>
    public Uri? Location { get; }

    private static string MessageOf(HttpStatusCode status, Problem? problem)
    {
        if (problem is null) return $"The server answered {(int)status}.";
        var message = new StringBuilder(problem.Title ?? $"The server answered {(int)status}").Append(problem.Detail is null ? "." : $": {problem.Detail}");
        foreach (var error in problem.Errors ?? []) message.Append(Environment.NewLine).Append($"  {error.Pointer ?? error.Parameter}: {error.Detail}");
        return message.ToString();
    }
}

/// <summary>A job came to another end than success.</summary>
public sealed class JobFailedException : Exception
{
    internal JobFailedException(StatusInfo status)
        : base(MessageOf(status)) => Status = status;

    /// <summary>The job as it ended; its <see cref="StatusInfo.Exception"/> tells the kind of failure, the exit code, the last lines of stderr and what to do.</summary>
    public StatusInfo Status { get; }

    private static string MessageOf(StatusInfo status) => status.Exception is { } why
        ? $"Job {status.JobID} of '{status.ProcessID}' failed: {why.Title}. {why.Detail} {why.Remedy}".TrimEnd()
        : $"Job {status.JobID} of '{status.ProcessID}' was {(status.Status == StatusCode.Dismissed ? "dismissed" : "not successful")}.";
}
