using System.Net.Mime;

namespace OgcProcesses.Client.Http;

/// <summary>What files are by their extensions, as far as processes of the Earth sciences ask for them.</summary>
internal static class FileTypes
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        [".csv"] = "text/csv",
        [".geojson"] = "application/geo+json",
        [".gml"] = "application/gml+xml",
        [".gpkg"] = "application/geopackage+sqlite3",
        [".grb"] = "application/wmo-GRIB2",
        [".grib2"] = "application/wmo-GRIB2",
        [".h5"] = "application/x-hdf5",
        [".jp2"] = "image/jp2",
        [".jpg"] = MediaTypeNames.Image.Jpeg,
        [".json"] = MediaTypeNames.Application.Json,
        [".kml"] = "application/vnd.google-earth.kml+xml",
        [".nc"] = "application/netcdf",
        [".png"] = "image/png",
        [".tif"] = MediaTypeNames.Image.Tiff,
        [".tiff"] = MediaTypeNames.Image.Tiff,
        [".txt"] = MediaTypeNames.Text.Plain,
        [".xml"] = MediaTypeNames.Application.Xml,
        [".zip"] = MediaTypeNames.Application.Zip,
    };

    public static string Of(string path) => Known.GetValueOrDefault(Path.GetExtension(path), MediaTypeNames.Application.Octet);
}
