using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>Why jobs failed, and what they wait for, as clients read it; over real containers.</summary>
internal sealed class WhyTests : ServerTests
{
    private const string Text = """{"type":"string"}""";
    private const string Number = """{"type":"number"}""";
    private const string Tiff = """{"type":"string","contentMediaType":"image/tiff"}""";

    private WebApplication _data = null!;

    [OneTimeSetUp]
    public async Task StartDataAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _data = builder.Build();
        _data.MapGet("/word", () => Results.Text("\"seven\"", "application/json"));
        await _data.StartAsync();
    }

    [OneTimeTearDown]
    public async Task StopDataAsync() => await _data.DisposeAsync();

    [TestCase("echo no such band >&2; exit 3", 3, "exit code 3: no such band", "stderr")]
    [TestCase("cd /tmp; echo x > x; exec ./x", 126, "exit code 126", "chmod +x")]
    [TestCase("nosuchprogram", 127, "nosuchprogram: not found", "not found")]
    [TestCase("kill -KILL $$", 137, "exit code 137", "SIGKILL")]
    [TestCase("kill -SEGV $$", 139, "exit code 139", "SIGSEGV")]
    [TestCase("kill -TERM $$", 143, "exit code 143", "SIGTERM")]
    public async Task ExitCode_IsToldWithItsMeaning(string script, int code, string reason, string remedy)
    {
        var failed = await FailAsync(Package.Running(script));
        Assert.That(Why(failed, "exitCode", "The program ended with an error"), Does.Contain(reason));
        Assert.That(failed["exception"]!["exitCode"]!.GetValue<int>(), Is.EqualTo(code));
        Assert.That(failed["exception"]!["remedy"]!.GetValue<string>(), Does.Contain(remedy));
    }

    [Test]
    public async Task OutOfMemory_NamesTheLimitAndTheMember()
    {
        var failed = await FailAsync(Package.Running("exec tail /dev/zero").With("memoryMax", 0.03));
        Assert.That(Why(failed, "outOfMemory", "The program ran out of memory"), Does.Contain("0.03 GB").And.Contain("config.memoryMax"));
        Assert.That(Remedy(failed), Does.Contain("config.memoryMax"));
    }

    [Test]
    public async Task Timeout_NamesTheLimitAndTheMember_WithTheLastWords()
    {
        var failed = await FailAsync(Package.Running("trap 'echo still here >&2; exit 1' TERM; sleep 600 & wait").With("jobTimeout", 1));
        Assert.That(Why(failed, "timeout", "The program ran out of time"), Does.Contain("00:00:01").And.Contain("config.jobTimeout"));
        Assert.That(failed["exception"]!["stderr"]!.GetValue<string>(), Is.EqualTo("still here"));
    }

    [Test]
    public async Task ContainerRefused_NamesTheProgram()
    {
        // Without an init process, which would start and then end with 127.
        using var server = new Server(("Sandbox:Init", "false"));
        var package = Package.Running("true");
        package.Unit["command"] = new JsonArray("/no/such/program");
        await server.DeployAsync(package);
        var failed = (await server.RunAsync(package.Id, "{}")).Json;
        Assert.That(Why(failed, "containerRefused", "The container can't be started"), Does.Contain("/no/such/program"));
    }

    [Test]
    public async Task InputUnavailable_NamesTheLinkWithoutItsSecretsAndTheStatus()
    {
        var link = new UriBuilder(Link("/none.tif")) { Query = "?X-Signature=abc123" };
        var failed = await FailAsync(Package.Running("true").Taking("scene", Tiff), $$$$"""{"inputs":{"scene":{"href":"{{{{link.Uri}}}}"}}}""");
        var why = Why(failed, "inputUnavailable", "An input could not be fetched");
        Assert.That(why, Does.Contain("'scene'").And.Contain(Link("/none.tif")).And.Contain("answered 404 (NotFound)"));
        Assert.That(failed.ToJsonString(), Does.Not.Contain("abc123"));
        Assert.That(Remedy(failed), Does.Contain("Fetch:AllowedHosts"));
    }

    [Test]
    public async Task InputInvalid_SaysWhatIsWrongWithIt()
    {
        var failed = await FailAsync(Package.Running("true").Taking("band", Number), $$$$"""{"inputs":{"band":{"href":"{{{{Link("/word")}}}}"}}}""");
        Assert.That(Why(failed, "inputInvalid", "A fetched input is not valid"), Does.Contain("'band'").And.Contain("schema"));
    }

    [Test]
    public async Task OutputMissing_SaysWhereItWasLookedForAndWhatWasThere()
    {
        var package = Package.Running("for i in 10 11 12 13 14 15 16 17 18 19 20 21; do echo 1 > band$i; done").Giving("index", Number);
        Assert.That(Why(await FailAsync(package), "outputMissing", "An output is missing"), Does.Contain("'index'").And.Contain("'index.*'")
            .And.Contain("/job/outputs").And.Contain("'band10' (2 bytes)").And.Contain("and 2 more files").And.Not.Contain("band20"));
    }

    [Test]
    public async Task OutputInvalid_SaysHow()
    {
        var failed = await FailAsync(Package.Running("echo abc > index").Giving("index", Number));
        Assert.That(Why(failed, "outputInvalid", "An output is not valid"), Does.Contain("'index'"));
        Assert.That(Why(await FailAsync(Package.Running("ln -s /etc/passwd index").Giving("index", Text)), "outputInvalid", "An output is not valid"), Does.Contain("symbolic link"));
    }

    [Test]
    public async Task LimitExceeded_NamesTheLimit()
    {
        var failed = await FailAsync(Package.Running("i=0; while [ $i -le 1000 ]; do : > f$i; i=$((i+1)); done").Giving("index", Number));
        Assert.That(Why(failed, "limitExceeded", "A limit was exceeded"), Does.Contain("1000 files"));
    }

    /// <summary>An engine that does not answer is waited for, which the job tells, and then given up.</summary>
    [Test]
    public async Task EngineFailed_IsToldAfterTheWaitForIt()
    {
        using var server = new Server(("Docker:Endpoint", "unix:///run/no-such-engine.sock"), ("Runner:EngineRecovery", "00:00:03"));
        var job = await ExecuteAsync(server, "echo", """{"inputs":{"message":"m"}}""");
        var waiting = await server.UntilAsync(job, status => status["message"]!.GetValue<string>().StartsWith("Waiting for the container engine", StringComparison.Ordinal));
        Assert.That(waiting.Json["message"]!.GetValue<string>(), Does.Contain("can't be reached"));
        var failed = (await server.EndOfAsync(job)).Json;
        Assert.That(Why(failed, "engineFailed", "The container engine failed"), Does.Contain("no-such-engine.sock"));
        Assert.That(Remedy(failed), Does.Contain("/health/ready"));
    }

    [Test]
    public async Task ServerError_SaysNothingOfTheServersInside()
    {
        using var server = new Server();
        var work = Path.Combine(server.Folder, "work");
        if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        await File.WriteAllTextAsync(work, "in the way");
        var job = await ExecuteAsync(server, "echo", """{"inputs":{"message":"m"}}""");
        var failed = (await server.EndOfAsync(job)).Json;
        Assert.That(Why(failed, "serverError", "The server failed"), Does.Not.Contain(server.Folder));
        Assert.That(Remedy(failed), Does.Contain("operator"));
    }

    /// <summary>The results, the callback and the page give the reason that the status gives.</summary>
    [Test]
    public async Task Failure_IsToldAlikeInResultsCallbackAndPage()
    {
        await using var subscriber = await Subscriber.StartAsync();
        var package = Package.Running("echo '<b>last</b>' >&2; exit 127");
        var failed = await FailAsync(package, $$"""{ {{subscriber.Member("failed")}} }""");
        var job = failed["jobID"]!.GetValue<string>();
        var results = (await Server.GetAsync($"/jobs/{job}/results")).Json;
        var told = (await subscriber.ToldAsync("failed")).Json;
        var page = (await Server.GetAsync($"/jobs/{job}", "text/html")).Text;
        foreach (var problem in new[] { results, told })
        {
            Assert.That(problem["kind"]!.GetValue<string>(), Is.EqualTo("exitCode"));
            Assert.That(problem["remedy"]!.GetValue<string>(), Is.EqualTo(Remedy(failed)));
            Assert.That(problem["stderr"]!.GetValue<string>(), Is.EqualTo("<b>last</b>"));
        }

        Assert.That(page, Does.Contain("What to do").And.Contain("image&#x27;s PATH").And.Contain("&lt;b&gt;last&lt;/b&gt;"));
    }

    [TestCase("Runner:MaxConcurrentJobs", "1", "Waiting behind 1 of your jobs: all 1 places for running jobs are taken")]
    [TestCase("Runner:MaxConcurrentJobsPerProcess", "1", "Waiting behind 1 of your jobs: all 1 places for jobs of this process are taken")]
    [TestCase("Runner:CpuBudget", "0.6", "Waiting behind 1 of your jobs: the cores it needs are in use")]
    [TestCase("Runner:MemoryBudget", "200000000", "Waiting behind 1 of your jobs: the memory it needs is in use")]
    public async Task WaitingJob_TellsItsPositionAndWhatItWaitsFor(string setting, string value, string message)
    {
        using var server = new Server((setting, value), ("Runner:DefaultMemoryRequest", "130000000"));
        var running = await ExecuteAsync(server, "echo", """{"inputs":{"message":"m","pause":60}}""");
        await server.UntilAsync(running, status => status["status"]!.GetValue<string>() == "running");
        var next = await ExecuteAsync(server, "echo", """{"inputs":{"message":"m"}}""");
        var last = await ExecuteAsync(server, "echo", """{"inputs":{"message":"m"}}""");
        Assert.That((await server.GetAsync($"/jobs/{last}")).Json["message"]!.GetValue<string>(), Is.EqualTo(message));
        Assert.That((await server.GetAsync($"/jobs/{next}")).Json["message"]!.GetValue<string>(), Is.EqualTo(message.Replace("Waiting behind 1 of your jobs", "Next of your jobs to start")));
        await server.DeleteAsync($"/jobs/{running}");
        Assert.That((await server.EndOfAsync(last)).Json["status"]!.GetValue<string>(), Is.EqualTo("successful"));
    }

    /// <summary>A job was taken while there was room; what it waits for now is told, and that it is too large for a server that came back smaller.</summary>
    [Test]
    public async Task WaitingJob_AfterTheServerCameBackSmallerAndWithAFullDisk_TellsSo()
    {
        var folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;
        var package = Package.Running("true").With("cpuMin", 1);
        string running, waiting;
        using (var before = new ServerProcess(folder, "--Runner:CpuBudget", "1"))
        {
            await before.StartAsync();
            await before.DeployAsync(package);
            running = await before.ExecuteAsync("echo", """{"inputs":{"message":"m","pause":60}}""");
            // Its program has begun: a job without a container would wait again.
            await before.UntilAsync(running, status => status["message"]!.GetValue<string>().StartsWith("Paused", StringComparison.Ordinal));
            waiting = await before.ExecuteAsync(package.Id, "{}");
            await before.KillAsync();
        }

        using (var smaller = new ServerProcess(folder, "--Runner:CpuBudget", "0.6"))
        {
            await smaller.StartAsync();
            var status = await smaller.UntilAsync(waiting, _ => true);
            Assert.That(status["message"]!.GetValue<string>(), Is.EqualTo("Next of your jobs to start: it needs more cores than this server gives to jobs"));
            await smaller.KillAsync();
        }

        using (var full = new ServerProcess(folder, "--Runner:MinFreeBytes", $"{long.MaxValue}"))
        {
            await full.StartAsync(isReady: false);
            var status = await full.UntilAsync(waiting, _ => true);
            Assert.That(status["message"]!.GetValue<string>(), Is.EqualTo("Next of your jobs to start: the server's disk is full"));
            using var http = new HttpClient();
            (await http.DeleteAsync($"{full.Url}/jobs/{running}")).Dispose();
            await full.StopAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A server is killed for good, and its container with it; another node on the same database finds out.</summary>
    [Test]
    public async Task NodeLost_IsToldApartFromAnEngineThatFailed()
    {
        var folder = Directory.CreateTempSubdirectory("ogcprocesses-test-").FullName;
        string[] shared = ["--Docker:InstanceId", $"why-{Guid.NewGuid():N}", "--Runner:LeaseDuration", "00:00:03", "--Runner:MaxAttempts", "1", "--Runner:ReconcileInterval", "00:00:00.5"];
        string job;
        using (var lost = new ServerProcess(folder, [.. shared, "--Runner:NodeId", "first"]))
        {
            await lost.StartAsync();
            job = await lost.ExecuteAsync("echo", """{"inputs":{"message":"m","pause":60}}""");
            await lost.UntilAsync(job, status => status["message"]!.GetValue<string>().Contains("aus", StringComparison.Ordinal));
            await lost.KillAsync();
            await Engine.RemoveAsync((await Engine.ContainersOfAsync(job)).Single().ID);
        }

        using var other = new ServerProcess(folder, [.. shared, "--Runner:NodeId", "second"]);
        await other.StartAsync();
        var failed = await other.UntilAsync(job, status => status["status"]!.GetValue<string>() == "failed");
        Assert.That(Why(failed, "nodeLost", "The server node was lost"), Does.Contain("node 'first' was lost"));
        await other.StopAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static string Why(JsonNode failed, string type, string title)
    {
        var why = failed["exception"]!;
        Assert.That((why["type"]!.GetValue<string>(), why["title"]!.GetValue<string>()), Is.EqualTo((type, title)), failed.ToJsonString());
        Assert.That(failed["message"]!.GetValue<string>(), Is.EqualTo(why["detail"]!.GetValue<string>()));
        return why["detail"]!.GetValue<string>();
    }

    private static string Remedy(JsonNode failed) => failed["exception"]!["remedy"]!.GetValue<string>();

    private static async Task<JsonNode> FailAsync(Package package, string request = "{}")
    {
        var deployed = await Server.DeployAsync(package);
        Assert.That((int)deployed.Status, Is.EqualTo(201), deployed.Text);
        var failed = await Server.RunAsync(package.Id, request);
        Assert.That(failed.Json["status"]!.GetValue<string>(), Is.EqualTo("failed"), failed.Text);
        return failed.Json;
    }

    private static async Task<string> ExecuteAsync(Server server, string process, string request) =>
        (await server.ExecuteAsync(process, request, "respond-async")).Json["jobID"]!.GetValue<string>();

    private string Link(string path) => $"{_data.Urls.First()}{path}";
}
