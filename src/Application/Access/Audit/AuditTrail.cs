using OgcProcesses.Application.Common.Access;

namespace OgcProcesses.Application.Access.Audit;

/// <summary>Writes down who did what. What comes again and again is written once, and then counted for a minute.</summary>
public sealed class AuditTrail(IAuditStore store, ICaller caller, IRequestOrigin origin, TimeProvider clock)
{
    /// <summary>What a failed login is called.</summary>
    public const string Login = "login";

    /// <summary>How long the same is only counted.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>Most things that are counted apart; beyond, they are counted by their action alone.</summary>
    private const int MostApart = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Action, string? Who, string? Subject, AuditOutcome Outcome), Repeated> _repeated = [];

    /// <summary>What the current request will be told as, once it has changed something.</summary>
    internal PendingAudit Begin(string action) => new(NewEvent(action));

    /// <summary>Writes an event of a change.</summary>
    internal Task WriteAsync(string action, string? subject) =>
        // The client may be gone; what was done is told all the same.
        store.AddAsync([NewEvent(action) with { Subject = AuditEvent.Clean(subject, AuditEvent.MostText) }], CancellationToken.None);

    /// <summary>Writes an event that may come often: at once the first time, and then as a count.</summary>
    internal Task CountAsync(string action, string? subject, AuditOutcome outcome, string? reason) =>
        CountAsync(caller.Current.Id, NewEvent(action) with { Subject = AuditEvent.Clean(subject, AuditEvent.MostText), Outcome = outcome, Reason = AuditEvent.Clean(reason, AuditEvent.MostReason) });

    /// <summary>Writes that somebody could not say who they are: of one address, or network, once a minute with the count.</summary>
    public Task RefuseLoginAsync(string means, string reason) => CountAsync(
        origin.Current.Site,
        NewEvent(Login) with { Caller = "", Means = means, Outcome = AuditOutcome.Refused, Reason = AuditEvent.Clean(reason, AuditEvent.MostReason) });

    /// <summary>Writes what was counted.</summary>
    /// <param name="all">Also what is counted still.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public async Task FlushAsync(bool all, CancellationToken cancellationToken)
    {
        List<AuditEvent> counted;
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            var over = _repeated.Where(entry => all || entry.Value.Until <= now).ToList();
            foreach (var (key, _) in over) _repeated.Remove(key);
            counted = [.. over.Where(entry => entry.Value.More > 0).Select(entry => Counted(entry.Value, now))];
        }

        if (counted.Count > 0) await store.AddAsync(counted, cancellationToken);
    }

    private async Task CountAsync(string? who, AuditEvent happened)
    {
        List<AuditEvent> toWrite = [happened];
        lock (_lock)
        {
            var key = (happened.Action, who, happened.Subject, happened.Outcome);
            if (_repeated.Count >= MostApart && !_repeated.ContainsKey(key))
            {
                key = (happened.Action, null, null, happened.Outcome);
                toWrite = [happened with { Subject = null, Reason = "More of these than are told apart: the callers, addresses and subjects of what is counted differ." }];
            }

            if (_repeated.TryGetValue(key, out var before))
            {
                if (happened.At < before.Until)
                {
                    before.More++;
                    return;
                }

                if (before.More > 0) toWrite.Add(Counted(before, happened.At));
            }

            _repeated[key] = new(toWrite[0], happened.At + Window);
        }

        await store.AddAsync(toWrite, CancellationToken.None);
    }

    private static AuditEvent Counted(Repeated repeated, DateTimeOffset now) => repeated.First with { Id = AuditEvent.NewId(now), At = now, Count = repeated.More };

    private AuditEvent NewEvent(string action)
    {
        var (now, from) = (clock.GetUtcNow(), origin.Current);
        return new(AuditEvent.NewId(now), now, caller.Current.Id, AuditEvent.Clean(from.Means, AuditEvent.MostMeans)!, action)
        {
            Address = from.Address,
            RequestId = AuditEvent.Clean(from.RequestId, AuditEvent.MostText),
            UserAgent = AuditEvent.Clean(from.UserAgent, AuditEvent.MostText),
        };
    }

    private sealed class Repeated(AuditEvent first, DateTimeOffset until)
    {
        public AuditEvent First => first;

        public DateTimeOffset Until => until;

        public int More { get; set; }
    }
}
