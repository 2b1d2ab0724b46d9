using System.Text.Json;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Jobs.Run;

/// <summary>Which executions get the results of an earlier one, and which run.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ResultReuseTests : IDisposable
{
    private const string Inputs = """{"n": {"schema": {"type": "number"}, "minOccurs": 0}, "f": {"schema": {"type": "string", "contentMediaType": "image/tiff"}, "minOccurs": 0}}""";
    private const string Outputs = """{"a": {"schema": {"type": "string", "contentMediaType": "image/tiff"}}, "b": {"schema": {"type": "string"}}}""";

    private readonly ANode _node = new();
    private readonly Process _process = AProcess.Taking(Inputs).Giving(Outputs).Deploy();
    private int _runs;

    public ResultReuseTests() => _node.Runner.Program = container => container.Write("a.tif", $"{++_runs}").Write("b", "x").Exit();

    public void Dispose() => _node.Dispose();

    [Test]
    public async Task Run_OfAnIdenticalExecution_GetsCopiesOfTheResults_AndNoContainer()
    {
        var earlier = await RunAsync("""{"n": 1}""");
        var job = await RunAsync("""{"n": 1.0}""");
        Assert.Multiple(() =>
        {
            Assert.That((job.Status, job.ReusedFrom, job.Message), Is.EqualTo((JobStatus.Successful, (JobId?)earlier.Id, $"Results of job {earlier.Id} are reused")));
            Assert.That((job.Fingerprint, job.Usage.CpuTime, job.ImageDigest), Is.EqualTo(((string?)null, (TimeSpan?)null, earlier.ImageDigest)));
            Assert.That(job.Outputs.Select(output => output.Value ?? output.File!.Name), Is.EqualTo(new[] { "a.tif", "\"x\"" }));
            Assert.That(job.Outputs[0].File!.Key, Is.Not.EqualTo(earlier.Outputs[0].File!.Key));
            Assert.That(_node.Outputs.Files[job.Outputs[0].File!.Key], Is.EqualTo("1"u8.ToArray()));
            Assert.That((_runs, _node.Folders.List().Count), Is.EqualTo((1, 0)));
        });
    }

    [TestCase("""{"n": 2}""")]
    [TestCase("{}")]
    [TestCase("""{"n": 1, "f": "II"}""")]
    public async Task Run_OnOtherInputs_Runs(string inputs)
    {
        await RunAsync("""{"n": 1}""");
        Assert.That((await RunAsync(inputs)).ReusedFrom, Is.Null);
    }

    [Test]
    public async Task Run_OnAFileOfTheSameBytes_IsIdentical_WhateverItsLink()
    {
        _node.Fetcher.Files["https://a.example/scene.tif"] = [1, 2, 3];
        _node.Fetcher.Files["https://b.example/scene.tif"] = [1, 2, 3];
        await RunAsync("""{"f": {"href": "https://a.example/scene.tif"}}""");
        Assert.That((await RunAsync("""{"f": {"href": "https://b.example/scene.tif"}}""")).ReusedFrom, Is.Not.Null);
        _node.Fetcher.Files["https://b.example/scene.tif"] = [1, 2, 4];
        Assert.That((await RunAsync("""{"f": {"href": "https://b.example/scene.tif"}}""")).ReusedFrom, Is.Null);
    }

    [Test]
    public async Task Run_WithAnotherImage_Runs()
    {
        await RunAsync("{}");
        _node.Runner.Image = _node.Runner.Image with { Id = "sha256:another" };
        Assert.That((await RunAsync("{}")).ReusedFrom, Is.Null);
    }

    [Test]
    public async Task Run_OfAnotherRevision_Runs()
    {
        await RunAsync("{}");
        Assert.That((await RunAsync(Asked("{}"), AProcess.Taking(Inputs).Giving(Outputs).Deploy())).ReusedFrom, Is.Null);
    }

    [Test]
    public async Task Run_ForAnotherOwner_Runs()
    {
        await RunAsync("{}");
        var other = _node.Jobs.Add(Job.Accept(_process, Asked("{}"), "bert", _node.Clock.GetUtcNow()));
        Assert.That((await _node.RunToTheEndAsync(other)).ReusedFrom, Is.Null);
    }

    [Test]
    public async Task Run_WantingOtherOutputs_Runs_ButNotForAnotherFormOfThem()
    {
        await RunAsync("{}");
        var inOtherForm = new Dictionary<string, OutputSelection> { ["b"] = new(null, TransmissionMode.Value), ["a"] = new(null, TransmissionMode.Reference) };
        Assert.That((await RunAsync(Asked("{}") with { Outputs = inOtherForm, Response = ResponseForm.Raw })).ReusedFrom, Is.Not.Null);
        Assert.That((await RunAsync(Asked("{}") with { Outputs = new Dictionary<string, OutputSelection> { ["b"] = new(null, null) } })).ReusedFrom, Is.Null);
        Assert.That((await RunAsync(Asked("{}") with { Outputs = new Dictionary<string, OutputSelection> { ["a"] = new("image/tiff", null), ["b"] = new(null, null) } })).ReusedFrom, Is.Null);
    }

    [Test]
    public async Task Run_WhoseClientDoesNotAllowIt_Runs()
    {
        await RunAsync("{}");
        Assert.That((await RunAsync(Asked("{}") with { ReuseWithin = null })).ReusedFrom, Is.Null);
    }

    [TestCase(59, true)]
    [TestCase(61, false)]
    public async Task Run_WhenTheResultsAreOlderThanAllowed_Runs(int minutes, bool isReused)
    {
        await RunAsync("{}");
        _node.Clock.Advance(TimeSpan.FromMinutes(minutes));
        Assert.That((await RunAsync("{}")).ReusedFrom is not null, Is.EqualTo(isReused));
    }

    [Test]
    public async Task Run_AfterAReuse_CountsTheAgeFromTheRun()
    {
        await RunAsync("{}");
        _node.Clock.Advance(TimeSpan.FromMinutes(40));
        await RunAsync("{}");
        _node.Clock.Advance(TimeSpan.FromMinutes(40));
        Assert.That((await RunAsync("{}")).ReusedFrom, Is.Null);
    }

    [TestCase(null, false, true)]
    [TestCase(null, true, false)]
    [TestCase(true, true, true)]
    [TestCase(false, false, false)]
    public async Task Run_OfAProcess_IsReusedAsItsUnitSays_OrUnlessItHasANetwork(bool? reuse, bool network, bool isReused)
    {
        _node.Options.Networks.Add("bridge");
        var process = AProcess.Taking(Inputs).Giving(Outputs).Running(new() { Image = "a", Reuse = reuse, Network = network }).Deploy();
        await RunAsync(Asked("{}"), process);
        Assert.That((await RunAsync(Asked("{}"), process)).ReusedFrom is not null, Is.EqualTo(isReused));
    }

    [Test]
    public async Task Run_WhenTheEarlierJobWasDismissed_Runs()
    {
        (await RunAsync("{}")).Dismiss(AJob.Now);
        Assert.That((await RunAsync("{}")).ReusedFrom, Is.Null);
    }

    [Test]
    public async Task Run_WhenAFileOfTheEarlierJobIsGone_Runs_AndKeepsNothingOfTheCopy()
    {
        var earlier = await RunAsync("{}");
        await _node.Outputs.DeleteAsync(earlier.Id, default);
        var job = await RunAsync("{}");
        Assert.That((job.Status, job.ReusedFrom, _runs), Is.EqualTo((JobStatus.Successful, (JobId?)null, 2)), job.Message);
        Assert.That(_node.Outputs.Files.Keys, Is.EqualTo(new[] { job.Outputs[0].File!.Key }));
    }

    /// <summary>A job that a stopping node gave back in the middle is at its first attempt still.</summary>
    [Test]
    public async Task Run_AfterACopyThatAStopCut_KeepsNothingOfIt()
    {
        var job = _node.Accept(_process);
        _node.Outputs.Files[$"{job.Id}/a/another.tif"] = [1];
        await _node.RunToTheEndAsync(job);
        Assert.That(_node.Outputs.Files.Keys, Is.EqualTo(new[] { job.Outputs[0].File!.Key }), job.Message);
    }

    [Test]
    public async Task Run_WhenTheEarlierJobIsDismissedInTheMiddleOfTheCopying_Runs()
    {
        var earlier = await RunAsync("{}");
        _node.Outputs.Copying = () => earlier.Dismiss(AJob.Now);
        var job = await RunAsync("{}");
        Assert.That((job.Status, job.ReusedFrom, _runs), Is.EqualTo((JobStatus.Successful, (JobId?)null, 2)), job.Message);
    }

    [Test]
    public async Task Run_WhenTheDiskIsFull_DoesNotFailByTheCopying()
    {
        await RunAsync("{}");
        _node.Outputs.Copying = () => throw new IOException("No space left on device");
        Assert.That((await RunAsync("{}")).ReusedFrom, Is.Null);
    }

    [Test]
    public async Task Run_AfterAFailure_Runs()
    {
        _node.Runner.Program = container => container.Exit(1);
        await RunAsync("{}");
        Assert.That((await RunAsync("{}")).ReusedFrom, Is.Null);
    }

    [Test]
    public async Task Run_WhereTheOperatorDoesNotAllowIt_LeavesNoFingerprint()
    {
        using var node = new ANode(reuse: new());
        node.Runner.Program = container => container.Write("a.tif", "1").Write("b", "x").Exit();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var job = await node.RunToTheEndAsync(node.Accept(_process, Asked("{}")));
            Assert.That((job.Status, job.Fingerprint, job.ReusedFrom), Is.EqualTo((JobStatus.Successful, (string?)null, (JobId?)null)), job.Message);
        }
    }

    private static ExecuteRequest Asked(string inputs) =>
        new(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(inputs)!, null, null) { ReuseWithin = TimeSpan.FromHours(1) };

    private Task<Job> RunAsync(string inputs) => RunAsync(Asked(inputs));

    private Task<Job> RunAsync(ExecuteRequest request, Process? process = null) => _node.RunToTheEndAsync(_node.Accept(process ?? _process, request));
}
