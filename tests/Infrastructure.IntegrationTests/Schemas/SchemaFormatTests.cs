namespace OgcProcesses.Infrastructure.IntegrationTests.Schemas;

public class SchemaFormatTests
{
    private const string Prefix = "http://www.opengis.net/def/format/ogcapi-processes/0/";

    [TestCase("date", "2024-02-29", "2023-02-29")]
    [TestCase("date-time", "2024-02-29T12:00:00Z", "2024-02-29")]
    [TestCase("date-time", "2024-02-29T12:00:00.123+02:00", "now")]
    [TestCase("date-time", "2021-03-06T07:21:00", "2021-03-06T27:21:00")]
    [TestCase("time", "12:00:00Z", "25:00:00")]
    [TestCase("email", "a@example.org", "a.example.org")]
    [TestCase("uri", "https://example.org/a?b#c", "/etc/passwd")]
    [TestCase("uri", "urn:ogc:def:crs:EPSG::4326", "not a uri")]
    [TestCase("uuid", "8f1b0a0e-3b8e-4d0c-9c39-6a1f6f0f9d11", "8f1b")]
    [TestCase("ipv4", "10.0.0.1", "10.0.0.256")]
    [TestCase("ipv6", "::1", "10.0.0.1")]
    [TestCase("hostname", "example.org", "-a-")]
    [TestCase("regex", "^a+$", "(")]
    [TestCase("byte", "aGVsbG8=", "hello!")]
    public void Validate_AFormatOfStrings_IsEnforced(string format, string fits, string doesNotFit)
    {
        var schema = $"{{'type':'string','format':'{format}'}}";
        Assert.That(ASchema.Check(schema, $"'{fits}'"), Is.Empty);
        Assert.That(ASchema.Check(schema, $"'{doesNotFit}'"), Has.Count.EqualTo(1));
    }

    [TestCase("int32", "2147483647", "2147483648")]
    [TestCase("int64", "9223372036854775807", "9223372036854775808")]
    public void Validate_AFormatOfIntegers_BoundsThem(string format, string fits, string doesNotFit)
    {
        var schema = $"{{'type':'integer','format':'{format}'}}";
        Assert.That(ASchema.Check(schema, fits), Is.Empty);
        Assert.That(ASchema.Check(schema, doesNotFit), Has.Count.EqualTo(1));
    }

    [TestCase("{'type':'string','contentEncoding':'base64'}")]
    [TestCase("{'type':'string','contentEncoding':'binary','contentMediaType':'image/tiff'}")]
    [TestCase("{'type':'string','format':'binary'}")]
    public void Validate_AnEncodedString_MustBeBase64(string schema)
    {
        Assert.That(ASchema.Check(schema, "'aGVsbG8='"), Is.Empty);
        Assert.That(ASchema.Check(schema, "'aGVsbG8'").Single().Detail, Is.EqualTo("must be base64 text"));
    }

    [TestCase("{'format':'ogc-bbox'}")]
    [TestCase("{'type':'object','format':'" + Prefix + "ogc-bbox'}")]
    [TestCase("{'allOf':[{'format':'ogc-bbox'},{'$ref':'../../openapi/schemas/bbox.yaml'}]}")]
    [TestCase("{'$ref':'http://schemas.opengis.net/ogcapi/processes/part1/1.0/openapi/schemas/bbox.yaml'}")]
    public void Validate_ABoundingBox_HasFourOrSixNumbers(string schema)
    {
        Assert.That(ASchema.Review(schema).Warnings, Is.Empty);
        foreach (var box in new[] { "{'bbox':[1,2,3.5,4]}", "{'bbox':[1,2,3,4,5,6],'crs':'http://www.opengis.net/def/crs/EPSG/0/4326'}" })
            Assert.That(ASchema.Check(schema, box), Is.Empty, box);
        foreach (var wrong in new[] { "{}", "[1,2,3,4]", "{'bbox':[1,2,3]}", "{'bbox':[1,2,3,'4']}", "{'bbox':[1,2,3,4],'crs':4326}" })
            Assert.That(ASchema.Check(schema, wrong), Is.Not.Empty, wrong);
    }

    [TestCase("{'type':'Point','coordinates':[1,2]}")]
    [TestCase("{'type':'MultiPoint','coordinates':[]}")]
    [TestCase("{'type':'LineString','coordinates':[[1,2],[3,4,5]]}")]
    [TestCase("{'type':'MultiLineString','coordinates':[[[1,2],[3,4]]]}")]
    [TestCase("{'type':'Polygon','coordinates':[[[0,0],[0,1],[1,1],[0,0]]]}")]
    [TestCase("{'type':'MultiPolygon','coordinates':[[[[0,0],[0,1],[1,1],[0,0]]]]}")]
    [TestCase("{'type':'GeometryCollection','geometries':[{'type':'Point','coordinates':[1,2]}]}")]
    public void Validate_AGeometry_Fits(string geometry)
    {
        Assert.That(ASchema.Check("{'format':'geojson-geometry'}", geometry), Is.Empty);
        Assert.That(ASchema.Check("{'format':'" + Prefix + "geojson-feature'}",
            $"{{'type':'Feature','geometry':{geometry},'properties':null}}"), Is.Empty);
    }

    [TestCase("'POINT (1 2)'", "")]
    [TestCase("{'coordinates':[1,2]}", "")]
    [TestCase("{'type':'Circle','coordinates':[1,2]}", "/type")]
    [TestCase("{'type':'Point'}", "")]
    [TestCase("{'type':'Point','coordinates':[1]}", "/coordinates")]
    [TestCase("{'type':'LineString','coordinates':[[1,2]]}", "/coordinates")]
    [TestCase("{'type':'LineString','coordinates':[[1,2],['3',4]]}", "/coordinates/1")]
    [TestCase("{'type':'Polygon','coordinates':[[0,0],[0,1]]}", "/coordinates/0")]
    [TestCase("{'type':'GeometryCollection','geometries':[{'type':'Feature'}]}", "/geometries/0/type")]
    public void Validate_AGeometryThatIsNone_IsFoundAtItsPlace(string geometry, string pointer) =>
        Assert.That(ASchema.Check("{'format':'geojson-geometry'}", geometry)[0].Pointer, Is.EqualTo(pointer));

    [TestCase("{'type':'FeatureCollection','features':[]}", true)]
    [TestCase("{'type':'FeatureCollection','features':[{'type':'Feature','geometry':null,'properties':{}}]}", true)]
    [TestCase("{'type':'FeatureCollection'}", false)]
    [TestCase("{'type':'FeatureCollection','features':[{'type':'Feature','properties':{}}]}", false)]
    [TestCase("{'type':'FeatureCollection','features':[{'type':'Feature','geometry':null,'properties':5}]}", false)]
    [TestCase("{'type':'Feature','geometry':null,'properties':{}}", false)]
    public void Validate_AFeatureCollection_HasFeatures(string value, bool fits) =>
        Assert.That(ASchema.Check("{'type':'object','format':'geojson-feature-collection'}", value), fits ? Is.Empty : Is.Not.Empty);
}
