using System.Collections.Concurrent;

namespace OgcProcesses.Application.Access.Audit;

/// <summary>What the current request is to be told as once it changes something.</summary>
/// <remarks>Whoever commits the change commits what this gives with it, so that there is neither without the other.</remarks>
public sealed class PendingAudit
{
    private static readonly AsyncLocal<PendingAudit?> Flow = new();

    private readonly AuditEvent _event;
    private readonly ConcurrentDictionary<string, bool> _told = new();

    internal PendingAudit(AuditEvent done) => _event = done;

    /// <summary>That of the current request; null where nothing is to be told.</summary>
    public static PendingAudit? Current => Flow.Value;

    /// <summary>Whether a change was committed and told.</summary>
    internal bool IsTold => !_told.IsEmpty;

    /// <summary>The event of a change to something; null when that is told already.</summary>
    public AuditEvent? Of(string subject, string? process) =>
        _told.ContainsKey(subject) ? null : _event with { Id = AuditEvent.NewId(_event.At), Subject = subject, Process = process };

    /// <summary>Notes that a change was committed with its event.</summary>
    public void Told(string subject) => _told[subject] = true;

    /// <summary>Makes this the one of whatever the calling method does from here on.</summary>
    internal void Begin() => Flow.Value = this;
}
