using OgcProcesses.Domain.Processes;
using static OgcProcesses.Domain.Jobs.JobStatus;

namespace OgcProcesses.Domain.Jobs;

/// <summary>One execution of a process, from its acceptance to its end.</summary>
/// <remarks>
/// Nobody else sets a status. Changes that a node makes while it works on the job carry the node's <see cref="Claim"/>
/// and are refused once the job has gone to another attempt or has ended.
/// </remarks>
public sealed class Job
{
    private readonly List<JobOutput> _outputs = [];
    private readonly HashSet<CallbackKind> _raised = [];

    private Job()
    {
    }

    /// <summary>The job's identifier.</summary>
    public JobId Id { get; private init; }

    /// <summary>The process it executes.</summary>
    public ProcessId ProcessId { get; private init; }

    /// <summary>The revision of the process that was current when the job was accepted; the job keeps it to its end.</summary>
    public Guid RevisionId { get; private init; }

    /// <summary>Who asked for it.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>What was asked for; null where its record can't be read, and in lists, which leave it out.</summary>
    public ExecuteRequest Request { get; private init; } = null!;

    /// <summary>Where it stands.</summary>
    public JobStatus Status { get; private set; }

    /// <summary>A sentence on what it does or why it ended.</summary>
    public string? Message { get; private set; }

    /// <summary>Percentage done, 0 to 100, as far as the process tells.</summary>
    public int Progress { get; private set; }

    /// <summary>When it was accepted.</summary>
    public DateTimeOffset Created { get; private init; }

    /// <summary>When a node first took it.</summary>
    public DateTimeOffset? Started { get; private set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Finished { get; private set; }

    /// <summary>How long it ran, from its start to its end; null until then, and when it never started.</summary>
    /// <remarks>Kept rather than computed, so that lists are filtered by it along an index: /req/job-list/duration-response.</remarks>
    public TimeSpan? Duration { get; private set; }

    /// <summary>When anything on it last changed.</summary>
    public DateTimeOffset Updated { get; private set; }

    /// <summary>How often it has been tried.</summary>
    public int Attempt { get; private set; }

    /// <summary>The tries, oldest first; the last one goes on while the job runs.</summary>
    public IReadOnlyList<JobAttempt> Attempts { get; private set; } = [];

    /// <summary>Until when the next attempt is put off, after one that failed by its own fault; null when nothing keeps it.</summary>
    public DateTimeOffset? NotBefore { get; private set; }

    /// <summary>The node that works on it.</summary>
    public string? Node { get; private set; }

    /// <summary>Until when that node holds it; afterwards any node may take it over.</summary>
    public DateTimeOffset? LeaseUntil { get; private set; }

    /// <summary>Why it failed.</summary>
    public JobFailure? Failure { get; private set; }

    /// <summary>Digest of the image that its last attempt ran.</summary>
    public string? ImageDigest { get; private set; }

    /// <summary>What its last attempt used.</summary>
    public JobUsage Usage { get; private set; } = JobUsage.None;

    /// <summary>CPU time that its changes since it was read have noted, whichever attempt used it.</summary>
    public TimeSpan CpuNoted { get; private set; }

    /// <summary>What executions identical to its last attempt have in common; null where results are not reused.</summary>
    public string? Fingerprint { get; private set; }

    /// <summary>The job whose results it was given instead of a run.</summary>
    public JobId? ReusedFrom { get; private set; }

    /// <summary>How long it is kept after its end, where its process says so.</summary>
    public TimeSpan? KeepFor { get; private init; }

    /// <summary>When it expires, where its process says how long it is kept; else null, and the operator's setting counts.</summary>
    public DateTimeOffset? Expires { get; private set; }

    /// <summary>Whether a client wants it kept, however long ago it ended.</summary>
    public bool Pinned { get; private set; }

    /// <summary>Bytes that its output files take in the store.</summary>
    public long StoredBytes { get; private set; }

    /// <summary>Counts the changes, so that two writers can't overwrite each other.</summary>
    public int Version { get; private set; }

    /// <summary>What a successful job gave; of a failed one, what was kept of it for inspection.</summary>
    public IReadOnlyList<JobOutput> Outputs => _outputs;

    /// <summary>What its changes since it was read are to tell its subscriber.</summary>
    public IReadOnlySet<CallbackKind> Raised => _raised;

    /// <summary>Whether it has ended, one way or another.</summary>
    public bool IsFinal => Status is Successful or Failed or Dismissed;

    /// <summary>Accepts an execution.</summary>
    /// <param name="process">The process.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="owner">Who asks.</param>
    /// <param name="at">When.</param>
    /// <param name="keepFor">How long it is to be kept after its end, where its process says so.</param>
    public static Job Accept(Process process, ExecuteRequest request, string owner, DateTimeOffset at, TimeSpan? keepFor = null) => new()
    {
        Id = JobId.New(),
        ProcessId = process.Id,
        RevisionId = process.Revision.Id,
        Owner = owner,
        Request = request,
        KeepFor = keepFor,
        Status = Accepted,
        Created = ToMicroseconds(at),
        Updated = ToMicroseconds(at),
    };

    /// <summary>Stands for a job whose record can't be read: it shows that there is one, and why it goes no further.</summary>
    public static Job Unreadable(JobId id, ProcessId processId, DateTimeOffset created, string reason) => new()
    {
        Id = id,
        ProcessId = processId,
        Status = Failed,
        Message = reason,
        Failure = new(JobFailureKind.ServerError, reason),
        Created = created,
        Updated = created,
    };

    /// <summary>Gives the waiting job to a node for its first attempt, or for the next one after <see cref="Postpone"/>.</summary>
    public Claim Start(string node, DateTimeOffset leaseUntil, DateTimeOffset at)
    {
        MoveTo(Running, at);
        Started ??= Updated;
        NotBefore = null;
        return TakeOver(node, leaseUntil, "Staging inputs");
    }

    /// <summary>Starts the next attempt of a running job whose container or node was lost.</summary>
    /// <remarks>Refused while another node's lease runs, as is <see cref="Adopt"/>.</remarks>
    public Claim Retry(string node, JobFailure why, DateTimeOffset leaseUntil, DateTimeOffset at)
    {
        EnsureFreeFor(node, at);
        Touch(at);
        EndAttempt(Failed, why);
        Progress = 0;
        return TakeOver(node, leaseUntil, $"Attempt {Attempt + 1}: {why.Reason}");
    }

    /// <summary>Lets the job wait for another attempt, after one that ended by its own fault and is to be repeated.</summary>
    /// <param name="claim">The node's right to do so, which ends with this.</param>
    /// <param name="why">What ended the attempt.</param>
    /// <param name="notBefore">When the next one may begin.</param>
    /// <param name="at">When.</param>
    public void Postpone(Claim claim, JobFailure why, DateTimeOffset notBefore, DateTimeOffset at)
    {
        EnsureHeldBy(claim);
        PutBack(why, $"Attempt {Attempt} failed and is repeated: {why.Reason}", at);
        NotBefore = ToMicroseconds(notBefore);
    }

    /// <summary>Lets the job wait for its turn again, as if its attempt, whose program was not started, had never been.</summary>
    public void GiveBack(Claim claim, DateTimeOffset at)
    {
        EnsureHeldBy(claim);
        PutBack(null, "Waiting for another node", at);
        (Attempt, Attempts) = (Attempt - 1, [.. Attempts.SkipLast(1)]);
        if (Attempt == 0) Started = null;
    }

    /// <summary>Lets the job wait for its turn again, after its container or node was lost.</summary>
    /// <remarks>Refused while another node's lease runs.</remarks>
    public void Requeue(string node, JobFailure why, DateTimeOffset at)
    {
        EnsureFreeFor(node, at);
        PutBack(why, $"Attempt {Attempt} was lost and is repeated: {why.Reason}", at);
    }

    /// <summary>Gives the running job to another node, which found its container alive or ended.</summary>
    /// <remarks>The attempt stays, since nothing is run again.</remarks>
    public Claim Adopt(string node, DateTimeOffset leaseUntil, DateTimeOffset at)
    {
        EnsureFreeFor(node, at);
        Touch(at);
        (Node, LeaseUntil) = (node, leaseUntil);
        if (Attempts is [.., var last]) Attempts = [.. Attempts.SkipLast(1), last with { Node = node }];
        return new(node, Attempt);
    }

    /// <summary>Notes what the job does now.</summary>
    public void Report(Claim claim, string? message, int? progress, DateTimeOffset at)
    {
        EnsureHeldBy(claim);
        Touch(at);
        var before = (Message, Progress);
        Message = message ?? Message;
        Progress = Math.Clamp(progress ?? Progress, 0, 100);
        if (before != (Message, Progress)) Raise(CallbackKind.InProgress);
    }

    /// <summary>Notes which image runs.</summary>
    public void UseImage(Claim claim, string digest)
    {
        EnsureHeldBy(claim);
        ImageDigest = digest;
        Version++;
    }

    /// <summary>Notes what the attempt has used so far; also of a job that was dismissed meanwhile, which does not undo it.</summary>
    public void NoteUsage(Claim claim, JobUsage seen)
    {
        if (Status != Dismissed || (Node, Attempt) != (claim.Node, claim.Attempt)) EnsureHeldBy(claim);
        var before = Usage.CpuTime ?? TimeSpan.Zero;
        Usage = Usage.With(seen);
        CpuNoted += (Usage.CpuTime ?? TimeSpan.Zero) - before;
        Version++;
    }

    /// <summary>Notes which files the attempt's program is given.</summary>
    /// <param name="claim">The node's right to do so.</param>
    /// <param name="checksums">Their SHA-256, by path.</param>
    public void NoteFiles(Claim claim, IReadOnlyDictionary<string, string> checksums)
    {
        EnsureHeldBy(claim);
        Attempts = [.. Attempts.SkipLast(1), Attempts[^1] with { Files = checksums }];
        Version++;
    }

    /// <summary>Notes by what other jobs know that they would run the same.</summary>
    public void NoteFingerprint(Claim claim, string fingerprint)
    {
        EnsureHeldBy(claim);
        Fingerprint = fingerprint;
        Version++;
    }

    /// <summary>Ends the job with the results of an earlier one.</summary>
    /// <param name="claim">The node's right to do so.</param>
    /// <param name="earlier">The job that gave them.</param>
    /// <param name="outputs">The outputs, with files that are this job's own.</param>
    /// <param name="at">When.</param>
    public void Reuse(Claim claim, JobId earlier, IEnumerable<JobOutput> outputs, DateTimeOffset at)
    {
        Succeed(claim, outputs, at);
        (ReusedFrom, Message) = (earlier, $"Results of job {earlier} are reused");
    }

    /// <summary>Ends the job with its outputs.</summary>
    public void Succeed(Claim claim, IEnumerable<JobOutput> outputs, DateTimeOffset at)
    {
        EnsureHeldBy(claim);
        End(Successful, at, "Successful");
        Raise(CallbackKind.Success);
        Progress = 100;
        Keep(outputs);
    }

    /// <summary>Ends the job with the reason why it has no results.</summary>
    /// <param name="claim">The node's right to do so.</param>
    /// <param name="failure">The reason.</param>
    /// <param name="at">When.</param>
    /// <param name="kept">What the program gave all the same, for people to look at.</param>
    public void Fail(Claim claim, JobFailure failure, DateTimeOffset at, IEnumerable<JobOutput>? kept = null)
    {
        EnsureHeldBy(claim);
        End(Failed, at, failure.Reason, failure);
        Raise(CallbackKind.Failed);
        Failure = failure;
        Keep(kept ?? []);
    }

    /// <summary>Ends the job by a client's wish, or gives up the results of one that has ended.</summary>
    /// <remarks>Part 1, /req/dismiss/job-dismiss-op. A subscriber that has heard of no end hears of this one, as of a failure.</remarks>
    public void Dismiss(DateTimeOffset at)
    {
        if (!IsFinal) Raise(CallbackKind.Failed);
        var message = IsFinal ? "Dismissed; its results were removed" : "Dismissed before its end";
        End(Dismissed, at, message);
        _outputs.Clear();
        StoredBytes = 0;
    }

    /// <summary>Keeps the job from expiring, or lets it expire again.</summary>
    public void Pin(bool pinned, DateTimeOffset at)
    {
        if (Pinned == pinned) return;
        Pinned = pinned;
        Touch(at);
    }

    private void Keep(IEnumerable<JobOutput> outputs)
    {
        _outputs.AddRange(outputs);
        StoredBytes = _outputs.Sum(output => output.File?.Length ?? 0);
        Usage = Usage with { BytesOut = _outputs.Sum(output => output.Length) };
    }

    private Claim TakeOver(string node, DateTimeOffset leaseUntil, string message)
    {
        (Node, LeaseUntil, Message, Usage) = (node, leaseUntil, message, JobUsage.None);
        // The tag may name another image by now, on this node or at all, and inputs by link may be others.
        (ImageDigest, Fingerprint) = (null, null);
        Attempts = [.. Attempts, new(++Attempt, node, Running, Updated)];
        Raise(CallbackKind.InProgress);
        return new(node, Attempt);
    }

    private void PutBack(JobFailure? why, string message, DateTimeOffset at)
    {
        MoveTo(Accepted, at);
        EndAttempt(Failed, why);
        (Node, LeaseUntil, Progress, Message) = (null, null, 0, message);
        Raise(CallbackKind.InProgress);
    }

    private void EndAttempt(JobStatus status, JobFailure? why)
    {
        // One that was put off has ended before.
        if (Attempts is [.., { Finished: null } last]) Attempts = [.. Attempts.SkipLast(1), last.End(status, Updated, why)];
    }

    private void EnsureHeldBy(Claim claim)
    {
        if (Status != Running || Node != claim.Node || Attempt != claim.Attempt) throw new ClaimLostException(Id, claim);
    }

    private void EnsureFreeFor(string node, DateTimeOffset at)
    {
        if (Status != Running) throw new IllegalTransitionException(Id, Status, Running);
        if (Node != node && LeaseUntil > at) throw new ClaimLostException(Id, new(node, Attempt));
    }

    private void End(JobStatus status, DateTimeOffset at, string message, JobFailure? why = null)
    {
        MoveTo(status, at);
        EndAttempt(status, why);
        Finished ??= Updated;
        Duration = Finished - Started;
        Expires ??= Finished + KeepFor;
        (Message, LeaseUntil, NotBefore) = (message, null, null);
    }

    private void MoveTo(JobStatus next, DateTimeOffset at)
    {
        var legal = (Status, next) is (Accepted, Running or Failed)
                                   or (Running, Successful or Failed or Accepted)
                                   or (not Dismissed, Dismissed);
        if (!legal) throw new IllegalTransitionException(Id, Status, next);
        Status = next;
        Touch(at);
    }

    private void Raise(CallbackKind kind)
    {
        if (Request?.Subscriber?.AddressOf(kind) is not null) _raised.Add(kind);
    }

    /// <remarks>A clock that was set back must not let the job end before it began.</remarks>
    private void Touch(DateTimeOffset at)
    {
        if (ToMicroseconds(at) is var now && now > Updated) Updated = now;
        Version++;
    }

    /// <remarks>What every database keeps, so that a job read back is the job that was written.</remarks>
    private static DateTimeOffset ToMicroseconds(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));
}
