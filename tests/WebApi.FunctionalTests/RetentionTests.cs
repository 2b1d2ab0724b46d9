namespace OgcProcesses.WebApi.FunctionalTests;

/// <summary>How long jobs are kept, and how clients see it.</summary>
internal sealed class RetentionTests
{
    private const string Echo = """{"inputs":{"message":"m"}}""";

    [Test]
    public async Task EndedJob_AfterItsTime_AnswersGoneWithTheReason_AndAPinnedOneStaysUntilItIsUnpinned()
    {
        using var server = new Server(("Retention:Jobs", "00:00:02"), ("Retention:SweepInterval", "00:00:00.2"));
        var pinned = JobOf(await server.ExecuteAsync("echo", """{"inputs":{"message":"m","pause":1}}""", "respond-async"));
        var patched = await PatchAsync(server, pinned, """{"pinned":true}""");
        Assert.That(((int)patched.Status, patched.Json["pinned"]!.GetValue<bool>()), Is.EqualTo((200, true)));
        await server.EndOfAsync(pinned);
        var ended = await server.RunAsync("echo", Echo);
        var (job, expires) = (JobOf(ended), ended.Json["expires"]!.GetValue<DateTimeOffset>());
        Assert.That(expires, Is.EqualTo(ended.Json["finished"]!.GetValue<DateTimeOffset>().AddSeconds(2)));

        var gone = await UntilGoneAsync(server, job);

        Assert.That(gone.Json["detail"]!.GetValue<string>(), Does.Contain("expired on").And.Contain("this server keeps jobs for 2 seconds after their end"));
        foreach (var below in (string[])["/results", "/results/message", "/logs", "/inputs", "/callbacks"])
            Assert.That((int)(await server.GetAsync($"/jobs/{job}{below}")).Status, Is.EqualTo(410), below);
        Assert.That((int)(await server.DeleteAsync($"/jobs/{job}")).Status, Is.EqualTo(410));
        Assert.That((int)(await PatchAsync(server, job, """{"pinned":true}""")).Status, Is.EqualTo(410));
        Assert.That((await server.GetAsync($"/jobs/{job}", "text/html")).Text, Does.Contain("The job has expired"));
        Assert.That((await server.GetAsync("/jobs")).Json["jobs"]!.AsArray().Select(one => one!["jobID"]!.GetValue<string>()), Is.EqualTo(new[] { pinned }));
        var kept = await server.GetAsync($"/jobs/{pinned}");
        Assert.That((kept.Json["pinned"]!.GetValue<bool>(), kept.Json["expires"]), Is.EqualTo((true, (System.Text.Json.Nodes.JsonNode?)null)));
        await PatchAsync(server, pinned, """{"pinned":false}""");
        await UntilGoneAsync(server, pinned);
    }

    [Test]
    public async Task Process_ThatSaysHowLong_IsHeard_WhereTheOperatorKeepsJobsForEver()
    {
        using var server = new Server(("Retention:SweepInterval", "00:00:00.2"));
        var package = Package.Running("true");
        package.Unit["retention"] = 1;
        await server.DeployAsync(package);
        var forEver = await server.RunAsync("echo", Echo);
        var job = JobOf(await server.RunAsync(package.Id, "{}"));
        var gone = await UntilGoneAsync(server, job);
        Assert.That(gone.Json["detail"]!.GetValue<string>(), Does.Contain("jobs of its process are kept for 1 seconds"));
        Assert.That((await server.GetAsync($"/jobs/{JobOf(forEver)}")).Json["expires"], Is.Null);
    }

    [Test]
    public async Task Store_BeyondItsBound_ExpiresTheOldest_AndTakesNoJobsWhereNothingMayGo()
    {
        using var server = new Server(("Retention:MaxStoredBytes", "1500"), ("Retention:SweepInterval", "00:00:00.2"));
        var package = Package.Running("sleep 0.5; head -c 1000 /dev/zero > out.bin").Giving("out", """{"type":"string","contentMediaType":"application/octet-stream"}""");
        await server.DeployAsync(package);
        var first = JobOf(await server.RunAsync(package.Id, "{}"));
        var second = JobOf(await server.RunAsync(package.Id, "{}"));
        var gone = await UntilGoneAsync(server, first);
        Assert.That(gone.Json["detail"]!.GetValue<string>(), Does.Contain("more than 1500 bytes"));

        await PatchAsync(server, second, """{"pinned":true}""");
        var third = JobOf(await server.ExecuteAsync(package.Id, "{}", "respond-async"));
        await PatchAsync(server, third, """{"pinned":true}""");
        await server.EndOfAsync(third);
        var refused = await UntilAsync(() => server.ExecuteAsync("echo", Echo, "respond-async"), answer => (int)answer.Status == 503);
        Assert.That(refused.Json["detail"]!.GetValue<string>(), Does.Contain("1500 bytes"));

        await PatchAsync(server, second, """{"pinned":false}""");
        await UntilGoneAsync(server, second);
        await UntilAsync(() => server.ExecuteAsync("echo", Echo, "respond-async"), answer => (int)answer.Status == 201);
        Assert.That((int)(await server.GetAsync($"/jobs/{third}/results/out")).Status, Is.EqualTo(200));
    }

    [TestCase("""{"status":"successful"}""", 400, "/status")]
    [TestCase("""{"pinned":"yes"}""", 400, "/pinned")]
    [TestCase("[]", 400, "")]
    public async Task Patch_OfAnythingElse_IsRefusedWithItsPlace(string patch, int status, string pointer)
    {
        var job = JobOf(await SharedServer.Instance.RunAsync("echo", Echo));
        var refused = await PatchAsync(SharedServer.Instance, job, patch);
        Assert.That((int)refused.Status, Is.EqualTo(status));
        Assert.That(refused.Pointers(), Does.Contain(pointer));
    }

    [Test]
    public async Task Patch_OfAnUnknownJob_OrInAnotherMediaType_IsRefused()
    {
        var server = SharedServer.Instance;
        Assert.That((int)(await PatchAsync(server, Guid.NewGuid().ToString(), """{"pinned":true}""")).Status, Is.EqualTo(404));
        Assert.That((int)(await PatchAsync(server, Guid.NewGuid().ToString(), """{"pinned":true}""", "text/plain")).Status, Is.EqualTo(415));
    }

    [Test]
    public async Task JobPage_OffersToPinTheJob()
    {
        var job = JobOf(await SharedServer.Instance.RunAsync("echo", Echo));
        Assert.That((await SharedServer.Instance.GetAsync($"/jobs/{job}", "text/html")).Text, Does.Contain("data-pin=\"true\""));
    }

    [Test]
    public async Task DismissMany_ByFilters_TakesNoMoreThanItsLimit_AndLeavesPinnedOnes()
    {
        var server = SharedServer.Instance;
        var package = Package.Running("true");
        await server.DeployAsync(package);
        var jobs = new List<string>();
        for (var i = 0; i < 3; i++) jobs.Add(JobOf(await server.RunAsync(package.Id, "{}")));
        var waiting = JobOf(await server.ExecuteAsync("echo", """{"inputs":{"message":"m","pause":60}}""", "respond-async"));
        await PatchAsync(server, jobs[0], """{"pinned":true}""");
        var filter = $"processID={package.Id}&status=successful,failed";

        var asked = await server.DeleteAsync($"/jobs?{filter}&validateOnly=true");
        var one = await server.DeleteAsync($"/jobs?{filter}&limit=1");
        var rest = await server.DeleteAsync($"/jobs?{filter}");
        var none = await server.DeleteAsync($"/jobs?{filter}");
        await server.DeleteAsync($"/jobs/{waiting}");

        Assert.That(new[] { asked, one, rest, none }.Select(answer => answer.Text), Is.EqualTo(new[]
        {
            """{"dismissed":0,"remaining":2}""", """{"dismissed":1,"remaining":1}""", """{"dismissed":1,"remaining":0}""", """{"dismissed":0,"remaining":0}""",
        }));
        Assert.That((await server.GetAsync($"/jobs/{jobs[0]}")).Json["status"]!.GetValue<string>(), Is.EqualTo("successful"));
        Assert.That((await server.GetAsync($"/jobs/{jobs[2]}")).Json["status"]!.GetValue<string>(), Is.EqualTo("dismissed"));
    }

    [Test]
    public async Task DismissMany_OfRunningJobs_StopsTheirContainers()
    {
        var server = SharedServer.Instance;
        var package = Package.Running("sleep 100");
        await server.DeployAsync(package);
        var job = JobOf(await server.ExecuteAsync(package.Id, "{}", "respond-async"));
        await server.UntilAsync(job, status => status["message"]?.GetValue<string>() == "Running");
        Assert.That((await server.DeleteAsync($"/jobs?processID={package.Id}")).Json["dismissed"]!.GetValue<int>(), Is.EqualTo(1));
        Assert.That(await Engine.ContainersOfAsync(job), Is.Empty);
    }

    [TestCase("")]
    [TestCase("?type=process")]
    [TestCase("?limit=10")]
    [TestCase("?status=")]
    public async Task DismissMany_WithoutAFilter_IsRefused(string query) =>
        Assert.That((int)(await SharedServer.Instance.DeleteAsync($"/jobs{query}")).Status, Is.EqualTo(400));

    [TestCase("status=sleeping", "status")]
    [TestCase("status=failed&limit=0", "limit")]
    [TestCase("datetime=yesterday", "datetime")]
    public async Task DismissMany_BadQuery_IsRefusedByName(string query, string parameter)
    {
        var refused = await SharedServer.Instance.DeleteAsync($"/jobs?{query}");
        Assert.That((int)refused.Status, Is.EqualTo(400));
        Assert.That(refused.Pointers(), Does.Contain(parameter));
    }

    private static string JobOf(Answer status) => status.Json["jobID"]!.GetValue<string>();

    private static Task<Answer> PatchAsync(Server server, string job, string patch, string mediaType = "application/merge-patch+json") =>
        server.SendAsync(HttpMethod.Patch, $"/jobs/{job}", patch, mediaType: mediaType);

    private static Task<Answer> UntilGoneAsync(Server server, string job) => UntilAsync(() => server.GetAsync($"/jobs/{job}"), answer => (int)answer.Status == 410);

    private static async Task<Answer> UntilAsync(Func<Task<Answer>> ask, Func<Answer, bool> isReached)
    {
        for (var deadline = DateTime.UtcNow.AddMinutes(2); ; await Task.Delay(50))
        {
            var answer = await ask();
            if (isReached(answer)) return answer;
            if (DateTime.UtcNow > deadline) throw new TimeoutException($"The answer was still {(int)answer.Status} after two minutes: {answer.Text}");
        }
    }
}
