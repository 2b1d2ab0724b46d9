namespace OgcProcesses.Application.Processes.Cwl;

/// <summary>Where in a CWL document the parts of the package that was made of it come from.</summary>
internal sealed class CwlPlaces
{
    private readonly Dictionary<string, string> _places = [];

    /// <summary>Notes where a part, and all below it, comes from.</summary>
    public void Note(string pointer, string place) => _places[pointer] = place;

    /// <summary>The place of a part: its own, or that of the nearest part around it; the root where nothing is known.</summary>
    public string Of(string pointer)
    {
        for (var part = pointer; part.Length > 0; part = part[..part.LastIndexOf('/')])
            if (_places.TryGetValue(part, out var place)) return place;
        return "";
    }
}
