namespace OgcProcesses.WebApi.FunctionalTests;

internal sealed class ErrorsTests : ServerTests
{
    [TestCase("{")]
    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("7")]
    [TestCase("{\"inputs\":[]}")]
    [TestCase("{\"inputs\":{\"message\":}}")]
    [TestCase("{\"outputs\":7}")]
    [TestCase("{\"response\":{}}")]
    [TestCase("\u0000")]
    public async Task Execute_MalformedBody_Is400WithAPlace(string body)
    {
        var refused = await Server.ExecuteAsync("echo", body);
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Pointers(), Is.Not.Empty);
        Assert.That(refused.Text, Does.Not.Contain("System."));
    }

    [TestCase("{\"inputs\":{\"message\":\"m\",\"pause\":\"soon\"}}", "/inputs/pause")]
    [TestCase("{\"outputs\":{\"message\":7}}", "/outputs/message")]
    public async Task Execute_WrongJsonType_IsToldAtItsPlace(string body, string pointer) =>
        Assert.That((await Server.ExecuteAsync("echo", body)).Pointers(), Does.Contain(pointer));

    [Test]
    public async Task Execute_DeeplyNestedBody_Is400()
    {
        var body = string.Concat(Enumerable.Repeat("{\"inputs\":", 1000)) + "1" + new string('}', 1000);
        Assert.That((int)(await Server.ExecuteAsync("echo", body)).Status, Is.EqualTo(400));
    }

    [TestCase("text/plain")]
    [TestCase("application/x-www-form-urlencoded")]
    public async Task Execute_OtherMediaType_Is415AsAProblem(string mediaType)
    {
        var refused = await Server.PostAsync("/processes/echo/execution", "message=m", mediaType: mediaType);
        Assert.That((int)refused.Status, Is.EqualTo(415));
        Assert.That(refused.Json["status"]!.GetValue<int>(), Is.EqualTo(415));
    }

    [Test]
    public async Task Execute_BodyInAnotherCharacterSet_Is400() => Assert.That(
        (int)(await Server.PostAsync("/processes/echo/execution", "{}", mediaType: "application/json; charset=utf-16")).Status, Is.EqualTo(400));

    [TestCase("status=")]
    [TestCase("processID=")]
    [TestCase("type=")]
    public async Task Jobs_EmptyFilter_IsNone(string query) => Assert.That((int)(await Server.GetAsync($"/jobs?{query}")).Status, Is.EqualTo(200));

    [Test]
    public async Task Execute_HalfASurrogatePair_Is400() => Assert.That(
        (await Server.ExecuteAsync("echo", """{"inputs":{"message":"\ud800"}}""")).Pointers(), Is.EqualTo(new[] { "/inputs/message" }));

    [TestCase("/nowhere", 404)]
    [TestCase("/jobs/x/y/z", 404)]
    public async Task UnknownPath_IsAProblem(string path, int status)
    {
        var refused = await Server.GetAsync(path);
        Assert.That((int)refused.Status, Is.EqualTo(status));
        Assert.That(refused.Json["status"]!.GetValue<int>(), Is.EqualTo(status));
    }

    [Test]
    public async Task WrongMethod_Is405AsAProblem()
    {
        var refused = await Server.SendAsync(HttpMethod.Patch, "/processes", "{}");
        Assert.That((int)refused.Status, Is.EqualTo(405));
        Assert.That(refused.Json["title"]!.GetValue<string>(), Is.EqualTo("Method Not Allowed"));
    }

    [TestCase(null, "application/json")]
    [TestCase("*/*", "application/json")]
    [TestCase("application/json", "application/json")]
    [TestCase("application/problem+json", "application/problem+json")]
    [TestCase("application/json, application/problem+json;q=0.5", "application/problem+json")]
    [TestCase("image/png", "application/problem+json")]
    public async Task Problem_IsSentAsItsReaderExpects(string? accept, string mediaType) =>
        Assert.That((await Server.GetAsync("/processes/none", accept)).MediaType, Is.EqualTo(mediaType));

    [Test]
    public async Task HugeBody_Is413()
    {
        using var small = new Server(("Api:MaxRequestBytes", "2000"));
        var refused = await small.ExecuteAsync("echo", $$"""{"inputs":{"message":"{{new string('x', 3000)}}"} }""");
        Assert.That((int)refused.Status, Is.EqualTo(413), refused.Text);
        Assert.That(refused.Json["status"]!.GetValue<int>(), Is.EqualTo(413));
    }

    [Test]
    public async Task PathBase_IsPartOfEveryLink()
    {
        using var behindProxy = new Server(("Api:PathBase", "/ogc"));
        var page = await behindProxy.GetAsync("/ogc/");
        Assert.That(page.Json["links"]!.AsArray().Select(link => new Uri(link!["href"]!.GetValue<string>()).AbsolutePath), Has.All.StartsWith("/ogc/"));
    }

    [Test]
    public async Task FullDisk_RefusesJobsWithTheReason()
    {
        using var full = new Server(("Runner:MinFreeBytes", long.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var refused = await full.ExecuteAsync("echo", """{"inputs":{"message":"m"}}""");
        var ready = await full.GetAsync("/health/ready");
        Assert.That((int)refused.Status, Is.EqualTo(503));
        Assert.That((int)ready.Status, Is.EqualTo(503));
    }
}
