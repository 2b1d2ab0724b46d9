namespace OgcProcesses.Application.Callbacks;

/// <summary>Posts callbacks to subscribers, only where this server may connect to.</summary>
public interface ICallbackSender
{
    /// <summary>Posts a callback and tells what became of it; what writing its body throws, and the token's end, is thrown on.</summary>
    Task<CallbackAnswer> PostAsync(CallbackMessage message, CancellationToken cancellationToken);
}

/// <summary>A callback as it is sent.</summary>
/// <param name="EventId">Tells the subscriber what it has received before.</param>
/// <param name="Address">Where it goes.</param>
/// <param name="Job">The address of the job's status.</param>
/// <param name="WriteBodyAsync">Writes the body.</param>
public sealed record CallbackMessage(Guid EventId, Uri Address, Uri Job, Func<Stream, CancellationToken, Task> WriteBodyAsync);

/// <summary>What became of a callback that was sent.</summary>
/// <param name="StatusCode">What the subscriber answered, if it did.</param>
/// <param name="Error">Why it was not acknowledged; null when it was.</param>
/// <param name="IsForGood">Whether trying again is of no use.</param>
/// <param name="RetryAfter">How long the subscriber asks to be left alone.</param>
public sealed record CallbackAnswer(int? StatusCode, string? Error, bool IsForGood = false, TimeSpan? RetryAfter = null);
