using OgcProcesses.Application.Common.Schemas;

namespace OgcProcesses.Infrastructure.IntegrationTests.Schemas;

public class SchemaViolationTests
{
    [TestCase("{'type':'integer'}", "'a'", "expected integer, found string")]
    [TestCase("{'type':'integer'}", "1.5", "expected integer, found number")]
    [TestCase("{'type':['string','null']}", "1", "expected string or null, found integer")]
    [TestCase("{'type':['string','array']}", "true", "expected string or array, found boolean")]
    [TestCase("{'enum':['a','b','c']}", "'d'", "must be one of \"a\", \"b\", \"c\"")]
    [TestCase("{'const':4}", "5", "must be 4")]
    [TestCase("{'minimum':5}", "4", "must be at least 5")]
    [TestCase("{'minimum':0,'exclusiveMinimum':true}", "0", "must be greater than 0")]
    [TestCase("{'maximum':1.5}", "4", "must be at most 1.5")]
    [TestCase("{'exclusiveMaximum':4}", "4", "must be less than 4")]
    [TestCase("{'multipleOf':2}", "3", "must be a multiple of 2")]
    [TestCase("{'minLength':2}", "'a'", "must have at least 2 characters, has 1")]
    [TestCase("{'pattern':'^b'}", "'a'", "must match the pattern '^b'")]
    [TestCase("{'minItems':2}", "[1]", "must have at least 2 items, has 1")]
    [TestCase("{'maxItems':2}", "[1,2,3]", "must have at most 2 items, has 3")]
    [TestCase("{'required':['a']}", "{}", "the member 'a' is required")]
    [TestCase("{'type':'string','format':'date'}", "'x'", "must be a date such as 2024-05-31")]
    [TestCase("{'not':{'type':'string'}}", "'x'", "must not fit the schema of 'not'")]
    [TestCase("{'oneOf':[{'type':'number'},{'type':'integer'}]}", "1", "fits 2 alternatives of 'oneOf' (numbers 1, 2), must fit exactly one")]
    [TestCase("{'oneOf':[{'type':'string'},{'type':'integer'}]}", "true",
        "fits none of the 2 alternatives: (1) expected string, found boolean; (2) expected integer, found boolean")]
    [TestCase("{'anyOf':[{'type':'string','minLength':3},{'type':'integer'}]}", "'ab'", "must have at least 3 characters, has 2")]
    public void Validate_AWrongValue_IsToldInPlainEnglish(string schema, string value, string detail) =>
        Assert.That(ASchema.Check(schema, value), Is.EqualTo(new[] { new SchemaViolation("", detail) }));

    [TestCase("{'properties':{'a':{'type':'string'}}}", "{'a':1}", "/a")]
    [TestCase("{'properties':{'a/b~c.d':{'items':{'type':'string'}}}}", "{'a/b~c.d':['x',1]}", "/a~1b~0c.d/1")]
    [TestCase("{'items':{'items':{'type':'string'}}}", "[[],['a',2]]", "/1/1")]
    [TestCase("{'additionalProperties':{'required':['x']}}", "{'[0]':{}}", "/[0]")]
    [TestCase("{'additionalProperties':false}", "{'':1}", "/")]
    [TestCase("{'prefixItems':[{}],'items':false}", "[1,2]", "/1")]
    [TestCase("{'allOf':[{'properties':{'a':{'minimum':2}}}]}", "{'a':1}", "/a")]
    [TestCase("{'oneOf':[{'type':'object','properties':{'a':{'minimum':2}}},{'type':'string'}]}", "{'a':1}", "/a")]
    [TestCase("{'uniqueItems':true}", "[1,2,1]", "/2")]
    public void Validate_AWrongValueInside_IsPointedAt(string schema, string value, string pointer) =>
        Assert.That(ASchema.Check(schema, value).Single().Pointer, Is.EqualTo(pointer));

    [Test]
    public void Validate_SeveralFaults_AreAllTold()
    {
        var found = ASchema.Check(
            "{'type':'object','required':['z'],'properties':{'a':{'type':'string'},'b':{'maximum':1}}}", "{'a':1,'b':2}");
        Assert.That(found.Select(violation => violation.Pointer), Is.EquivalentTo(new[] { "/a", "/b", "" }));
    }

    [Test]
    public void Validate_AnAlternativeNamedByItsType_IsTheOneThatIsExplained()
    {
        const string schema = """
            {'oneOf':[
              {'type':'object','required':['kind','radius'],'properties':{'kind':{'const':'circle'}}},
              {'type':'object','required':['kind','side'],'properties':{'kind':{'const':'square'}}}]}
            """;
        Assert.That(ASchema.Check(schema, "{'kind':'square'}"), Is.EqualTo(new[] { new SchemaViolation("", "the member 'side' is required") }));
    }

    [TestCase("'<gml/>'", true)]
    [TestCase("{'type':'Point','coordinates':[1,2]}", true)]
    [TestCase("{'type':'Point'}", false)]
    public void Validate_AlternativesOfOneMediaTypeEach_AreNotAmbiguous(string value, bool fits)
    {
        const string schema = """
            {'oneOf':[
              {'type':'string','contentMediaType':'application/gml+xml; version=3.2'},
              {'type':'string','contentMediaType':'application/vnd.google-earth.kml+xml'},
              {'allOf':[{'format':'geojson-geometry'},{'$ref':'http://schemas.opengis.net/ogcapi/features/part1/1.0/openapi/schemas/geometryGeoJSON.yaml'}]}]}
            """;
        Assert.That(ASchema.Check(schema, value), fits ? Is.Empty : Is.Not.Empty);
    }
}
