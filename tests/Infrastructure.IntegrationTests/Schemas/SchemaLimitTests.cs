using System.Diagnostics;
using OgcProcesses.Infrastructure.Schemas;

namespace OgcProcesses.Infrastructure.IntegrationTests.Schemas;

public class SchemaLimitTests
{
    [TestCase("{'pattern':'^(a+)+$'}", "must match the pattern '^(a+)+$'")]
    [TestCase("{'pattern':'^(?=a)(a+)+$'}", "could not be matched with a pattern of its schema in time")]
    [TestCase("{'pattern':'^(a|a){1,500}(a|a){1,500}(a|a){1,500}$'}", "could not be matched with a pattern of its schema in time")]
    [CancelAfter(10_000)]
    public void Validate_APatternThatBacktracks_EndsSoon(string schema, string detail) =>
        Assert.That(ASchema.Check(schema, $"'{new string('a', 5000)}!'").Single().Detail, Is.EqualTo(detail));

    [Test]
    public void Validate_ManyStringsOfASlowPattern_GivesUpAtTheFirst()
    {
        var strings = string.Join(',', Enumerable.Repeat($"'{new string('a', 60)}!'", 100));
        var started = Stopwatch.GetTimestamp();
        var found = ASchema.Check("{'items':{'pattern':'^(?=a)(a+)+$'}}", $"[{strings}]");
        Assert.That(found.Single().Pointer, Is.EqualTo("/0"));
        Assert.That(Stopwatch.GetElapsedTime(started), Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    [TestCase("{'pattern':'((a{1,999}){1,999}){1,999}'}")]
    [TestCase("{'pattern':'a{99999999}'}")]
    [TestCase("{'pattern':'((a{999,}){999,}){999,}'}")]
    public void Review_APatternWithHugeCounts_EndsSoon(string schema)
    {
        var started = Stopwatch.GetTimestamp();
        ASchema.Check(schema, $"'{new string('a', 2000)}'");
        Assert.That(Stopwatch.GetElapsedTime(started), Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    [TestCase("{'$ref':'#'}")]
    [TestCase("{'allOf':[{'$ref':'#'}]}")]
    [TestCase("{'anyOf':[{'$ref':'#'},{'$ref':'#'}]}")]
    [TestCase("{'not':{'$ref':'#'}}")]
    public void Validate_ASchemaThatLeadsInCircles_GivesUp(string schema) =>
        Assert.That(ASchema.Check(schema, "1").Single().Detail, Does.Contain("leads in circles"));

    [Test]
    public void Validate_AlternativesOfAlternatives_GiveUpAfterManySteps()
    {
        var levels = string.Join(',', Enumerable.Range(0, 40).Select(i =>
            $"'l{i}':{{'anyOf':[{{'$ref':'#/$defs/l{i + 1}'}},{{'$ref':'#/$defs/l{i + 1}'}}]}}"));
        var schema = $"{{'$defs':{{{levels},'l40':{{'type':'string'}}}},'$ref':'#/$defs/l0'}}";
        var started = Stopwatch.GetTimestamp();
        Assert.That(ASchema.Check(schema, "1"), Is.Not.Empty);
        Assert.That(Stopwatch.GetElapsedTime(started), Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public void Validate_AValueNestedTooDeeply_IsRefused()
    {
        var value = new string('[', 200) + new string(']', 200);
        Assert.That(ASchema.Check("{}", value).Single().Detail, Is.EqualTo("is nested more than 128 levels deep"));
    }

    [Test]
    public void Validate_ARecursiveSchema_FollowsTheValue()
    {
        const string schema = "{'type':'array','items':{'$ref':'#'}}";
        Assert.That(ASchema.Check(schema, new string('[', 60) + new string(']', 60)), Is.Empty);
        Assert.That(ASchema.Check(schema, new string('[', 60) + "1" + new string(']', 60)), Has.Count.EqualTo(1));
    }

    [Test]
    public void Validate_ManyFaults_TellsTheFirst() =>
        Assert.That(ASchema.Check("{'items':{'type':'string'}}", $"[{string.Join(',', Enumerable.Range(0, 1000))}]"), Has.Count.EqualTo(50));

    [Test]
    public void Validate_ByManyThreadsAndSchemas_IsAlwaysRight()
    {
        var validator = new NJsonSchemaValidator();
        Parallel.For(0, 20_000, i =>
        {
            var schema = ASchema.Json($"{{'type':'integer','maximum':{i % 1500}}}");
            Assert.That(validator.Validate(schema, ASchema.Json($"{i % 1500}")), Is.Empty);
            Assert.That(validator.Validate(schema, ASchema.Json($"{(i % 1500) + 1}")), Has.Count.EqualTo(1));
        });
    }

    [Test, Explicit("Measures; the numbers go into the report.")]
    public void Measure()
    {
        var validator = new NJsonSchemaValidator();
        PerCall("type string", "{'type':'string'}", "'hello'", 1_000_000);
        PerCall("enum of 3", "{'type':'string','enum':['Value1','Value2','Value3']}", "'Value2'", 1_000_000);
        PerCall("object of 5", """
            {'type':'object','required':['a','e'],'properties':{'a':{'type':'string'},'b':{'type':'string','format':'uri'},
            'c':{'type':'number'},'d':{'type':'string','format':'date-time'},'e':{'type':'boolean'}}}
            """, "{'a':'x','b':'http://a/b','c':1.5,'d':'2024-01-01T00:00:00Z','e':true}", 200_000);
        PerCall("100 000 numbers", "{'type':'array','items':{'type':'number','minimum':0}}",
            $"[{string.Join(',', Enumerable.Range(0, 100_000))}]", 10);
        var feature = "{'type':'Feature','properties':{'a':1},'geometry':{'type':'Point','coordinates':[1.5,2.5]}}";
        PerCall("100 000 features", "{'allOf':[{'format':'geojson-feature-collection'},{'$ref':'https://geojson.org/schema/FeatureCollection.json'}]}",
            $"{{'type':'FeatureCollection','features':[{string.Join(',', Enumerable.Repeat(feature, 100_000))}]}}", 3);
        PerCall("100 000 wrong numbers", "{'type':'array','items':{'type':'string'}}", $"[{string.Join(',', Enumerable.Range(0, 100_000))}]", 3);
        PerCall("100 000 items of oneOf", "{'type':'array','items':{'oneOf':[{'type':'string'},{'type':'integer'}]}}",
            $"[{string.Join(',', Enumerable.Range(0, 100_000))}]", 3);

        void PerCall(string name, string schemaText, string valueText, int times)
        {
            var (schema, value) = (ASchema.Json(schemaText), ASchema.Json(valueText));
            for (var i = 0; i < Math.Min(times, 10_000); i++) validator.Validate(schema, value);
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < times; i++) validator.Validate(schema, value);
            TestContext.Out.WriteLine($"{name}: {Stopwatch.GetElapsedTime(started).TotalMicroseconds / times:0.00} us");
        }
    }
}
