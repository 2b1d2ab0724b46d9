using OgcProcesses.Infrastructure.IntegrationTests.Fetching;

namespace OgcProcesses.Infrastructure.IntegrationTests.Schemas;

public class SchemaReferenceTests
{
    private const string Point = "{'type':'Point','coordinates':[1,2]}";
    private const string Feature = "{'type':'Feature','geometry':null,'properties':null}";

    [TestCase("http://schemas.opengis.net/ogcapi/features/part1/1.0/openapi/schemas/geometryGeoJSON.yaml", Point, Feature)]
    [TestCase("https://schemas.opengis.net/ogcapi/features/part1/1.0/openapi/schemas/pointGeoJSON.yaml", Point, Feature)]
    [TestCase("http://schemas.opengis.net/ogcapi/features/part1/1.0/openapi/schemas/featureGeoJSON.yaml", Feature, Point)]
    [TestCase("https://example.org/featureCollectionGeoJSON.json", "{'type':'FeatureCollection','features':[]}", Feature)]
    [TestCase("https://geojson.org/schema/FeatureCollection.json", "{'type':'FeatureCollection','features':[]}", Feature)]
    [TestCase("https://geojson.org/schema/Geometry.json", Point, Feature)]
    [TestCase("https://geojson.org/schema/Point.json", Point, "{'type':'LineString','coordinates':[[1,2],[3,4]]}")]
    [TestCase("https://geojson.org/schema/GeoJSON.json", Feature, "{}")]
    public void Validate_AReferenceToAKnownSchema_IsEnforcedWithoutTheNetwork(string reference, string fits, string doesNotFit)
    {
        var schema = $"{{'$ref':'{reference}'}}";
        Assert.That(ASchema.Review(schema), Has.Property("Error").Null.And.Property("Warnings").Empty);
        Assert.That(ASchema.Check(schema, fits), Is.Empty);
        Assert.That(ASchema.Check(schema, doesNotFit), Is.Not.Empty);
    }

    [TestCase("https://example.org/Point.json")]
    [TestCase("other.yaml")]
    [TestCase("file:///etc/passwd")]
    [TestCase("../../../../etc/passwd")]
    [TestCase("#anchor")]
    public void Review_AnyOtherReference_IsNamedAndNotFollowed(string reference)
    {
        var schema = $"{{'properties':{{'a':{{'$ref':'{reference}'}}}}}}";
        var expected = $"at '/properties/a': the reference '{reference}' is kept, but not followed: any value fits it";
        Assert.That(ASchema.Review(schema).Warnings, Is.EqualTo(new[] { expected }));
        Assert.That(ASchema.Check(schema, "{'a':1}"), Is.Empty);
    }

    [Test]
    public async Task Validate_AReferenceToAServer_AsksNobody()
    {
        await using var server = await AServer.ThatAsync(_ => Task.CompletedTask);
        foreach (var name in new[] { "any.json", "bbox.yaml", "geometryGeoJSON.yaml" })
            ASchema.Check($"{{'oneOf':[{{'$ref':'{new Uri(server.Root, name)}#/a'}},{{'type':'string'}}]}}", "'a'");
        Assert.That(server.Requests, Is.Zero);
    }

    [Test]
    public void Review_AReferenceIntoNothing_IsNamedAndFitsAnything()
    {
        const string schema = "{'properties':{'a':{'$ref':'#/definitions/none'}}}";
        Assert.That(
            ASchema.Review(schema).Warnings,
            Is.EqualTo(new[] { "at '/properties/a': the reference '#/definitions/none' leads to nothing in the schema: any value fits it" }));
        Assert.That(ASchema.Check(schema, "{'a':1}"), Is.Empty);
    }
}
