using System.Net;

namespace OgcProcesses.WebApi.FunctionalTests.Faults;

/// <summary>The server is killed (SIGKILL) exactly between two steps of a job's life, and started again.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class KillTests : IAsyncDisposable
{
    private static readonly Package ThreeFiles = Package.Running("for name in one two three; do echo $name > $name.txt; done; sleep 1")
        .Giving("one", Text).Giving("two", Text).Giving("three", Text);

    private readonly Installation _server = new();
    private readonly EngineEvents _engine;

    public KillTests() => _engine = new(_server.InstanceId);

    private const string Text = """{"type":"string","contentMediaType":"text/plain"}""";

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _server.DisposeAsync();
    }

    [TestCase("accepted", "JobStore.Add:after", 1)]
    [TestCase("claimed", "JobStore.Update(Running):after", 2)]
    [TestCase("half staged", "WorkFolders.Create:after", 2)]
    [TestCase("staged", "Request.create", 2)]
    [TestCase("created", "Request.start", 2)]
    [TestCase("started", "ContainerRunner.Start:after", 1)]
    [TestCase("in mid-run", "ContainerRunner.FollowLogs:after", 1)]
    [TestCase("ended", "ContainerRunner.Wait:after", 1)]
    [TestCase("half collected", "OutputStore.Take:after#2", 1)]
    [TestCase("about to be settled", "JobStore.Update(Successful):before", 1)]
    [TestCase("settled", "JobStore.Update(Successful):after", 1)]
    [TestCase("half cleaned up", "ContainerRunner.Remove:after", 1)]
    public async Task Job_KilledWhen_EndsRightAndHasRunOnce(string when, string killAt, int attempt)
    {
        var jobId = await ExecuteAndDieAsync(ThreeFiles, killAt);
        await _server.StartPlainAsync();
        jobId ??= await _server.OnlyJobAsync();
        var ended = await _server.EndOfAsync(jobId);
        Assert.Multiple(() =>
        {
            Assert.That(Installation.Word(ended), Is.EqualTo("successful"), $"{when}: {ended}\n{_server.Said}");
            Assert.That(ended["attempt"]!.GetValue<int>(), Is.EqualTo(attempt), "an attempt whose container lives goes on");
        });
        Assert.That(await _engine.StartsOfEndedAsync(jobId), Is.EqualTo(1), "starts of its program");
        foreach (var name in (string[])["one", "two", "three"])
            Assert.That(await _server.AskAsync($"/jobs/{jobId}/results/{name}"), Is.EqualTo((HttpStatusCode.OK, $"{name}\n")));
        await _server.UntilLeftAsync([LogOf(jobId), .. ((string[])["one", "two", "three"]).Select(name => OutputOf(jobId, name))]);
    }

    /// <remarks>Once it has been answered the subscriber can't be spared a repetition; it tells it by its identifier.</remarks>
    [TestCase("CallbackSender.Post:before", 1)]
    [TestCase("CallbackSender.Post:after", 2)]
    public async Task Callback_KilledBeforeItIsRecorded_IsSentAgainUnderItsIdentifier(string killAt, int told)
    {
        await using var subscriber = await Subscriber.StartAsync();
        var package = Package.Running("echo done > one.txt").Giving("one", Text);
        var jobId = await ExecuteAndDieAsync(package, killAt, $$"""{"inputs":{}, {{subscriber.Member("success")}} }""");
        await _server.StartPlainAsync();
        jobId ??= await _server.OnlyJobAsync();
        await _server.UntilAsync($"{jobId}/callbacks", callbacks => callbacks["callbacks"]!.AsArray().All(callback => Installation.Word(callback!) == "delivered"));
        Assert.That(subscriber.All.Select(event_ => event_.Id).Distinct().Count(), Is.EqualTo(1));
        Assert.That(subscriber.All, Has.Count.AtLeast(told));
        Assert.That(await _engine.StartsOfEndedAsync(jobId), Is.EqualTo(1));
    }

    [TestCase("JobStore.Update(Failed):before")]
    [TestCase("JobStore.Update(Failed):after")]
    public async Task FailedJob_KilledAsItIsSettled_KeepsItsReasonAndNoFileThatNobodyCanReach(string killAt)
    {
        var package = Package.Running("echo one > one.txt").Giving("one", Text).Giving("two", Text);
        var jobId = await ExecuteAndDieAsync(package, killAt);
        await _server.StartPlainAsync();
        jobId ??= await _server.OnlyJobAsync();
        var ended = await _server.EndOfAsync(jobId);
        Assert.That((Installation.Word(ended), ended["exception"]?["type"]?.GetValue<string>()), Is.EqualTo(("failed", "outputMissing")), ended.ToString());
        Assert.That(await _engine.StartsOfEndedAsync(jobId), Is.EqualTo(1), "its own failure is no reason to run it again");
        await _server.UntilLeftAsync(LogOf(jobId));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task DismissedJob_KilledAsTheWishIsRecorded_LeavesNothing(bool hasEnded)
    {
        var package = Package.Running($"echo one > one.txt; echo line; sleep {(hasEnded ? 0 : 600)}").Giving("one", Text);
        await _server.StartAsync("JobStore.Update(Dismissed):after");
        await _server.DeployAsync(package);
        var jobId = (await _server.ExecuteAsync(package.Id))!;
        await _server.UntilAsync(jobId, status => hasEnded ? Installation.Word(status) == "successful" : Directory.Exists(Path.Combine(_server.Folder, LogOf(jobId))));
        Assert.That(await _server.DismissAsync(jobId), Is.Null);
        await _server.DeathAsync();
        await _server.StartPlainAsync();
        await _server.UntilLeftAsync();
        Assert.That(Installation.Word(await _server.GetAsync($"/jobs/{jobId}")), Is.EqualTo("dismissed"));
    }

    private async Task<string?> ExecuteAndDieAsync(Package package, string killAt, string request = """{"inputs":{}}""")
    {
        Assert.That(await _server.StartAsync(killAt), Is.True, _server.Said);
        await _server.DeployAsync(package);
        var jobId = await _server.ExecuteAsync(package.Id, request);
        await _server.DeathAsync();
        return jobId;
    }

    private static string LogOf(string jobId) => $"logs/{jobId[..2]}/{jobId}";

    private static string OutputOf(string jobId, string name) => $"outputs/{jobId[..2]}/{jobId}/{name}/{name}.txt";
}
