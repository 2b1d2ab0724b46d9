using MediatR;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Results;

/// <summary>Gives the results of a successful job, in the form that its execute request asked for.</summary>
/// <remarks>/req/core/job-results</remarks>
public sealed record GetResults(JobId Id) : IRequest<JobResults>;

/// <summary>The results of a job, and the form they are to be put in.</summary>
/// <param name="Form">Bare, or as a document.</param>
/// <param name="Requested">How many outputs were asked for, which need not all have come.</param>
/// <param name="Results">The outputs that came, in the order of the process description.</param>
public sealed record JobResults(ResponseForm Form, int Requested, IReadOnlyList<Result> Results);

/// <summary>One output of a job.</summary>
/// <param name="OutputId">Its identifier.</param>
/// <param name="Transmission">In line or by a link.</param>
/// <param name="Url">Where it is found by itself.</param>
/// <param name="Values">Its value, or several.</param>
public sealed record Result(string OutputId, TransmissionMode Transmission, string Url, IReadOnlyList<JobOutput> Values);

internal sealed class GetResultsHandler(IJobStore jobs, Common.Links.ILinks links) : IRequestHandler<GetResults, JobResults>
{
    public async Task<JobResults> Handle(GetResults request, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(request.Id, cancellationToken);
        job.EnsureHasResults();
        // A request of 2.0 is answered by a document; so is one of 1.0 that asks for it. 1.0's default is raw.
        var form = job.Request.IsVersion1 ? job.Request.Response ?? ResponseForm.Raw : ResponseForm.Document;
        var results = job.Outputs.GroupBy(output => output.OutputId).Select(output => new Result(
            output.Key,
            Transmission(job.Request, form, output),
            links.Url($"jobs/{job.Id}/results/{output.Key}"),
            [.. output.OrderBy(value => value.Index)])).ToList();
        return new(form, job.Request.Outputs?.Count ?? results.Count, results);
    }

    /// <remarks>
    /// What the request says; else, in a document, files by reference and values in line, and raw everything in line
    /// (1.0, transmissionMode, default value).
    /// </remarks>
    private static TransmissionMode Transmission(ExecuteRequest request, ResponseForm form, IGrouping<string, JobOutput> output) =>
        request.Outputs?.GetValueOrDefault(output.Key)?.Transmission
        ?? (form == ResponseForm.Document && output.Any(value => value.File is not null) ? TransmissionMode.Reference : TransmissionMode.Value);
}
