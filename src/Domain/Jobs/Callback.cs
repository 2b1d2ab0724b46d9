namespace OgcProcesses.Domain.Jobs;

/// <summary>What has become of a callback.</summary>
public enum CallbackStatus
{
    /// <summary>To be sent, or sent and not acknowledged yet.</summary>
    Pending,

    /// <summary>The subscriber acknowledged it.</summary>
    Delivered,

    /// <summary>Not worth sending any more: progress after the end, results of a dismissed job.</summary>
    Dropped,

    /// <summary>Given up: the subscriber refused it for good, or did not acknowledge it often or long enough.</summary>
    Abandoned,
}

/// <summary>One try to send a callback.</summary>
/// <param name="EventId">The event that was sent.</param>
/// <param name="Number">Counts the tries since the last acknowledgment, from 1.</param>
/// <param name="At">When it ended.</param>
/// <param name="StatusCode">What the subscriber answered, if it did.</param>
/// <param name="Error">Why it was no success; null when it was.</param>
public sealed record CallbackAttempt(Guid EventId, int Number, DateTimeOffset At, int? StatusCode, string? Error);

/// <summary>What a job's subscriber is told of one kind, recorded with the job's own change and sent afterwards.</summary>
/// <remarks>
/// A job has at most one of each kind, and only that of progress tells several events, one after the other. An event of
/// progress carries the job's state at the time it is sent, so one that is not sent yet speaks for those after it.
/// An event keeps its identifier until it is acknowledged, by which the subscriber knows what it has received before.
/// </remarks>
public sealed class Callback
{
    private const int MostAttemptsKept = 20;

    private Callback()
    {
    }

    /// <summary>The job it tells of.</summary>
    public JobId JobId { get; private init; }

    /// <summary>What it tells.</summary>
    public CallbackKind Kind { get; private init; }

    /// <summary>The event that is to be sent, or was last.</summary>
    public Guid EventId { get; private set; }

    /// <summary>When that event was raised.</summary>
    public DateTimeOffset Raised { get; private set; }

    /// <summary>What has become of it.</summary>
    public CallbackStatus Status { get; private set; }

    /// <summary>Tries since the last acknowledgment.</summary>
    public int Attempts { get; private set; }

    /// <summary>When it may be tried next; null when it is not to be sent.</summary>
    public DateTimeOffset? Due { get; private set; }

    /// <summary>Until when a node that is sending it may take; null while none is.</summary>
    public DateTimeOffset? LeaseUntil { get; private set; }

    /// <summary>Whether there is more to tell since the try that has begun.</summary>
    public bool RaisedAgain { get; private set; }

    /// <summary>The last tries, oldest first.</summary>
    public IReadOnlyList<CallbackAttempt> Log { get; private set; } = [];

    /// <summary>Counts the changes, so that two writers can't overwrite each other.</summary>
    public int Version { get; private set; }

    /// <summary>Carries a change of a job over to its callbacks: what it raised is due, what its end has overtaken is dropped.</summary>
    /// <param name="job">The job, as the change left it.</param>
    /// <param name="known">The callbacks it has.</param>
    /// <returns>The callbacks it gets by this change.</returns>
    public static IReadOnlyList<Callback> Follow(Job job, IReadOnlyCollection<Callback> known)
    {
        foreach (var callback in known)
        {
            if (job.Raised.Contains(callback.Kind)) callback.RaiseAgain(job.Updated);
            var isOvertaken = callback.Kind == CallbackKind.InProgress ? job.IsFinal : job.Status == JobStatus.Dismissed && callback.Kind == CallbackKind.Success;
            if (isOvertaken) callback.Drop();
        }

        return [.. job.Raised.Except(known.Select(callback => callback.Kind)).Select(kind => Raise(job.Id, kind, job.Updated))];
    }

    /// <summary>Gives it to a node for one try; nobody else tries it until the lease has ended.</summary>
    public void Take(DateTimeOffset leaseUntil)
    {
        (Due, LeaseUntil) = (leaseUntil, leaseUntil);
        Attempts++;
        Version++;
    }

    /// <summary>Notes that the subscriber has acknowledged an event.</summary>
    /// <remarks>Also when another try of it has begun since: what is acknowledged need not be sent again.</remarks>
    public void Acknowledge(CallbackAttempt attempt)
    {
        if (attempt.EventId != EventId) return;
        Note(attempt);
        Status = CallbackStatus.Delivered;
        (Due, Attempts) = (null, 0);
        if (RaisedAgain) RaiseAnew(attempt.At, attempt.At);
    }

    /// <summary>Notes that a try was not acknowledged.</summary>
    /// <param name="attempt">The try; one that another has followed since changes nothing.</param>
    /// <param name="next">When to try again; null to give up.</param>
    public void Miss(CallbackAttempt attempt, DateTimeOffset? next)
    {
        if ((attempt.EventId, attempt.Number) != (EventId, Attempts) || LeaseUntil is null) return;
        Note(attempt);
        if (Status != CallbackStatus.Pending) return;
        Due = next;
        if (next is null) Status = CallbackStatus.Abandoned;
        // The next try tells something new; the subscriber that missed the old must not take it for a repetition.
        else if (RaisedAgain) RaiseAnew(attempt.At, next.Value);
    }

    private static Callback Raise(JobId jobId, CallbackKind kind, DateTimeOffset at)
    {
        var callback = new Callback { JobId = jobId, Kind = kind };
        callback.RaiseAnew(at, at);
        return callback;
    }

    private void RaiseAgain(DateTimeOffset at)
    {
        switch (Status)
        {
            case CallbackStatus.Pending when Attempts > 0 && !RaisedAgain:
                RaisedAgain = true;
                Version++;
                break;
            case CallbackStatus.Delivered:
                RaiseAnew(at, at);
                break;
        }
    }

    private void RaiseAnew(DateTimeOffset at, DateTimeOffset due)
    {
        (EventId, Raised, Due, Status, RaisedAgain) = (Guid.NewGuid(), at, due, CallbackStatus.Pending, false);
        Version++;
    }

    private void Drop()
    {
        if (Status != CallbackStatus.Pending) return;
        (Status, Due, RaisedAgain) = (CallbackStatus.Dropped, null, false);
        Version++;
    }

    private void Note(CallbackAttempt attempt)
    {
        Log = [.. Log.TakeLast(MostAttemptsKept - 1), attempt];
        LeaseUntil = null;
        Version++;
    }
}
