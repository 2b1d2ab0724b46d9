namespace OgcProcesses.WebApi.FunctionalTests.Security;

/// <summary>What somebody gets who has not said who they are, of a server that asks.</summary>
internal sealed class DoorTests
{
    private Server _server = null!;

    [OneTimeSetUp]
    public void Start() => _server = new Server(("Security:Mode", "ApiKeys"));

    [OneTimeTearDown]
    public void Stop() => _server.Dispose();

    [TestCase("/")]
    [TestCase("/conformance")]
    [TestCase("/api")]
    [TestCase("/health/live")]
    public async Task Get_WhatTellsHowToAsk_IsOpenToAll(string path) => Assert.That((int)(await _server.GetAsync(path)).Status, Is.EqualTo(200));

    [TestCase("GET", "/processes")]
    [TestCase("GET", "/processes/echo")]
    [TestCase("GET", "/jobs")]
    [TestCase("GET", "/me")]
    [TestCase("DELETE", "/jobs")]
    [TestCase("GET", "/no/such/path")]
    public async Task Ask_AnythingElse_IsRefusedWithTheWayIn(string method, string path)
    {
        var answer = await _server.AskAsync(method, path);
        Assert.That((int)answer.Status, Is.EqualTo(401));
        Assert.That(answer.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer"));
        Assert.That((answer.MediaType, answer.Json["title"]!.GetValue<string>()), Is.EqualTo(("application/json", "Authentication is needed")));
    }

    [Test]
    public async Task Post_ABodyThatIsNotValid_IsNotToldWhy()
    {
        var answer = await _server.PostAsync("/processes/echo/execution", "{ this is no JSON");
        Assert.That((int)answer.Status, Is.EqualTo(401), "the body is not even read");
    }
}
