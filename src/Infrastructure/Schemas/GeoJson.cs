using Newtonsoft.Json.Linq;
using NJsonSchema.Validation;

namespace OgcProcesses.Infrastructure.Schemas;

/// <summary>The standard schemas this server knows by heart: bounding boxes and GeoJSON.</summary>
/// <remarks>Part 1, bbox.yaml; RFC 7946, its type member and structure (not its geometry: rings need not close).</remarks>
internal static class GeoJson
{
    /// <summary>How deep positions lie in the coordinates of each geometry, and how many its innermost list needs.</summary>
    private static readonly Dictionary<string, (int Depth, int Least)> Coordinates = new(StringComparer.Ordinal)
    {
        ["Point"] = (0, 1),
        ["MultiPoint"] = (1, 0),
        ["LineString"] = (1, 2),
        ["MultiLineString"] = (2, 2),
        ["Polygon"] = (2, 4),
        ["MultiPolygon"] = (3, 4),
    };

    private static readonly string[] GeometryTypes = [.. Coordinates.Keys, "GeometryCollection"];

    /// <summary>The rule of a format of Part 1; null when it is not one.</summary>
    public static Rule? OfFormat(string shortCode) => shortCode switch
    {
        "ogc-bbox" => BoundingBox,
        "geojson-feature-collection" => Of("FeatureCollection"),
        "geojson-feature" => Of("Feature"),
        "geojson-geometry" => Of(GeometryTypes),
        _ => null,
    };

    /// <summary>The rule of a reference to a well-known schema, wherever it is served; null when it is not one.</summary>
    /// <remarks>bbox.yaml; featureCollectionGeoJSON.yaml and its siblings of OGC API - Features; geojson.org/schema/*.json.</remarks>
    public static Rule? OfReference(string reference)
    {
        var path = reference.Split('#', '?')[0];
        var file = path[(path.LastIndexOf('/') + 1)..];
        var name = Path.GetFileNameWithoutExtension(file);
        if (file is "bbox.yaml" or "bbox.json") return BoundingBox;
        var isGeoJsonOrg = Uri.TryCreate(path, UriKind.Absolute, out var uri) && uri.Host is "geojson.org" or "www.geojson.org";
        if (name.EndsWith("GeoJSON", StringComparison.OrdinalIgnoreCase) && name.Length > 7) name = name[..^7];
        else if (!isGeoJsonOrg) return null;
        return name.ToUpperInvariant() switch
        {
            "GEOMETRY" => Of(GeometryTypes),
            "GEOJSON" => Of([.. GeometryTypes, "Feature", "FeatureCollection"]),
            var upper => GeometryTypes.Append("Feature").Append("FeatureCollection")
                .FirstOrDefault(type => type.Equals(upper, StringComparison.OrdinalIgnoreCase)) is { } type ? Of(type) : null,
        };
    }

    private static Rule Of(params string[] types) => (value, _, found) => Check(value, types, found);

    private static void BoundingBox(JToken value, SchemaWalk walk, ICollection<ValidationError> found)
    {
        if (value is not JObject box) { found.Add(NotA(value, "object")); return; }
        if (box["bbox"] is not { } corners) found.Add(new Finding(value, "the member 'bbox' is required"));
        else if (corners is not JArray { Count: 4 or 6 } numbers || !numbers.All(Tokens.IsNumber))
            found.Add(new Finding(corners, "must be an array of 4 or 6 numbers"));
        if (box["crs"] is { } crs && crs.Type != JTokenType.String) found.Add(NotA(crs, "string"));
    }

    private static void Check(JToken? value, string[] types, ICollection<ValidationError> found)
    {
        if (value is not JObject item) { found.Add(NotA(value!, "object")); return; }
        if (item["type"] is not { } member) { found.Add(new Finding(item, "the member 'type' is required")); return; }
        if (member is not JValue { Value: string type } || !types.Contains(type))
        {
            found.Add(new Finding(member, $"must be {Sentences.OneOf(types.Select(name => $"\"{name}\""))}", FindingKind.Choice));
            return;
        }
        switch (type)
        {
            case "FeatureCollection":
                CheckAll(item, "features", ["Feature"], found);
                break;
            case "Feature":
                if (Required(item, "geometry", found) is { Type: not JTokenType.Null } geometry) Check(geometry, GeometryTypes, found);
                if (Required(item, "properties", found) is { } properties and not (JObject or { Type: JTokenType.Null }))
                    found.Add(new Finding(properties, $"expected object or null, found {Tokens.TypeName(properties)}", FindingKind.Type));
                break;
            case "GeometryCollection":
                CheckAll(item, "geometries", GeometryTypes, found);
                break;
            default:
                if (Required(item, "coordinates", found) is { } coordinates)
                    CheckPositions(coordinates, Coordinates[type].Depth, Coordinates[type].Least, found);
                break;
        }
    }

    private static void CheckAll(JObject item, string name, string[] types, ICollection<ValidationError> found)
    {
        if (Required(item, name, found) is not { } list) return;
        if (list is not JArray array) { found.Add(NotA(list, "array")); return; }
        foreach (var entry in array)
        {
            if (found.Count >= Sentences.MostViolations) return;
            Check(entry, types, found);
        }
    }

    private static void CheckPositions(JToken value, int depth, int least, ICollection<ValidationError> found)
    {
        if (depth == 0)
        {
            if (value is not JArray { Count: >= 2 } position || !position.All(Tokens.IsNumber))
                found.Add(new Finding(value, "must be a position: an array of at least two numbers"));
            return;
        }
        if (value is not JArray list) { found.Add(NotA(value, "array")); return; }
        if (depth == 1 && list.Count < least) found.Add(new Finding(value, $"must have at least {least} positions"));
        foreach (var entry in list)
        {
            if (found.Count >= Sentences.MostViolations) return;
            CheckPositions(entry, depth - 1, least, found);
        }
    }

    private static JToken? Required(JObject item, string name, ICollection<ValidationError> found)
    {
        if (item[name] is { } member) return member;
        found.Add(new Finding(item, $"the member '{name}' is required"));
        return null;
    }

    private static Finding NotA(JToken value, string type) =>
        new(value, $"expected {type}, found {Tokens.TypeName(value)}", FindingKind.Type);
}
