namespace OgcProcesses.WebApi.FunctionalTests.Conformance;

/// <summary>Part 1, dismiss: in every state of a job, and once more.</summary>
internal sealed class DismissTests : ConformanceTests
{
    private const string Slow = """{"inputs":{"message":"m","pause":600}}""";

    [Test]
    [Requirement("/req/dismiss/job-dismiss-op")]
    [Requirement("/req/dismiss/job-dismiss-success")]
    public async Task Dismiss_AcceptedJob_NeverRuns()
    {
        using var busy = new Server(("Runner:MaxConcurrentJobs", "1"));
        var running = (await busy.ExecuteAsync("echo", Slow, "respond-async")).Json["jobID"]!.GetValue<string>();
        await busy.UntilAsync(running, status => status["status"]!.GetValue<string>() == "running");
        var accepted = (await busy.ExecuteAsync("echo", Slow, "respond-async")).Json["jobID"]!.GetValue<string>();
        var dismissed = await busy.DeleteAsync($"/jobs/{accepted}");
        await busy.DeleteAsync($"/jobs/{running}");
        AssertDismissed(dismissed, accepted);
        Assert.That((await busy.GetAsync($"/jobs/{accepted}")).Json["started"], Is.Null);
        await AssertGoneAsync(busy, accepted);
    }

    [Test]
    [Requirement("/req/dismiss/job-dismiss-op")]
    [Requirement("/req/dismiss/job-dismiss-success")]
    public async Task Dismiss_RunningJob_Stops()
    {
        var jobId = await StartAsync("echo", Slow);
        await Server.UntilAsync(jobId, status => status["status"]!.GetValue<string>() == "running");
        AssertDismissed(await Server.DeleteAsync($"/jobs/{jobId}"), jobId);
        Assert.That(await Engine.ContainersOfAsync(jobId), Is.Empty);
        await AssertGoneAsync(Server, jobId);
    }

    [TestCase("exit 0", "successful")]
    [TestCase("exit 3", "failed")]
    [Requirement("/req/dismiss/job-dismiss-op")]
    [Requirement("/req/dismiss/job-dismiss-success")]
    public async Task Dismiss_EndedJob_RemovesWhatItLeft(string script, string end)
    {
        var package = await DeployedAsync(Package.Running($"echo x > text; {script}").Giving("text", """{"type":"string"}"""));
        var ended = await Server.RunAsync(package.Id, "{}");
        var jobId = ended.Json["jobID"]!.GetValue<string>();
        Assert.That(ended.Json["status"]!.GetValue<string>(), Is.EqualTo(end));
        AssertDismissed(await Server.DeleteAsync($"/jobs/{jobId}"), jobId);
        await AssertGoneAsync(Server, jobId);
    }

    [Test]
    [Requirement("/req/dismiss/job-dismiss-op")]
    public async Task Dismiss_UnknownJob_IsToldByItsType()
    {
        var refused = await Server.DeleteAsync($"/jobs/{Guid.NewGuid()}");
        Assert.That((int)refused.Status, Is.EqualTo(404));
        Assert.That(refused.Type, Is.EqualTo(Part1 + "no-such-job"));
    }

    [Test]
    [Requirement("/req/dismiss/job-dismiss-success")]
    public async Task Dismiss_ByTenAtOnce_IsDoneOnce()
    {
        var jobId = await StartAsync("echo", Slow);
        await Server.UntilAsync(jobId, status => status["status"]!.GetValue<string>() == "running");
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Server.DeleteAsync($"/jobs/{jobId}")));
        Assert.That(answers.Select(answer => (int)answer.Status), Has.Some.EqualTo(200).And.All.AnyOf(200, 410));
        Assert.That((await Server.GetAsync($"/jobs/{jobId}")).Json["status"]!.GetValue<string>(), Is.EqualTo("dismissed"));
    }

    private static void AssertDismissed(Answer answer, string jobId)
    {
        Assert.That((int)answer.Status, Is.EqualTo(200), answer.Text);
        Assert.That(answer.Json["jobID"]!.GetValue<string>(), Is.EqualTo(jobId));
        Assert.That(answer.Json["status"]!.GetValue<string>(), Is.EqualTo("dismissed"));
        Assert.That(answer.Links(Relation + "results"), Is.Empty);
    }

    /// <summary>The status stays and says so; results and a second dismissal are answered by 410.</summary>
    private static async Task AssertGoneAsync(Server server, string jobId)
    {
        Assert.That((await server.GetAsync($"/jobs/{jobId}")).Json["status"]!.GetValue<string>(), Is.EqualTo("dismissed"));
        Assert.That((int)(await server.GetAsync($"/jobs/{jobId}/results")).Status, Is.EqualTo(410));
        Assert.That((int)(await server.GetAsync($"/jobs/{jobId}/results/message")).Status, Is.AnyOf(400, 410));
        Assert.That((int)(await server.DeleteAsync($"/jobs/{jobId}")).Status, Is.EqualTo(410));
    }
}
