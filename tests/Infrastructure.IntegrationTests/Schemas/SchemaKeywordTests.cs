using NJsonSchema;

namespace OgcProcesses.Infrastructure.IntegrationTests.Schemas;

/// <summary>Every keyword with a value that fits and one that does not, and whether NJsonSchema alone would have told them apart.</summary>
public class SchemaKeywordTests
{
    private static readonly object[][] Rows =
    [
        // schema, fits, does not fit, NJsonSchema alone tells them apart
        ["{'type':'string'}", "'a'", "1", true],
        ["{'type':'string'}", "'a'", "null", true],
        ["{'type':'boolean'}", "false", "'false'", true],
        ["{'type':'number'}", "1.5", "'1.5'", true],
        ["{'type':'integer'}", "1", "1.5", true],
        ["{'type':'integer'}", "1.0", "1.5", false],
        ["{'type':'integer'}", "1e3", "1e-3", false],
        ["{'type':'integer'}", "12345678901234567890123", "0.1", false],
        ["{'type':'integer'}", "1e300", "1e-300", false],
        ["{'type':'array'}", "[]", "{}", true],
        ["{'type':'object'}", "{}", "[]", true],
        ["{'type':'null'}", "null", "0", true],
        ["{'type':['string','null']}", "null", "1", true],
        ["{'type':['integer','string']}", "'a'", "1.5", true],
        ["{'type':['integer','string'],'minLength':3}", "12", "'ab'", true],
        ["{'type':['number','null'],'minimum':3}", "null", "2", true],
        ["{'type':'string','nullable':true}", "null", "1", true],
        ["{'oneOf':[{'type':'string','nullable':true},{'type':'integer'}]}", "null", "true", true],
        ["{'type':'string','enum':['a'],'nullable':true}", "null", "'b'", true],
        ["{'minimum':5}", "5", "4", true],
        ["{'minimum':5,'exclusiveMinimum':true}", "5.1", "5", true],
        ["{'minimum':5,'exclusiveMinimum':false}", "5", "4.9", true],
        ["{'exclusiveMinimum':5}", "6", "5", true],
        ["{'maximum':5}", "5", "6", true],
        ["{'maximum':5,'exclusiveMaximum':true}", "4", "5", true],
        ["{'exclusiveMaximum':5}", "4", "5", true],
        ["{'maximum':9007199254740993}", "9007199254740993", "9007199254740994", true],
        ["{'maximum':0.3}", "0.3", "0.30000000000000001", false],
        ["{'maximum':1e300}", "1e299", "1e301", false],
        ["{'maximum':1e300,'exclusiveMaximum':true}", "1e299", "1e300", false],
        ["{'minimum':-1e300}", "0", "-1e301", false],
        ["{'multipleOf':0.01}", "0.07", "0.075", true],
        ["{'multipleOf':3}", "9", "10", true],
        ["{'minLength':2}", "'ab'", "'a'", true],
        ["{'minLength':2}", "7", "'a'", true],
        ["{'maxLength':2}", "'😀😀'", "'abc'", false],
        ["{'minLength':1,'maxLength':2}", "'ab'", "'abc'", true],
        ["{'pattern':'^a+$'}", "'aa'", "'b'", true],
        ["{'pattern':'^a$'}", "'a'", "'a\\n'", false],
        ["{'pattern':'^\\\\d$'}", "'5'", "'٥'", false],
        ["{'pattern':'^[\\\\w-.]+$'}", "'a-b.c'", "'a b'", true],
        ["{'pattern':'^(?!x)'}", "'a'", "'x'", true],
        ["{'enum':['a','b']}", "'b'", "'c'", true],
        ["{'enum':[1]}", "1.0", "'1'", false],
        ["{'enum':[true]}", "true", "'True'", false],
        ["{'enum':[{'a':1,'b':2}]}", "{'b':2,'a':1}", "{'a':1}", false],
        ["{'const':'a'}", "'a'", "'b'", false],
        ["{'const':null}", "null", "''", false],
        ["{'minItems':2}", "[1,2]", "[1]", true],
        ["{'maxItems':2}", "[1,2]", "[1,2,3]", true],
        ["{'maxItems':0}", "[]", "[1]", false],
        ["{'uniqueItems':true}", "[1,2]", "[1,1]", true],
        ["{'uniqueItems':true}", "[1,'1']", "[1,1.0]", false],
        ["{'uniqueItems':true}", "[{'a':1,'b':2}]", "[{'a':1,'b':2},{'b':2,'a':1}]", false],
        ["{'items':{'type':'integer'}}", "[1]", "['a']", true],
        ["{'items':false}", "[]", "[1]", false],
        ["{'items':[{'type':'string'},{'type':'integer'}]}", "['a',1,true]", "[1]", true],
        ["{'items':[{'type':'string'}],'additionalItems':false}", "['a']", "['a',1]", true],
        ["{'items':[{'type':'string'}],'additionalItems':{'type':'integer'}}", "['a',1]", "['a','b']", true],
        ["{'prefixItems':[{'type':'string'}]}", "['a',1]", "[1]", false],
        ["{'prefixItems':[{'type':'string'}],'items':false}", "['a']", "['a',1]", false],
        ["{'prefixItems':[{'type':'string'}],'items':{'type':'integer'}}", "['a',1]", "['a','b']", false],
        ["{'contains':{'type':'integer'}}", "['a',1]", "['a']", false],
        ["{'contains':{'type':'integer'},'minContains':2}", "[1,2]", "[1]", false],
        ["{'contains':{'type':'integer'},'minContains':0,'maxContains':1}", "[]", "[1,2]", false],
        ["{'properties':{'a':{'type':'string'}}}", "{'a':'b'}", "{'a':1}", true],
        ["{'properties':{'a':{'type':'string'}}}", "{'A':1}", "{'a':1}", true],
        ["{'properties':{'a':{'type':'string','nullable':true}}}", "{'a':null}", "{'a':1}", true],
        ["{'required':['a']}", "{'a':null}", "{}", true],
        ["{'required':['a']}", "'no object'", "{}", false],
        ["{'additionalProperties':false,'properties':{'a':{}}}", "{'a':1}", "{'b':1}", true],
        ["{'additionalProperties':{'type':'integer'}}", "{'b':1}", "{'b':'c'}", true],
        ["{'patternProperties':{'^x':{'type':'integer'}}}", "{'x1':1}", "{'x1':'a'}", true],
        ["{'patternProperties':{'^x':{'type':'integer'},'1$':{'minimum':5}}}", "{'x1':5}", "{'x1':4}", false],
        ["{'patternProperties':{'^x':{}},'additionalProperties':false}", "{'x1':4}", "{'y':4}", true],
        ["{'minProperties':1}", "{'a':1}", "{}", true],
        ["{'maxProperties':1}", "{'a':1}", "{'a':1,'b':2}", true],
        ["{'maxProperties':0}", "{}", "{'a':1}", false],
        ["{'propertyNames':{'maxLength':2}}", "{'ab':1}", "{'abc':1}", false],
        ["{'dependentRequired':{'a':['b']}}", "{'a':1,'b':2}", "{'a':1}", false],
        ["{'dependentSchemas':{'a':{'required':['b']}}}", "{'b':2}", "{'a':1}", false],
        ["{'dependencies':{'a':['b']}}", "{'b':1}", "{'a':1}", false],
        ["{'dependencies':{'a':{'minProperties':2}}}", "{'b':1}", "{'a':1}", false],
        ["{'allOf':[{'minimum':1},{'maximum':3}]}", "2", "4", true],
        ["{'anyOf':[{'type':'string'},{'minimum':3}]}", "'a'", "2", true],
        ["{'oneOf':[{'type':'string'},{'type':'integer'}]}", "1", "true", true],
        ["{'oneOf':[{'type':'number'},{'minimum':3}]}", "2", "4", true],
        ["{'not':{'type':'string'}}", "1", "'a'", true],
        ["{'if':{'type':'string'},'then':{'minLength':2},'else':{'minimum':2}}", "'ab'", "1", false],
        ["{'if':{'type':'string'},'then':{'minLength':2}}", "1", "'a'", false],
        ["{'definitions':{'x':{'type':'string'}},'$ref':'#/definitions/x'}", "'a'", "1", true],
        ["{'$defs':{'x':{'type':'string'}},'$ref':'#/$defs/x'}", "'a'", "1", true],
        ["{'$defs':{'a/b~c d':{'type':'string'}},'$ref':'#/$defs/a~1b~0c%20d'}", "'a'", "1", true],
        ["{'definitions':{'x':{'type':'string'}},'$ref':'#/definitions/x','minLength':2}", "'ab'", "'a'", false],
        ["{'type':'object','properties':{'next':{'$ref':'#'}},'additionalProperties':false}", "{'next':{'next':{}}}", "{'next':{'x':1}}", true],
    ];

    [TestCaseSource(nameof(Rows))]
    public void Validate_AValueThatFits_FindsNothing(string schema, string fits, string doesNotFit, bool alone) =>
        Assert.That(ASchema.Check(schema, fits), Is.Empty);

    [TestCaseSource(nameof(Rows))]
    public void Validate_AValueThatDoesNotFit_IsFound(string schema, string fits, string doesNotFit, bool alone) =>
        Assert.That(ASchema.Check(schema, doesNotFit), Is.Not.Empty);

    [TestCaseSource(nameof(Rows))]
    public void Review_OfAKeywordThatIsEnforced_WarnsOfNothing(string schema, string fits, string doesNotFit, bool alone) =>
        Assert.That(ASchema.Review(schema), Has.Property("Error").Null.And.Property("Warnings").Empty);

    /// <summary>The experiment behind the rules: when a new version of NJsonSchema turns one red, a rule may have become needless.</summary>
    [TestCaseSource(nameof(Rows))]
    public async Task NJsonSchema_Alone_EnforcesWhatTheTableSays(string schema, string fits, string doesNotFit, bool alone)
    {
        bool tellsApart;
        try
        {
            var parsed = await JsonSchema.FromJsonAsync(schema.Replace('\'', '"'));
            tellsApart = parsed.Validate(fits.Replace('\'', '"')).Count == 0 && parsed.Validate(doesNotFit.Replace('\'', '"')).Count > 0;
        }
        catch (Exception exception) when (exception is not AssertionException)
        {
            tellsApart = false;
        }
        Assert.That(tellsApart, Is.EqualTo(alone));
    }
}
