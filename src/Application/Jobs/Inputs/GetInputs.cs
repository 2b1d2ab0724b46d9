using System.Text.Json;
using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Jobs.Inputs;

/// <summary>Gives back what a job was asked to do, defaults included.</summary>
/// <remarks>Part 4 draft, class provenance.</remarks>
[Requires(Role.Reader)]
public sealed record GetInputs(JobId Id) : IRequest<JobInputs>;

/// <summary>What a job was asked to do.</summary>
/// <param name="Process">The process it executes.</param>
/// <param name="Inputs">Input identifier to value.</param>
/// <param name="Outputs">Output identifier to what was wanted of it; null for all outputs.</param>
/// <param name="Response">The form the results were asked in, if any.</param>
/// <param name="Files">SHA-256 of the files that the program was last given, by their paths there; null before there are any.</param>
public sealed record JobInputs(
    string Process,
    IReadOnlyDictionary<string, JsonElement> Inputs,
    IReadOnlyDictionary<string, WantedOutput>? Outputs,
    string? Response,
    IReadOnlyDictionary<string, string>? Files = null)
{
    internal static JobInputs Of(ProcessId processId, ExecuteRequest request) => new(
        processId.Value,
        request.Inputs,
        request.Outputs?.ToDictionary(output => output.Key, output => WantedOutput.Of(output.Value)),
        request.Response is { } form ? JobMapping.Word(form) : null);
}

/// <summary>What was wanted of an output.</summary>
/// <param name="MediaType">The format.</param>
/// <param name="Encoding">The encoding.</param>
/// <param name="TransmissionMode">value or reference.</param>
public sealed record WantedOutput(string? MediaType, string? Encoding, string? TransmissionMode)
{
    internal static WantedOutput Of(OutputSelection output) =>
        new(output.MediaType, output.Base64 ? "base64" : null, output.Transmission is { } mode ? JobMapping.Word(mode) : null);
}

internal sealed class GetInputsHandler(IJobStore jobs) : IRequestHandler<GetInputs, JobInputs>
{
    public async Task<JobInputs> Handle(GetInputs request, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(request.Id, cancellationToken);
        return job.Request is { } asked
            ? JobInputs.Of(job.ProcessId, asked) with { Files = job.Attempts is [.., var last] ? last.Files : null }
            : throw new OgcException(OgcError.UnreadableRecord, $"What was asked of job '{job.Id}' can't be read.");
    }
}
