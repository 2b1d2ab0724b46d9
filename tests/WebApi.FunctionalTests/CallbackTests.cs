using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>What subscribers are told, heard by a web server of their own.</summary>
internal sealed class CallbackTests : ServerTests
{
    private const string JobCallback = "/req/callback/job-callback";
    private const string Key = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private Subscriber _subscriber = null!;

    [SetUp]
    public async Task ListenAsync() => _subscriber = await Subscriber.StartAsync();

    [TearDown]
    public async Task CloseAsync() => await _subscriber.DisposeAsync();

    [Test]
    [Requirement(JobCallback)]
    public async Task Success_IsToldByTheResultsDocument()
    {
        var ended = await Server.RunAsync("echo", $$"""{"inputs":{"message":"m","image":"SUkqAAgAAAA="},{{_subscriber.Member()}}}""");
        var told = await _subscriber.ToldAsync("success");
        var path = $"/jobs/{ended.Json["jobID"]}";
        Assert.That(told.Text, Is.EqualTo((await Server.GetAsync($"{path}/results")).Text));
        Assert.That(told.Headers["Content-Type"], Is.EqualTo("application/json"));
        Assert.That(told.Headers["Link"], Is.EqualTo($"<{Server.Http.BaseAddress}{path[1..]}>; rel=\"monitor\""));
        using var image = await Server.Http.GetAsync(told.Json["image"]!["href"]!.GetValue<string>());
        Assert.That((int)image.StatusCode, Is.EqualTo(200), "its links lead back to this server");
    }

    [Test]
    [Requirement(JobCallback)]
    public async Task Success_OfARawRequest_IsADocumentAllTheSame()
    {
        await Server.RunAsync("echo", $$"""{"inputs":{"message":"m","image":"SUkqAAgAAAA="},"response":"raw",{{_subscriber.Member("success")}}}""");
        var told = await _subscriber.ToldAsync("success");
        Assert.That(told.Json["message"]!.GetValue<string>(), Is.EqualTo("m"));
        Assert.That(told.Json["image"]!["href"]!.GetValue<string>(), Does.EndWith("/results/image"));
    }

    [Test]
    [Requirement(JobCallback)]
    public async Task Progress_IsToldByTheStatus_AndNeverAfterTheEnd()
    {
        var ended = await Server.RunAsync("echo", $$"""{"inputs":{"message":"m","pause":3},{{_subscriber.Member()}}}""");
        await _subscriber.ToldAsync("success");
        var all = _subscriber.All;
        var progress = all.Where(told => told.Kind == "inProgress").ToList();
        Assert.That(progress.Select(told => told.Json["jobID"]!.GetValue<string>()).Distinct(), Is.EqualTo(new[] { ended.Json["jobID"]!.GetValue<string>() }));
        Assert.That(progress.Select(told => told.Json["status"]!.GetValue<string>()).Distinct(), Is.EqualTo(new[] { "running" }));
        Assert.That(progress.Select(told => told.Json["progress"]!.GetValue<int>()), Is.Ordered);
        Assert.That(progress.Select(told => told.Json["message"]!.GetValue<string>()), Has.Some.StartsWith("Paused"));
        Assert.That(progress.Select(told => told.Id), Is.Unique);
        Assert.That(all.Select(told => told.Kind).SkipWhile(kind => kind == "inProgress"), Is.EqualTo(new[] { "success" }));
    }

    [Test]
    [Requirement(JobCallback)]
    public async Task Failure_IsToldByItsProblemDocument()
    {
        var package = Package.Running("echo no such band >&2; exit 3");
        await Server.DeployAsync(package);
        var ended = await Server.RunAsync(package.Id, $$"""{ {{_subscriber.Member()}} }""");
        var told = await _subscriber.ToldAsync("failed");
        Assert.That(JsonNode.DeepEquals(told.Json, (await Server.GetAsync($"/jobs/{ended.Json["jobID"]}/results")).Json), Is.True, told.Text);
        Assert.That(told.Json["stderr"]!.GetValue<string>(), Does.Contain("no such band"));
        Assert.That(_subscriber.All.Select(one => one.Kind), Has.None.EqualTo("success"));
    }

    [Test]
    public async Task Dismissal_BeforeTheEnd_IsToldWhereFailuresAre()
    {
        var job = await Server.ExecuteAsync("echo", $$"""{"inputs":{"message":"m","pause":600},{{_subscriber.Member()}}}""", "respond-async");
        await Server.DeleteAsync($"/jobs/{job.Json["jobID"]}");
        var told = await _subscriber.ToldAsync("failed");
        Assert.That(told.Json["status"]!.GetValue<string>(), Is.EqualTo("dismissed"));
    }

    [Test]
    public async Task ASubscriberThatFailsThrice_IsToldAgainUnderTheSameIdentifier()
    {
        using var server = new Server(("Callbacks:FirstRetry", "00:00:00.1"));
        var left = 3;
        _subscriber.Answers = _ => Interlocked.Decrement(ref left) >= 0 ? 503 : 202;
        var ended = await server.RunAsync("echo", $$"""{"inputs":{"message":"m"},{{_subscriber.Member("success")}}}""");
        var callbacks = await DeliveredAsync(server, ended.Json["jobID"]!.GetValue<string>());
        Assert.That(_subscriber.All.Select(told => told.Id).Distinct().Count(), Is.EqualTo(1));
        Assert.That(_subscriber.All.Select(told => told.Text).Distinct().Count(), Is.EqualTo(1));
        var callback = callbacks["callbacks"]!.AsArray().Single()!;
        Assert.That(callback["attempts"]!.AsArray().Select(attempt => attempt!["statusCode"]!.GetValue<int>()), Is.EqualTo(new[] { 503, 503, 503, 202 }));
        Assert.That(callback["id"]!.GetValue<string>(), Is.EqualTo(_subscriber.All[0].Id));
        Assert.That(callback["uri"]!.GetValue<string>(), Is.EqualTo($"http://127.0.0.1:{_subscriber.Port}/success"), "its query may be a secret");
        Assert.That(callback["nextAttempt"], Is.Null);
    }

    [Test]
    public async Task Callbacks_OfAServerWithAKey_CarryASignatureThatHolds()
    {
        using var server = new Server(("Callbacks:SigningKeys:0", $"whsec_{Key}"));
        await server.RunAsync("echo", $$"""{"inputs":{"message":"m"},{{_subscriber.Member("success")}}}""");
        var told = await _subscriber.ToldAsync("success");
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{told.Id}.{told.Headers["webhook-timestamp"]}."), .. told.Body];
        var expected = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Key), signed));
        Assert.That(told.Headers["webhook-signature"], Is.EqualTo($"v1,{expected}"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task ASubscriberThatIsAway_WhileTheServerIsKilledOrStopped_IsToldOnceItIsBack(bool kill)
    {
        await _subscriber.DisposeAsync();
        var folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;
        var server = new ServerProcess(
            folder,
            "--Fetch:AllowedNetworks:0", "127.0.0.0/8",
            "--Callbacks:FirstRetry", "00:00:00.2", "--Callbacks:MaxRetry", "00:00:00.5", "--Callbacks:Timeout", "00:00:02");
        try
        {
            await server.StartAsync();
            var before = server.Url;
            var jobId = await server.ExecuteAsync("echo", $$"""{"inputs":{"message":"m","image":"SUkqAAgAAAA="},{{_subscriber.Member("success")}}}""");
            var tried = await server.UntilAsync($"{jobId}/callbacks", all => all["callbacks"]!.AsArray() is [{ } callback] && callback["attempts"]!.AsArray().Count > 0);
            if (kill) await server.KillAsync();
            else await server.StopAsync();
            await _subscriber.ListenAsync();
            await server.StartAsync();
            var told = await _subscriber.ToldAsync("success");
            Assert.That(told.Id, Is.EqualTo(tried["callbacks"]![0]!["id"]!.GetValue<string>()));
            Assert.That(told.Json["image"]!["href"]!.GetValue<string>(), Does.StartWith($"{before}/jobs/{jobId}"), "the address that the client knew");
            await server.StopAsync();
        }
        finally
        {
            server.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task PublicUrl_IsWhereAllLinksLead()
    {
        using var server = new Server(("Api:PublicUrl", "https://public.example:444/ogc"));
        await server.RunAsync("echo", $$"""{"inputs":{"message":"m"},{{_subscriber.Member("success")}}}""");
        var told = await _subscriber.ToldAsync("success");
        var landing = await server.GetAsync("/");
        var page = await server.GetAsync("/processes?limit=1");
        Assert.That(told.Headers["Link"], Does.StartWith("<https://public.example:444/ogc/jobs/"));
        Assert.That(Hrefs(landing), Is.All.StartsWith("https://public.example:444/ogc/"));
        Assert.That(Hrefs(page), Has.Some.StartsWith("https://public.example:444/ogc/processes?limit=1&cursor="));
    }

    [Test]
    public async Task Status_OfAJobWithASubscriber_LinksToItsCallbacks()
    {
        var told = await Server.RunAsync("echo", $$"""{"inputs":{"message":"m"},{{_subscriber.Member()}}}""");
        var untold = await Server.RunAsync("echo", """{"inputs":{"message":"m"}}""");
        Assert.That(Hrefs(told), Has.One.EqualTo($"{Server.Http.BaseAddress}jobs/{told.Json["jobID"]}/callbacks"));
        Assert.That(Hrefs(untold), Has.None.Contains("callbacks"));
        Assert.That((await Server.GetAsync($"/jobs/{untold.Json["jobID"]}/callbacks")).Json["callbacks"]!.AsArray(), Is.Empty);
        Assert.That((int)(await Server.GetAsync($"/jobs/{Guid.NewGuid()}/callbacks")).Status, Is.EqualTo(404));
    }

    [TestCase("/processes/{processId}/execution")]
    [TestCase("/execution")]
    [Requirement(JobCallback)]
    public async Task Definition_OfExecutions_DescribesTheirCallbacks(string path)
    {
        var definition = (await Server.GetAsync("/api?f=json")).Json;
        var callbacks = definition["paths"]![path]!["post"]!["callbacks"]!.AsObject();
        Assert.That(callbacks.Select(callback => callback.Key), Is.EqualTo(new[] { "jobCompleted", "jobProgress", "jobFailed" }));
        var progress = callbacks["jobProgress"]!["{$request.body#/subscriber/inProgressUri}"]!["post"]!;
        Assert.That(progress["requestBody"]!["content"]!["application/json"]!["schema"]!.ToJsonString(), Does.Contain("#/components/schemas/statusInfo"));
    }

    [TestCase("successUri", "http://10.1.2.3/")]
    [TestCase("inProgressUri", "http://169.254.169.254/latest")]
    [TestCase("failedUri", "ftp://example.org/")]
    [TestCase("failedUri", "there")]
    [TestCase("successUri", "http://user:password@example.org/")]
    [Requirement(JobCallback)]
    public async Task AnAddressThatMayNotBeCalled_IsRefusedAtOnce(string member, string address)
    {
        var refused = await Server.ExecuteAsync("echo", $$"""{"inputs":{"message":"m"},"subscriber":{"{{member}}":"{{address}}"} }""");
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Pointers(), Is.EqualTo(new[] { $"/subscriber/{member}" }));
    }

    [TestCase("""{"successUri":1}""", "/subscriber/successUri")]
    [TestCase("[]", "/subscriber")]
    public async Task ASubscriberOfTheWrongType_IsRefused(string subscriber, string pointer)
    {
        var refused = await Server.ExecuteAsync("echo", $$"""{"inputs":{"message":"m"},"subscriber":{{subscriber}} }""");
        Assert.That((int)refused.Status, Is.EqualTo(400), refused.Text);
        Assert.That(refused.Pointers(), Is.EqualTo(new[] { pointer }));
    }

    private static async Task<JsonNode> DeliveredAsync(Server server, string jobId) =>
        (await server.UntilAsync($"{jobId}/callbacks", all => all["callbacks"]!.AsArray().All(callback => callback!["status"]!.GetValue<string>() == "delivered"))).Json;

    private static IEnumerable<string> Hrefs(Answer answer) => answer.Json["links"]!.AsArray().Select(link => link!["href"]!.GetValue<string>());
}
