using OgcProcesses.Application.Common.Links;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.Access.Me;

/// <summary>Who a caller is to this server, what they may do, and what they have used; ours.</summary>
public sealed record CallerInfo
{
    /// <summary>The caller's identifier: the owner of what they make.</summary>
    public required string Id { get; init; }

    /// <summary>What they may do; each role may do what those before it may.</summary>
    public required Role? Role { get; init; }

    /// <summary>The groups that they are in.</summary>
    public required IReadOnlyCollection<string> Groups { get; init; }

    /// <summary>The only processes that their key reaches; not there where it reaches all that they may see.</summary>
    public IReadOnlyCollection<string>? Processes { get; init; }

    /// <summary>When their key or token expires; not there where they need none.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>What they have of the server, and what they may have.</summary>
    public required CallerUse Use { get; init; }

    /// <summary>This document and the caller's jobs.</summary>
    public required IReadOnlyList<Link> Links { get; init; }
}

/// <summary>What a caller has of the server, and what they may have.</summary>
public sealed record CallerUse
{
    /// <summary>Jobs that wait.</summary>
    public required Use<int> QueuedJobs { get; init; }

    /// <summary>Jobs that run.</summary>
    public required Use<int> RunningJobs { get; init; }

    /// <summary>Hours of CPU time of this day in UTC, those of running jobs as far as they have told.</summary>
    public required Use<double> CpuHours { get; init; }

    /// <summary>When the hours of CPU time begin anew.</summary>
    public required DateTimeOffset CpuHoursRenew { get; init; }

    /// <summary>Bytes that the output files of jobs and the uploads take.</summary>
    public required Use<long> StoredBytes { get; init; }
}

/// <summary>What is used of something.</summary>
/// <param name="Used">How much.</param>
/// <param name="Most">How much there is for the caller; not there for no bound.</param>
public sealed record Use<T>(T Used, T? Most)
    where T : struct;
