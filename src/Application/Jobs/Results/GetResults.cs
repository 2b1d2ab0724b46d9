using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Access.Links;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Results;

/// <summary>Gives the results of a successful job, in the form that its execute request asked for.</summary>
/// <remarks>/req/core/job-results</remarks>
/// <param name="Id">The job.</param>
/// <param name="AreTheAnswer">Whether they answer the execute request itself, which may have asked for none.</param>
/// <param name="AsDocument">Whether they are wanted as a document, whatever the execute request asked for.</param>
[Requires(Role.Reader)]
[Audited("results.read", IsRead = true, Unless = nameof(AreTheAnswer))]
public sealed record GetResults(JobId Id, bool AreTheAnswer = false, bool AsDocument = false) : IRequest<JobResults>;

/// <summary>The results of a job, and the form they are to be put in.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Form">Bare, or as a document.</param>
/// <param name="Requested">How many outputs were asked for, which need not all have come.</param>
/// <param name="Results">The outputs that came, in the order of the process description.</param>
public sealed record JobResults(JobId JobId, ResponseForm Form, int Requested, IReadOnlyList<Result> Results);

/// <summary>One output of a job.</summary>
/// <param name="OutputId">Its identifier.</param>
/// <param name="Transmission">In line or by a link.</param>
/// <param name="Base64">Whether a file in line is base64 whatever it holds; otherwise only what is no text.</param>
/// <param name="Path">Where it is found by itself, below the API's root.</param>
/// <param name="Url">The same from anywhere.</param>
/// <param name="Values">Its value, or several.</param>
public sealed record Result(string OutputId, TransmissionMode Transmission, bool Base64, string Path, string Url, IReadOnlyList<JobOutput> Values)
{
    /// <summary>What gives the query of a signed link by its path below the API's root; null where links are not signed.</summary>
    public Func<string, string>? Sign { get; init; }

    /// <summary>Where one of its values is found by itself.</summary>
    public string UrlOf(JobOutput value) => Of(Url, value) + Sign?.Invoke(Of($"/{Path}", value));

    private static string Of(string first, JobOutput value) => value.Index == 0 ? first : $"{first}/{value.Index}";
}

internal sealed class GetResultsHandler(IJobStore jobs, IProcessStore processes, ILinks links, ResultLinks signed) : IRequestHandler<GetResults, JobResults>
{
    public async Task<JobResults> Handle(GetResults request, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(request.Id, cancellationToken);
        job.EnsureHasResults();
        // 2.0 draft, /req/core/process-execute-empty-outputs: nothing was asked for, so there is nothing to fetch either.
        if (job.Request.Outputs is { Count: 0 } && request is { AreTheAnswer: false, AsDocument: false })
            throw new OgcException(OgcError.ResultNotAvailable, $"Job '{job.Id}' was executed without asking for outputs.");
        var form = request.AsDocument ? ResponseForm.Document : job.Request.Outputs is { Count: 0 } ? ResponseForm.Raw : job.Request.Form;
        // Pages lead on within their reader's session, which outlasts a signature.
        var sign = links.AnswersPage ? null : await signed.FindSignerAsync(cancellationToken);
        return new(job.Id, form, await CountRequestedAsync(job, cancellationToken), [.. job.Outputs.GroupBy(output => output.OutputId).Select(ResultOf)]);

        Result ResultOf(IGrouping<string, JobOutput> output)
        {
            var wanted = job.Request.Outputs?.GetValueOrDefault(output.Key);
            var path = $"jobs/{job.Id}/results/{output.Key}";
            return new(
                output.Key,
                Transmission(wanted, form, output),
                wanted?.Base64 == true,
                path,
                links.Url(path),
                [.. output.OrderBy(value => value.Index)]) { Sign = sign };
        }
    }

    private async Task<int> CountRequestedAsync(Job job, CancellationToken cancellationToken)
    {
        if (job.Request.Outputs is { } requested) return requested.Count;
        var revision = await processes.FindRevisionAsync(job.RevisionId, cancellationToken);
        return revision?.Description.Outputs.Count ?? job.Outputs.Count;
    }

    /// <remarks>
    /// What the request says; else, in a document, files by reference and values in line, and raw everything in line
    /// (1.0, transmissionMode, default value).
    /// </remarks>
    private static TransmissionMode Transmission(OutputSelection? wanted, ResponseForm form, IEnumerable<JobOutput> output) => wanted switch
    {
        { Transmission: { } chosen } => chosen,
        { Base64: true } => TransmissionMode.Value,
        _ => form == ResponseForm.Document && output.Any(value => value.File is not null) ? TransmissionMode.Reference : TransmissionMode.Value,
    };
}
