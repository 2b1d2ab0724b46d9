namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>Part 1, json.</summary>
internal sealed class JsonTests : ConformanceTests
{
    [TestCase("/")]
    [TestCase("/conformance")]
    [TestCase("/processes")]
    [TestCase("/processes/echo")]
    [TestCase("/jobs")]
    [Requirement("/req/json/definition")]
    public async Task Resource_WithAndWithoutAccept_IsJson(string path)
    {
        foreach (var accept in (string?[])["application/json", "*/*", null])
        {
            var answer = await Server.GetAsync(path, accept);
            Assert.That(((int)answer.Status, answer.MediaType), Is.EqualTo((200, "application/json")), accept);
        }
    }

    [Test]
    [Requirement("/req/json/definition")]
    public async Task ExecutionAndJob_AreJson()
    {
        const string Request = """{"inputs":{"message":"m"},"response":"document"}""";
        var results = await Server.ExecuteAsync("echo", Request);
        var made = await Server.ExecuteAsync("echo", Request, "respond-async");
        var status = await Server.GetAsync($"/jobs/{made.Json["jobID"]}", "application/json");
        Assert.That(new[] { results.MediaType, made.MediaType, status.MediaType }, Is.All.EqualTo("application/json"));
    }
}
