using System.Text.Json;
using System.Text.Json.Serialization;
using AutoMapper;
using MediatR;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Pin;

/// <summary>What of a job its client may change; ours.</summary>
/// <remarks>RFC 7396: members that are left out stay as they are.</remarks>
public sealed record JobPatch
{
    /// <summary>Whether the job is kept, however long ago it ended.</summary>
    public bool? Pinned { get; init; }

    /// <summary>Every other member; refused.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; init; }
}

/// <summary>Keeps a job from expiring, or lets it expire again.</summary>
[Requires(Role.Executor)]
[Audited("job.pin")]
public sealed record PinJob(JobId Id, JobPatch Patch) : IRequest<StatusInfo>;

internal sealed class PinJobHandler(IJobStore jobs, IMapper mapper, TimeProvider clock) : IRequestHandler<PinJob, StatusInfo>
{
    public async Task<StatusInfo> Handle(PinJob request, CancellationToken cancellationToken)
    {
        if (request.Patch.Others is { Count: > 0 } others)
            throw new OgcException([.. others.Keys.Select(name => Violation.InBody($"/{JsonPointer.Escape(name)}", "can't be changed; 'pinned' can"))]);
        var job = await jobs.UpdateAsync(
            request.Id,
            current =>
            {
                if (request.Patch.Pinned is { } pinned) current.Pin(pinned, clock.GetUtcNow());
            },
            cancellationToken);
        return mapper.Map<StatusInfo>(job ?? throw await jobs.AbsenceAsync(request.Id, cancellationToken));
    }
}
