namespace OgcProcesses.WebApi.FunctionalTests.Html;

/// <summary>Who gets JSON, and who a page.</summary>
internal sealed class NegotiationTests : ServerTests
{
    private const string Json = "application/json";
    private const string Page = "text/html";

    [TestCase(null, Json)]
    [TestCase("*/*", Json)]
    [TestCase("application/json", Json)]
    [TestCase("text/html", Page)]
    [TestCase("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", Page)]
    [TestCase("text/html, */*", Page)]
    [TestCase("text/*", Page)]
    [TestCase("text/html;q=0.5, application/json;q=0.4", Page)]
    [TestCase("text/html;q=0.4, application/json;q=0.5", Json)]
    [TestCase("text/html, application/json", Json)]
    [TestCase("text/html;q=0, */*", Json)]
    [TestCase("text/html;q=0", Json)]
    [TestCase("text/*;q=0.1, application/*", Json)]
    [TestCase("image/png", Json)]
    [TestCase("not a media type", Json)]
    [Requirement("/req/html/definition")]
    public async Task Get_ByAccept_IsWhatFitsBest(string? accept, string mediaType) =>
        Assert.That((await Server.GetAsync("/processes", accept)).MediaType, Is.EqualTo(mediaType));

    [TestCase("html", Json, Page)]
    [TestCase("json", Page, Json)]
    public async Task Format_OverridesAccept(string format, string accept, string mediaType)
    {
        foreach (var path in new[] { "/", "/conformance", "/processes", "/processes/echo", "/jobs" })
            Assert.That((await Server.GetAsync($"{path}?f={format}", accept)).MediaType, Is.EqualTo(mediaType), path);
    }

    [TestCase("/")]
    [TestCase("/conformance")]
    [TestCase("/api")]
    [TestCase("/processes")]
    [TestCase("/processes/echo")]
    [TestCase("/jobs")]
    public async Task Format_Unknown_IsRefusedByName(string path)
    {
        var refused = await Server.GetAsync($"{path}?f=xml");
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Pointers(), Is.EqualTo(new[] { "f" }));
    }

    [Test]
    public async Task Post_WhateverItAccepts_IsAnsweredForPrograms()
    {
        var answer = await Server.AskAsync("POST", "/processes/echo/execution?f=html", """{"inputs":{"message":"m"}}""", ("Accept", Page), ("Prefer", "respond-async"));
        Assert.That((int)answer.Status, Is.EqualTo(201), answer.Text);
        Assert.That(answer.MediaType, Is.EqualTo(Json));
        await Server.EndOfAsync(answer.Json["jobID"]!.GetValue<string>());
    }

    [Test]
    public async Task Results_WhoAcceptsTheirOwnType_GetsThemAsTheyAre()
    {
        var job = (await Server.RunAsync("echo", """{"inputs":{"message":"m"},"outputs":{"message":{}},"response":"raw"}""")).Json["jobID"]!.GetValue<string>();
        Assert.That((await Server.GetAsync($"/jobs/{job}/results", "text/plain")).MediaType, Is.EqualTo("text/plain"));
        Assert.That((await Server.GetAsync($"/jobs/{job}/results", Page)).MediaType, Is.EqualTo(Page));
    }

    /// <summary>A browser asks by the tag of the JSON that it has, when it wants the page.</summary>
    [Test]
    public async Task Page_ToWhoHasTheJson_IsSent()
    {
        var tag = (await Server.GetAsync("/processes/echo")).Headers.ETag!.ToString();
        var page = await Server.AskAsync("GET", "/processes/echo", null, ("Accept", Page), ("If-None-Match", tag));
        Assert.That((int)page.Status, Is.EqualTo(200));
        Assert.That(page.MediaType, Is.EqualTo(Page));
    }

    [Test]
    public async Task Log_FromALineOn_LeavesOutWhatTheClientHas()
    {
        var package = Package.Running("echo one; echo two; echo three");
        await Server.DeployAsync(package);
        var job = (await Server.RunAsync(package.Id, "{}")).Json["jobID"]!.GetValue<string>();
        Assert.That(Texts(await Server.GetAsync($"/jobs/{job}/logs?skip=1")), Is.EqualTo(new[] { "two", "three" }));
        Assert.That(Texts(await Server.GetAsync($"/jobs/{job}/logs?skip=9")), Is.Empty);
        Assert.That((await Server.GetAsync($"/jobs/{job}/logs?skip=-1")).Pointers(), Is.EqualTo(new[] { "skip" }));

        static IEnumerable<string> Texts(Answer log) => log.Json.AsArray().Select(line => line!["text"]!.GetValue<string>());
    }
}
