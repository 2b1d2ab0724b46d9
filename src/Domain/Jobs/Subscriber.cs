namespace OgcProcesses.Domain.Jobs;

/// <summary>Who is told of a job's course, and where; each address may be left out.</summary>
/// <remarks>Part 1, subscriber.yaml.</remarks>
/// <param name="SuccessUri">Where the results go.</param>
/// <param name="InProgressUri">Where progress goes.</param>
/// <param name="FailedUri">Where a failure goes, or a dismissal before the end.</param>
/// <param name="Api">The API's root as the client reached it, which callbacks link to.</param>
public sealed record Subscriber(Uri? SuccessUri, Uri? InProgressUri, Uri? FailedUri, Uri Api)
{
    /// <summary>Where callbacks of a kind go; null when the subscriber wants none.</summary>
    public Uri? AddressOf(CallbackKind kind) => kind switch
    {
        CallbackKind.Success => SuccessUri,
        CallbackKind.InProgress => InProgressUri,
        _ => FailedUri,
    };
}

/// <summary>What a callback tells.</summary>
/// <remarks>Part 1, /req/callback/job-callback.</remarks>
public enum CallbackKind
{
    /// <summary>The job has results.</summary>
    Success,

    /// <summary>The job has begun or got further.</summary>
    InProgress,

    /// <summary>The job has ended without results.</summary>
    Failed,
}
