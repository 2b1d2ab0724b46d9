using System.Diagnostics;

namespace OgcProcesses.FaultyServer;

/// <summary>The steps that the server goes through one after the other, and the one at which it dies.</summary>
/// <param name="place">A name with the number of its occurrence (1 when left out), or the number alone.</param>
internal sealed class Crossings(string place)
{
    private readonly string _name = place.Split('#')[0];
    private readonly int _occurrence = place.Split('#') is [_, var number] ? int.Parse(number, null) : 1;
    private int _count;

    /// <summary>Looks for work, which workers take all the time, would leave no numbers for the work itself.</summary>
    private static bool IsPoll(string name) =>
        name.Contains(".List", StringComparison.Ordinal) || name.Contains(".TakeDue", StringComparison.Ordinal) || name == "Request.json";

    /// <summary>Goes through a step, or never returns: SIGKILL leaves the process no last word.</summary>
    public void Cross(string name)
    {
        if (_name.Length == 0 ? IsPoll(name) : name != _name) return;
        if (Interlocked.Increment(ref _count) == _occurrence) Process.GetCurrentProcess().Kill();
    }
}
