using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.Callbacks;

/// <summary>Brings due callbacks to their subscribers.</summary>
/// <remarks>
/// /req/callback/job-callback. A callback is taken for one try, sent, and what became of it is noted. A crash in between leaves
/// it taken; when its lease ends it is sent again, under the same identifier.
/// </remarks>
public sealed partial class CallbackDelivery(
    ICallbackStore callbacks,
    IJobStore jobs,
    ICallbackContent content,
    ICallbackSender sender,
    IOptions<CallbackOptions> options,
    TimeProvider clock,
    ILogger<CallbackDelivery> logger)
{
    private static readonly CallbackAnswer Stopped = new(null, "the server stopped");

    private readonly CallbackOptions _options = options.Value;

    /// <summary>Takes the callbacks that are due, for <see cref="DeliverAsync"/>.</summary>
    public async Task<IReadOnlyList<Callback>> TakeDueAsync(int most, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return most == 0 ? [] : await callbacks.TakeDueAsync(most, now, now + _options.Lease, cancellationToken);
    }

    /// <summary>Tries once to deliver a callback that was taken, and notes what became of it; never throws.</summary>
    /// <param name="taken">The callback.</param>
    /// <param name="leaving">Fires when the server stops; the callback is then left to whoever looks next.</param>
    public async Task DeliverAsync(Callback taken, CancellationToken leaving)
    {
        try
        {
            var answer = await TryAsync(taken, leaving);
            var attempt = new CallbackAttempt(taken.EventId, taken.Attempts, clock.GetUtcNow(), answer.StatusCode, answer.Error);
            var next = answer.Error is null ? null : Next(taken, answer, attempt.At);
            // Not by the token: what is known now would be lost by stopping here.
            await callbacks.UpdateAsync(taken.JobId, taken.Kind, callback => Note(callback, attempt, next), CancellationToken.None);
            if (answer.Error is null) LogDelivered(taken.JobId, taken.Kind, attempt.Number);
            else LogMissed(taken.JobId, taken.Kind, attempt.Number, answer.Error, next);
        }
        catch (Exception failure)
        {
            // The lease ends by itself.
            LogBroken(failure, taken.JobId, taken.Kind);
        }
    }

    private static void Note(Callback callback, CallbackAttempt attempt, DateTimeOffset? next)
    {
        if (attempt.Error is null) callback.Acknowledge(attempt);
        else callback.Miss(attempt, next);
    }

    private async Task<CallbackAnswer> TryAsync(Callback taken, CancellationToken leaving)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, clock);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, leaving);
        try
        {
            var job = await jobs.FindAsync(taken.JobId, ending.Token);
            if (job?.Request?.Subscriber?.AddressOf(taken.Kind) is not { } address) return new(null, "the job is gone", IsForGood: true);
            return await sender.PostAsync(
                new(taken.EventId, address, content.StatusOf(job), (body, token) => content.WriteAsync(job, taken.Kind, body, token)),
                ending.Token);
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            return Stopped;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new(null, $"not acknowledged within {_options.Timeout:c}");
        }
        catch (OgcException gone)
        {
            return new(null, gone.Message, IsForGood: true);
        }
        catch (Exception failure)
        {
            LogBroken(failure, taken.JobId, taken.Kind);
            return new(null, "the server failed; its operator finds the details in its log");
        }
    }

    /// <summary>When to try again; null to give up.</summary>
    private DateTimeOffset? Next(Callback taken, CallbackAnswer answer, DateTimeOffset at)
    {
        if (answer == Stopped) return at;
        if (answer.IsForGood || taken.Attempts >= _options.MaxAttempts || at - taken.Raised >= _options.MaxAge) return null;
        var wait = _options.RetryAfter(taken.Attempts, Random.Shared.NextDouble());
        var asked = answer.RetryAfter ?? TimeSpan.Zero;
        if (asked > wait) wait = asked < _options.MaxRetry ? asked : _options.MaxRetry;
        return at + wait;
    }

    [LoggerMessage(LogLevel.Debug, "Job {JobId}: callback {Kind} delivered at attempt {Attempt}")]
    private partial void LogDelivered(JobId jobId, CallbackKind kind, int attempt);

    [LoggerMessage(LogLevel.Information, "Job {JobId}: callback {Kind} not acknowledged at attempt {Attempt}: {Reason}; next at {Next}")]
    private partial void LogMissed(JobId jobId, CallbackKind kind, int attempt, string reason, DateTimeOffset? next);

    [LoggerMessage(LogLevel.Error, "Job {JobId}: callback {Kind} could not be made or noted; it is tried again")]
    private partial void LogBroken(Exception failure, JobId jobId, CallbackKind kind);
}
