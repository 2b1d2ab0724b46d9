namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Executions that are sent more than once: draft-ietf-httpapi-idempotency-key-header.</summary>
internal sealed class IdempotencyTests : ServerTests
{
    private const string Body = """{"inputs":{"message":"m","pause":1}}""";

    [Test]
    public async Task SameKeyAndBody_GiveTheSameJob_HoweverTheyAreWritten()
    {
        var key = NewKey();
        var first = await ExecuteAsync(key, Body, "respond-async");
        var quoted = await ExecuteAsync($"\"{key}\"", """{ "inputs": { "pause": 1, "message": "m" } }""", "respond-async");
        var named = await Server.AskAsync("POST", "/execution", """{"process":"echo","inputs":{"message":"m","pause":1}}""", ("Idempotency-Key", key), ("Prefer", "respond-async"));
        Assert.That(new[] { (int)first.Status, (int)quoted.Status, (int)named.Status }, Is.All.EqualTo(201));
        Assert.That(new[] { JobOf(quoted), JobOf(named) }, Is.All.EqualTo(JobOf(first)));
        Assert.That(named.Headers.Location, Is.EqualTo(first.Headers.Location));
    }

    [Test]
    public async Task ManyRequestsAtOnce_MakeOneJob_AndAllOfThemHaveItsResults()
    {
        var key = NewKey();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ExecuteAsync(key, Body)));
        Assert.That(answers.Select(answer => (int)answer.Status), Is.All.EqualTo(200));
        Assert.That(answers.Select(answer => answer.ContentHeaders.ContentLocation).Distinct().ToList(), Has.Count.EqualTo(1));
        Assert.That(answers.Select(answer => answer.Json["message"]!.GetValue<string>()), Is.All.EqualTo("m"));
    }

    [Test]
    public async Task Preference_IsNoPartOfTheRequest()
    {
        var key = NewKey();
        var accepted = await ExecuteAsync(key, Body, "respond-async");
        var waited = await ExecuteAsync(key, Body);
        Assert.That((int)waited.Status, Is.EqualTo(200), waited.Text);
        Assert.That(waited.ContentHeaders.ContentLocation!.ToString(), Is.EqualTo($"{accepted.Headers.Location}/results"));
    }

    [Test]
    public async Task AnotherBody_WithTheSameKey_IsRefused()
    {
        var key = NewKey();
        await ExecuteAsync(key, Body, "respond-async");
        var refused = await ExecuteAsync(key, """{"inputs":{"message":"other"}}""", "respond-async");
        Assert.That((int)refused.Status, Is.EqualTo(422));
        Assert.That(refused.Json["detail"]!.GetValue<string>(), Does.Contain(key));
    }

    [Test]
    public async Task RequestThatIsWrong_LeavesItsKeyFree()
    {
        var key = NewKey();
        var wrong = await ExecuteAsync(key, """{"inputs":{"pause":1}}""");
        var right = await ExecuteAsync(key, Body);
        Assert.That(((int)wrong.Status, (int)right.Status), Is.EqualTo((400, 200)));
    }

    [Test]
    public async Task DismissedJob_IsNotRunAgainByItsKey()
    {
        var key = NewKey();
        var first = await ExecuteAsync(key, """{"inputs":{"message":"m","pause":60}}""", "respond-async");
        await Server.DeleteAsync($"/jobs/{JobOf(first)}");
        var again = await ExecuteAsync(key, """{"inputs":{"message":"m","pause":60}}""", "respond-async");
        Assert.That((JobOf(again), again.Json["status"]!.GetValue<string>()), Is.EqualTo((JobOf(first), "dismissed")));
    }

    private static IEnumerable<TestCaseData> Malformed()
    {
        yield return new TestCaseData("").SetArgDisplayNames("empty");
        yield return new TestCaseData("\"\"").SetArgDisplayNames("empty in quotes");
        yield return new TestCaseData("\"open").SetArgDisplayNames("quote not closed");
        yield return new TestCaseData("\"a\"b").SetArgDisplayNames("more after the quote");
        yield return new TestCaseData("\"a\\n\"").SetArgDisplayNames("another escape");
        yield return new TestCaseData("kéy").SetArgDisplayNames("not ASCII");
        yield return new TestCaseData("a\tb").SetArgDisplayNames("not printable");
        yield return new TestCaseData(new string('k', 256)).SetArgDisplayNames("too long");
    }

    [TestCaseSource(nameof(Malformed))]
    public async Task MalformedKey_IsRefusedByName(string key)
    {
        var answer = await RawRequest.SendAsync(Server, $"""
            POST /processes/echo/execution HTTP/1.1
            Host: {Server.Http.BaseAddress!.Authority}
            Connection: close
            Content-Type: application/json
            Content-Length: {Body.Length}
            Idempotency-Key: {key}

            {Body}
            """);
        Assert.That(RawRequest.StatusOf(answer), Is.EqualTo(400), answer);
        Assert.That(answer, Does.Contain("\"parameter\":\"Idempotency-Key\""));
    }

    [Test]
    public async Task LongestKey_IsTaken()
    {
        var key = NewKey() + new string('~', 255 - 36);
        Assert.That((int)(await ExecuteAsync(key, Body, "respond-async")).Status, Is.EqualTo(201));
    }

    [Test]
    public async Task SameKey_AfterAKillOfTheServer_GivesTheSameJob()
    {
        var folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;
        var server = new ServerProcess(folder);
        try
        {
            await server.StartAsync();
            var first = await server.ExecuteAsync("echo", Body, "k");
            await server.KillAsync();
            await server.StartAsync();
            Assert.That(await server.ExecuteAsync("echo", Body, "k"), Is.EqualTo(first));
            await server.UntilAsync(first, status => status["status"]!.GetValue<string>() == "successful");
            await server.StopAsync();
        }
        finally
        {
            server.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string NewKey() => Guid.NewGuid().ToString();

    private static string JobOf(Answer accepted) => accepted.Json["jobID"]!.GetValue<string>();

    private static Task<Answer> ExecuteAsync(string key, string body, string? prefer = null) => Server.AskAsync(
        "POST", "/processes/echo/execution", body, prefer is null ? [("Idempotency-Key", key)] : [("Idempotency-Key", key), ("Prefer", prefer)]);
}
