using System.Text.Json;

namespace OgcProcesses.Application.Common;

/// <summary>Media types of Earth science's files, and the file extensions they go by.</summary>
public static class MediaTypes
{
    /// <summary>Bytes of an unknown kind.</summary>
    public const string Unknown = "application/octet-stream";

    private static readonly (string Extension, string MediaType)[] Known =
    [
        (".tif", "image/tiff; application=geotiff"),
        (".tif", "image/tiff"),
        (".tiff", "image/tiff"),
        (".png", "image/png"),
        (".jpg", "image/jpeg"),
        (".jpeg", "image/jpeg"),
        (".jp2", "image/jp2"),
        (".webp", "image/webp"),
        (".gif", "image/gif"),
        (".svg", "image/svg+xml"),
        (".json", "application/json"),
        (".geojson", "application/geo+json"),
        (".txt", "text/plain"),
        (".csv", "text/csv"),
        (".html", "text/html"),
        (".md", "text/markdown"),
        (".xml", "application/xml"),
        (".gml", "application/gml+xml"),
        (".kml", "application/vnd.google-earth.kml+xml"),
        (".nc", "application/netcdf"),
        (".nc", "application/x-netcdf"),
        (".h5", "application/x-hdf5"),
        (".hdf", "application/x-hdf"),
        (".grib2", "application/wmo-GRIB2"),
        (".gpkg", "application/geopackage+sqlite3"),
        (".parquet", "application/vnd.apache.parquet"),
        (".fgb", "application/flatgeobuf"),
        (".las", "application/vnd.las"),
        (".laz", "application/vnd.laszip"),
        (".pdf", "application/pdf"),
        (".zip", "application/zip"),
        (".gz", "application/gzip"),
        (".tar", "application/x-tar"),
        (".yaml", "application/yaml"),
    ];

    /// <summary>The media type a schema names; null when it names none.</summary>
    public static string? Of(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("contentMediaType", out var type) ? type.GetString() : null;

    /// <summary>The media type of a file by its name.</summary>
    public static string OfFile(string name)
    {
        var extension = Path.GetExtension(name);
        return Known.LastOrDefault(known => known.Extension.Equals(extension, StringComparison.OrdinalIgnoreCase)).MediaType ?? Unknown;
    }

    /// <summary>The extension files of a media type go by, with its dot; empty when it is not known.</summary>
    public static string ExtensionOf(string? mediaType) =>
        mediaType is null ? "" : Known.FirstOrDefault(known => AreSame(known.MediaType, mediaType)).Extension ?? "";

    /// <summary>Whether two media types are the same but for their parameters.</summary>
    public static bool AreSame(string? one, string? other) =>
        one is not null && other is not null && Bare(one).Equals(Bare(other), StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a media type's syntax is JSON.</summary>
    public static bool IsJson(string mediaType) => IsOf(mediaType, "json");

    /// <summary>Whether what is of a media type is text to be read as it stands.</summary>
    public static bool IsText(string mediaType) =>
        Bare(mediaType).StartsWith("text/", StringComparison.OrdinalIgnoreCase) || IsOf(mediaType, "xml");

    private static bool IsOf(string mediaType, string syntax) =>
        Bare(mediaType).EndsWith($"/{syntax}", StringComparison.OrdinalIgnoreCase)
        || Bare(mediaType).EndsWith($"+{syntax}", StringComparison.OrdinalIgnoreCase);

    private static string Bare(string mediaType) => mediaType.Split(';', 2)[0].Trim();
}
