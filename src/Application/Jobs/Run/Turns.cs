namespace OgcProcesses.Application.Jobs.Run;

/// <summary>Says which caller's job is next.</summary>
/// <remarks>
/// 1. Callers of whom no job has started for a while, and who had one waiting all that time: the one that waits longest. 2. Of the others,
/// the one with the least share of what runs; of those with equal shares, the one whose last start is the longest ago, and then the one whose
/// job is the oldest. So nobody starves: each caller has a start within the while as soon as there is a place, and the job that has its turn
/// keeps all behind it from passing until it fits.
/// A caller who has many waiting jobs gains nothing by their age, since starts count, not jobs.
/// </remarks>
/// <param name="ageing">The while.</param>
internal sealed class Turns(TimeSpan ageing)
{
    private const int Digits = 9;

    // What other nodes start is not in it: each of them sees to it that nobody starves there.
    private readonly Dictionary<string, DateTimeOffset> _served = [];

    /// <summary>The caller whose job is next; null when there is none.</summary>
    public T? Next<T>(IEnumerable<T> callers, DateTimeOffset now)
        where T : CallerInLine => callers.MinBy(caller =>
    {
        var served = _served.GetValueOrDefault(caller.Owner);
        var since = served > caller.Oldest ? served : caller.Oldest;
        // Sums of fractions differ in their last digits.
        return now - since >= ageing ? (1, 0, since, since) : (2, Math.Round(caller.Share, Digits), served, caller.Oldest);
    });

    /// <summary>Notes that a job of a caller has started.</summary>
    public void Started(string owner, DateTimeOffset now)
    {
        _served[owner] = now;
        // What is older than the while says no more than a job that is.
        foreach (var (forgotten, _) in _served.Where(entry => now - entry.Value > ageing).ToList()) _served.Remove(forgotten);
    }
}

/// <summary>A caller with waiting jobs.</summary>
internal abstract class CallerInLine(string owner)
{
    /// <summary>The caller.</summary>
    public string Owner => owner;

    /// <summary>The share of a node that the caller's running jobs claim, on all nodes together.</summary>
    public abstract double Share { get; }

    /// <summary>When the oldest of the jobs that can have their turn was accepted.</summary>
    public abstract DateTimeOffset Oldest { get; }
}
