using OgcProcesses.Application.Common.Errors;

namespace OgcProcesses.Application.Processes.Cwl;

/// <summary>What is in the way of running a CWL document here, all of it, and what of it is not heeded.</summary>
internal sealed class CwlNotes
{
    /// <summary>More than anybody reads.</summary>
    private const int MostObstacles = 1_000;

    private readonly HashSet<Violation> _obstacles = [];
    private readonly List<string> _warnings = [];

    /// <summary>What is refused, each with its place in the document.</summary>
    public IReadOnlyCollection<Violation> Obstacles => _obstacles;

    /// <summary>What is not heeded, each in a sentence.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    public void Refuse(string at, string why)
    {
        if (_obstacles.Count < MostObstacles) _obstacles.Add(Violation.InBody(at, why));
    }

    public void Warn(string at, string what)
    {
        if (_warnings.Count < MostObstacles) _warnings.Add($"{at}: {what}");
    }

    /// <summary>The entries of what CWL writes as a list with a key in each, or as an object by that key.</summary>
    public List<(string Key, CwlNode Value)> Entries(CwlNode? node, string key)
    {
        var entries = new List<(string Key, CwlNode Value)>();
        if (node is not { } all) return entries;
        if (all.IsObject)
        {
            entries.AddRange(all.Members.Select(member => (CwlNode.NameOf(member.Name), member.Value)));
        }
        else if (all.IsArray)
        {
            foreach (var item in all.Items)
            {
                if (item.TextOf(key) is { } name) entries.Add((CwlNode.NameOf(name), item));
                else Refuse(item.At, $"must be an object with a string '{key}'");
            }
        }
        else
        {
            Refuse(all.At, $"must be an object, or a list of objects with '{key}'");
        }

        var names = new HashSet<string>();
        entries.RemoveAll(entry =>
        {
            if (names.Add(entry.Key)) return false;
            Refuse(entry.Value.At, $"'{entry.Key}' is given more than once");
            return true;
        });
        return entries;
    }
}
