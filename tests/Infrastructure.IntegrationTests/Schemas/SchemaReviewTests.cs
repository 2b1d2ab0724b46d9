namespace OgcProcesses.Infrastructure.IntegrationTests.Schemas;

public class SchemaReviewTests
{
    [TestCase("5", "a schema must be an object, true or false")]
    [TestCase("{'type':'int'}", "'type' is 'int', which is not one of array, boolean, integer, null, number, object, string")]
    [TestCase("{'type':5}", "'type' must be a string or an array of strings")]
    [TestCase("{'type':[]}", "'type' names no type")]
    [TestCase("{'minimum':'5'}", "'minimum' must be a number")]
    [TestCase("{'exclusiveMaximum':'5'}", "'exclusiveMaximum' must be a number or a Boolean")]
    [TestCase("{'multipleOf':0}", "'multipleOf' must be greater than 0")]
    [TestCase("{'minLength':-1}", "'minLength' must be a whole number of at least 0")]
    [TestCase("{'maxItems':1.5}", "'maxItems' must be a whole number of at least 0")]
    [TestCase("{'uniqueItems':'yes'}", "'uniqueItems' must be true or false")]
    [TestCase("{'nullable':'yes'}", "'nullable' must be true or false")]
    [TestCase("{'required':true}", "'required' must be an array of strings")]
    [TestCase("{'enum':[]}", "'enum' must be an array of at least one value")]
    [TestCase("{'enum':'a'}", "'enum' must be an array of at least one value")]
    [TestCase("{'oneOf':{}}", "'oneOf' must be an array of schemas")]
    [TestCase("{'properties':[]}", "'properties' must be an object")]
    [TestCase("{'properties':{'a/b':{'items':7}}}", "at '/properties/a~1b/items': a schema must be an object, true or false")]
    [TestCase("{'format':7}", "'format' must be a string")]
    [TestCase("{'$ref':7}", "'$ref' must be a string")]
    public void Review_AKeywordOfTheWrongKind_IsAnErrorInOneSentence(string schema, string expected) =>
        Assert.That(ASchema.Review(schema).Error, Is.EqualTo(expected));

    [Test]
    public void Review_APatternThatIsNone_IsAnError() =>
        Assert.That(ASchema.Review("{'pattern':'(a'}").Error, Does.StartWith("'pattern' holds '(a', which is not a regular expression"));

    [Test]
    public void Review_ASchemaNestedTooDeeply_IsAnError()
    {
        var deep = string.Concat(Enumerable.Repeat("{'items':", 100)) + "{}" + new string('}', 100);
        Assert.That(ASchema.Review(deep).Error, Does.EndWith("the schema is nested more than 64 levels deep"));
    }

    [TestCase("{'unevaluatedProperties':false}", "'unevaluatedProperties' is kept, but not enforced")]
    [TestCase("{'items':{'$dynamicRef':'#a'}}", "at '/items': '$dynamicRef' is kept, but not enforced")]
    [TestCase("{'contentSchema':'http://a/b.xsd'}", "'contentSchema' is kept, but not enforced")]
    [TestCase("{'contentEncoding':'quoted-printable'}", "the content encoding 'quoted-printable' is kept, but not enforced")]
    [TestCase("{'format':'wkt'}", "the format 'wkt' is kept, but not enforced")]
    [TestCase("{'colour':'red'}", "'colour' is kept, but not enforced")]
    public void Review_WhatIsNotEnforced_IsNamed(string schema, string expected) =>
        Assert.That(ASchema.Review(schema).Warnings, Is.EqualTo(new[] { expected }));

    [Test]
    public void Review_Annotations_AreNoReasonToWarn() => Assert.That(ASchema.Review(
        "{'title':'a','description':'b','default':1,'example':2,'deprecated':true,'readOnly':true,'contentMediaType':'a/b','x-y':1,'format':'double'}"),
        Has.Property("Error").Null.And.Property("Warnings").Empty);

    [Test]
    public void Validate_ByASchemaThatIsWrong_SaysSo() => Assert.That(
        ASchema.Check("{'type':'int'}", "1").Single().Detail, Does.StartWith("can't be checked, because its schema is wrong: 'type' is 'int'"));
}
