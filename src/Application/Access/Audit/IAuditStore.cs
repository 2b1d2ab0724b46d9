using OgcProcesses.Application.Common.Paging;

namespace OgcProcesses.Application.Access.Audit;

/// <summary>Keeps the audit trail: what is in it is never changed or removed.</summary>
public interface IAuditStore
{
    /// <summary>Commits events together.</summary>
    Task AddAsync(IReadOnlyCollection<AuditEvent> events, CancellationToken cancellationToken);

    /// <summary>A page of events, newest first.</summary>
    Task<Page<AuditEvent>> ListAsync(AuditFilter filter, Cursor? cursor, int limit, CancellationToken cancellationToken);
}

/// <summary>Which events are asked for; what is null leaves all.</summary>
/// <param name="From">The first moment.</param>
/// <param name="To">The last moment.</param>
/// <param name="Caller">Who.</param>
/// <param name="Action">What.</param>
/// <param name="Subject">What it was done to.</param>
public sealed record AuditFilter(DateTimeOffset? From = null, DateTimeOffset? To = null, string? Caller = null, string? Action = null, string? Subject = null);

/// <summary>Knows where the current request comes from.</summary>
public interface IRequestOrigin
{
    /// <summary>Where it comes from.</summary>
    Origin Current { get; }
}

/// <summary>Where a request comes from.</summary>
/// <param name="Means">How its caller has said who they are.</param>
/// <param name="Address">The address; null where there is no request.</param>
/// <param name="Site">The address, or of IPv6 the network, within which one machine has any number of addresses.</param>
/// <param name="RequestId">Names the request in the server's log.</param>
/// <param name="UserAgent">What the client calls itself.</param>
public sealed record Origin(string Means, string? Address, string? Site, string? RequestId, string? UserAgent);
