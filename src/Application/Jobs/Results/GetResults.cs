using MediatR;
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
/// <param name="Url">Where it is found by itself.</param>
/// <param name="Values">Its value, or several.</param>
public sealed record Result(string OutputId, TransmissionMode Transmission, bool Base64, string Url, IReadOnlyList<JobOutput> Values)
{
    /// <summary>Where one of its values is found by itself.</summary>
    public string UrlOf(JobOutput value) => value.Index == 0 ? Url : $"{Url}/{value.Index}";
}

internal sealed class GetResultsHandler(IJobStore jobs, IProcessStore processes, ILinks links) : IRequestHandler<GetResults, JobResults>
{
    public async Task<JobResults> Handle(GetResults request, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(request.Id, cancellationToken);
        job.EnsureHasResults();
        // 2.0 draft, /req/core/process-execute-empty-outputs: nothing was asked for, so there is nothing to fetch either.
        if (job.Request.Outputs is { Count: 0 } && request is { AreTheAnswer: false, AsDocument: false })
            throw new OgcException(OgcError.ResultNotAvailable, $"Job '{job.Id}' was executed without asking for outputs.");
        var form = request.AsDocument ? ResponseForm.Document : job.Request.Outputs is { Count: 0 } ? ResponseForm.Raw : job.Request.Form;
        return new(job.Id, form, await CountRequestedAsync(job, cancellationToken), [.. job.Outputs.GroupBy(output => output.OutputId).Select(ResultOf)]);

        Result ResultOf(IGrouping<string, JobOutput> output)
        {
            var wanted = job.Request.Outputs?.GetValueOrDefault(output.Key);
            return new(
                output.Key,
                Transmission(wanted, form, output),
                wanted?.Base64 == true,
                links.Url($"jobs/{job.Id}/results/{output.Key}"),
                [.. output.OrderBy(value => value.Index)]);
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
