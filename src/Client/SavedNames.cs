namespace OgcProcesses.Client;

/// <summary>The names of the files of one saving: none leads out of their folder, and none is given twice.</summary>
internal sealed class SavedNames
{
    /// <summary>What some system takes for more than a letter of a name.</summary>
    private static readonly char[] Forbidden = [.. Enumerable.Range(0, 32).Select(code => (char)code), .. "/\\:*?\"<>|"];

    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A name like the one that a server, or whoever described the process, wants.</summary>
    public string Take(string wanted)
    {
        var name = string.Join('_', wanted.Split(['/', '\\'])[^1].Split(Forbidden)).TrimEnd('.', ' ');
        if (name.Length == 0) name = "output";
        var own = name;
        for (var number = 2; !_taken.Add(own); number++) own = $"{Path.GetFileNameWithoutExtension(name)}-{number}{Path.GetExtension(name)}";
        return own;
    }
}
