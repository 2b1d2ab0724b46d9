using System.Text.RegularExpressions;

namespace OgcProcesses.Application.Processes.Cwl;

/// <summary>Tells media types from the <c>format</c> of files.</summary>
internal sealed partial class CwlFormats(IReadOnlyDictionary<string, string> namespaces)
{
    private const string Iana = "iana.org/assignments/media-types/";

    /// <summary>Formats of EDAM and of the OGC that have a media type.</summary>
    private static readonly Dictionary<string, string> Known = new()
    {
        ["edamontology.org/format_2330"] = "text/plain",
        ["edamontology.org/format_1964"] = "text/plain",
        ["edamontology.org/format_2331"] = "text/html",
        ["edamontology.org/format_2332"] = "application/xml",
        ["edamontology.org/format_3464"] = "application/json",
        ["edamontology.org/format_3750"] = "application/yaml",
        ["edamontology.org/format_3752"] = "text/csv",
        ["edamontology.org/format_3475"] = "text/tab-separated-values",
        ["edamontology.org/format_3508"] = "application/pdf",
        ["edamontology.org/format_3579"] = "image/jpeg",
        ["edamontology.org/format_3591"] = "image/tiff",
        ["edamontology.org/format_3603"] = "image/png",
        ["edamontology.org/format_3604"] = "image/svg+xml",
        ["edamontology.org/format_3467"] = "image/gif",
        ["edamontology.org/format_3590"] = "application/x-hdf5",
        ["edamontology.org/format_3650"] = "application/netcdf",
        ["edamontology.org/format_3987"] = "application/zip",
        ["edamontology.org/format_3989"] = "application/gzip",
        ["www.opengis.net/def/media-type/ogc/1.0/geotiff"] = "image/tiff; application=geotiff",
        ["www.opengis.net/def/media-type/ogc/1.0/netcdf"] = "application/netcdf",
    };

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\z")]
    private static partial Regex MediaType { get; }

    [GeneratedRegex(@"\Ahttps?://(www\.(?=iana\.))?")]
    private static partial Regex Scheme { get; }

    /// <summary>The media types that are declared; none where there is no media type for a format.</summary>
    public IReadOnlyList<string> Read(CwlNode? format, CwlNotes notes)
    {
        if (format is not { } node) return [];
        var types = new List<string>();
        foreach (var one in node.OneOrMore)
        {
            if (one.Text is not { } text) notes.Refuse(one.At, "must be a string or a list of strings");
            else if (text.Contains("$(", StringComparison.Ordinal) || text.Contains("${", StringComparison.Ordinal))
                notes.Warn(one.At, "the expression is not heeded; the file's name tells its media type");
            else if (MediaTypeOf(text) is { } mediaType) types.Add(mediaType);
        }

        return [.. types.Distinct()];
    }

    /// <summary>A name without its prefix, where the document declares that.</summary>
    public static string Expand(string name, IReadOnlyDictionary<string, string> namespaces) =>
        name.Split(':', 2) is [var prefix, var rest] && namespaces.TryGetValue(prefix, out var iri) ? iri + rest : name;

    private string? MediaTypeOf(string format)
    {
        var full = Expand(format, namespaces);
        if (MediaType.IsMatch(full)) return full;
        var bare = Scheme.Replace(full, "");
        if (Known.TryGetValue(bare, out var known)) return known;
        return bare.StartsWith(Iana, StringComparison.Ordinal) && MediaType.IsMatch(bare[Iana.Length..]) ? bare[Iana.Length..] : null;
    }
}
