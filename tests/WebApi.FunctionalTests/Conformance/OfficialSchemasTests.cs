namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

internal sealed class OfficialSchemasTests : ServerTests
{
    [SetUp]
    public void SkipWithoutThem()
    {
        if (OfficialSchemas.Absence is { } reason) Assert.Ignore($"Answers are not measured by the official schemas. {reason}");
    }

    [Test]
    public async Task EveryAnswer_IsMeasured()
    {
        foreach (var path in (string[])["/", "/conformance", "/processes", "/processes/echo", "/processes/echo-types", "/jobs", "/jobs/none", "/nowhere"])
            await Server.GetAsync(path);
    }

    [TestCase("confClasses", """{"conformsTo":[7]}""", "/conformsTo/0: 7 is not of type 'string'")]
    [TestCase("statusInfo", """{"jobID":"1","type":"process","status":"asleep"}""", "/status: 'asleep' is not one of ['accepted', 'running', 'successful', 'failed', 'dismissed']")]
    [TestCase("exception", "{}", "/: 'type' is a required property")]
    public void Violations_WrongDocument_AreToldWithTheirPlace(string schema, string document, string violation) => Assert.That(
        OfficialSchemas.Violations($"urn:x-ogcapi-processes:part1:1.0#/$defs/{schema}", System.Text.Encoding.UTF8.GetBytes(document)),
        Is.EqualTo(new[] { violation }));
}
