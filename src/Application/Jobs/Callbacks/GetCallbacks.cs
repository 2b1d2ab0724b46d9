using MediatR;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Links;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Jobs.Callbacks;

/// <summary>Tells what a job's subscriber was sent, and what became of it.</summary>
/// <remarks>The standard defines no such resource.</remarks>
[Requires(Role.Reader)]
public sealed record GetCallbacks(JobId Id) : IRequest<CallbackList>;

/// <summary>The callbacks of a job.</summary>
/// <param name="Callbacks">What was to be told, in the order it came up; empty for a job without a subscriber.</param>
/// <param name="Links">This list, and the job.</param>
public sealed record CallbackList(IReadOnlyList<CallbackInfo> Callbacks, IReadOnlyList<Link> Links);

/// <summary>What a subscriber is told of one kind.</summary>
/// <param name="Kind">success, inProgress or failed.</param>
/// <param name="Uri">Where it goes; without the query, which may hold a secret.</param>
/// <param name="Id">The event, as the header webhook-id has it.</param>
/// <param name="Status">pending, delivered, dropped or abandoned.</param>
/// <param name="Raised">When the event came up.</param>
/// <param name="NextAttempt">When it is tried next.</param>
/// <param name="Attempts">The last tries, oldest first.</param>
public sealed record CallbackInfo(
    string Kind, string? Uri, Guid Id, string Status, DateTimeOffset Raised, DateTimeOffset? NextAttempt, IReadOnlyList<AttemptInfo> Attempts);

/// <summary>One try to send a callback.</summary>
/// <param name="Id">The event that was sent.</param>
/// <param name="Attempt">Counts the tries since the last acknowledgment, from 1.</param>
/// <param name="At">When it ended.</param>
/// <param name="StatusCode">What the subscriber answered, if it did.</param>
/// <param name="Error">Why it was not acknowledged.</param>
public sealed record AttemptInfo(Guid Id, int Attempt, DateTimeOffset At, int? StatusCode, string? Error);

internal sealed class GetCallbacksHandler(IJobStore jobs, ICallbackStore callbacks, ILinks links) : IRequestHandler<GetCallbacks, CallbackList>
{
    public async Task<CallbackList> Handle(GetCallbacks request, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(request.Id, cancellationToken);
        var all = job.Request?.Subscriber is { } subscriber
            ? (await callbacks.ListAsync(job.Id, cancellationToken)).Select(callback => InfoOf(callback, subscriber))
            : [];
        return new(
            [.. all],
            [
                .. links.ToItself($"jobs/{job.Id}/callbacks", "These callbacks"),
                new() { Href = links.Url($"jobs/{job.Id}"), Rel = "up", Type = OgcNames.Json, Title = "The job" },
            ]);
    }

    private static CallbackInfo InfoOf(Callback callback, Subscriber subscriber) => new(
        JobMapping.Word(callback.Kind),
        subscriber.AddressOf(callback.Kind)?.GetLeftPart(UriPartial.Path),
        callback.EventId,
        JobMapping.Word(callback.Status),
        callback.Raised,
        callback.Due,
        [.. callback.Log.Select(attempt => new AttemptInfo(attempt.EventId, attempt.Number, attempt.At, attempt.StatusCode, attempt.Error))]);
}
