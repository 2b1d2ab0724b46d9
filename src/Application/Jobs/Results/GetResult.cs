using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Results;

/// <summary>Gives one value of one output of a successful job, or one that a failed job has kept for inspection.</summary>
/// <remarks>Part 1 2.0 draft, /req/core/job-result-op</remarks>
/// <param name="Id">The job.</param>
/// <param name="OutputId">The output.</param>
/// <param name="Index">Which of its values, from 0.</param>
[Requires(Role.Reader)]
[Audited("results.read", IsRead = true, Subject = nameof(OutputId))]
public sealed record GetResult(JobId Id, string OutputId, int Index) : IRequest<JobOutput>;

internal sealed class GetResultHandler(IJobStore jobs, IProcessStore processes) : IRequestHandler<GetResult, JobOutput>
{
    public async Task<JobOutput> Handle(GetResult request, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(request.Id, cancellationToken);
        var revision = await processes.FindRevisionAsync(job.RevisionId, cancellationToken);
        if (revision?.Description.Outputs.ContainsKey(request.OutputId) != true)
            throw new OgcException(OgcError.NoSuchOutput, $"Process '{job.ProcessId}' has no output '{request.OutputId}'.");
        if (job.Outputs.FirstOrDefault(output => output.OutputId == request.OutputId && output.Index == request.Index) is { } found) return found;
        job.EnsureHasResults();
        throw new OgcException(OgcError.ResultNotAvailable, $"Job '{job.Id}' gave no such value of output '{request.OutputId}'.");
    }
}
