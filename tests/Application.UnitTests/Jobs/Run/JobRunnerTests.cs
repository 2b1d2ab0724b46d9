using System.Globalization;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Jobs.Run;

/// <summary>A job from its claim to its end, and every way in which that can go wrong.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class JobRunnerTests : IDisposable
{
    private const string Text = """{"out": {"schema": {"type": "string"}}}""";

    private readonly ANode _node = new();

    public void Dispose() => _node.Dispose();

    [Test]
    public async Task Run_OfAProgramThatSucceeds_EndsWithItsOutputs_AndLeavesNothingBehind()
    {
        _node.Runner.Program = container => container.Write("out", "hello\n").Exit();
        var job = await RunAsync(AProcess.Named("echo").Giving(Text));
        Assert.Multiple(() =>
        {
            Assert.That((job.Status, job.Attempt, job.Progress), Is.EqualTo((JobStatus.Successful, 1, 100)), job.Message);
            Assert.That(job.Outputs, Is.EqualTo(new[] { new JobOutput("out", 0, "text/plain", "\"hello\"", null) }));
            Assert.That(job.ImageDigest, Is.EqualTo("registry/busybox@sha256:digest"));
            Assert.That(_node.Runner.Calls, Is.EqualTo(new[] { "Start 1", "Remove 1" }));
            Assert.That(_node.Folders.List(), Is.Empty);
            Assert.That(_node.Admission.Free, Is.EqualTo(_node.Options.MaxConcurrentJobs));
        });
    }

    [Test]
    public async Task Run_GivesTheContainerWhatTheUnitSays()
    {
        _node.Runner.Program = container => container.Exit();
        var unit = new ExecutionUnit
        {
            Image = "tool:1",
            Command = ["/bin/tool", "-q"],
            Environment = new Dictionary<string, string> { ["TZ"] = "UTC" },
            InputBindings = new Dictionary<string, InputBinding> { ["a"] = new() { Prefix = "--a" } },
            Resources = new() { CpuMax = 2, MemoryMax = 1_000_000_000 },
        };
        var job = await RunAsync(AProcess.Taking("""{"a": {"schema": {"type": "string"}}}""").Running(unit), """{"a": "-x y"}""");
        var spec = _node.Runner.Specs.Single();
        Assert.Multiple(() =>
        {
            Assert.That((spec.ImageId, spec.Cpu, spec.Memory, spec.JobId, spec.Attempt), Is.EqualTo(("sha256:image", 2.0, 1_000_000_000L, job.Id, 1)));
            Assert.That(spec.Entrypoint, Is.EqualTo(new[] { "/bin/tool", "-q" }));
            Assert.That(spec.Arguments, Is.EqualTo(new[] { "--a", "-x y" }));
            Assert.That(spec.Network, Is.Null, "it asks for none");
            Assert.That(spec.Environment, Is.EqualTo(new Dictionary<string, string>
            {
                ["TZ"] = "UTC", ["OGC_JOB_ID"] = job.Id.ToString(), ["OGC_PROCESS_ID"] = "echo", ["OGC_ATTEMPT"] = "1",
                ["OGC_INPUTS"] = "/job/inputs.json", ["OGC_OUTPUTS"] = "/job/outputs", ["OGC_WANTED"] = "/job/wanted.json",
            }));
        });
    }

    [TestCase(null, "bridge")]
    [TestCase("inside", "inside")]
    public async Task Run_AskingForANetwork_GetsOneThatIsAllowed(string? asked, string given)
    {
        foreach (var name in (string[])["bridge", "inside"]) _node.Options.Networks.Add(name);
        _node.Runner.Program = container => container.Exit();
        await RunAsync(AProcess.Named("echo").Running(new() { Image = "a", Network = true, NetworkName = asked }));
        Assert.That(_node.Runner.Specs.Single().Network, Is.EqualTo(given));
    }

    [Test]
    public async Task Run_AskingForANetworkThatIsNoLongerAllowed_FailsAndRunsNothing()
    {
        _node.Options.Networks.Add("bridge");
        var job = await RunAsync(AProcess.Named("echo").Running(new() { Image = "a", Network = true, NetworkName = "inside" }));
        Assert.That(job.Failure!.Kind, Is.EqualTo(JobFailureKind.NotAllowed));
        Assert.That(job.Failure.Reason, Does.Contain("'inside'").And.Contain("Runner:Networks"));
        Assert.That(_node.Runner.Calls, Is.Empty);
    }

    [Test]
    public async Task Run_OfAnImageThatIsNoLongerAllowed_FailsAndPullsNothing()
    {
        using var node = new ANode(options => options.AllowedImages.Add("ghcr.io/**"));
        node.Runner.Failing = call => Assert.That(call, Is.Not.EqualTo("EnsureImage"));
        var job = await node.RunToTheEndAsync(node.Accept(AProcess.Named("echo").Deploy()));
        Assert.That(job.Failure!.Kind, Is.EqualTo(JobFailureKind.NotAllowed));
        Assert.That(job.Failure.Reason, Does.Contain("docker.io/library/busybox:1").And.Contain("Runner:AllowedImages"));
    }

    [Test]
    public async Task Run_WithoutCommandAndBindings_LeavesTheImagesOwn()
    {
        _node.Runner.Program = container => container.Exit();
        await RunAsync(AProcess.Named("echo"));
        Assert.That((_node.Runner.Specs.Single().Entrypoint, _node.Runner.Specs.Single().Arguments), Is.EqualTo(((IReadOnlyList<string>?)null, (IReadOnlyList<string>?)null)));
    }

    [Test]
    public async Task Run_WithBindingsOnly_PutsThemBehindTheImagesCommand()
    {
        _node.Runner.Program = container => container.Exit();
        var unit = new ExecutionUnit { Image = "a", InputBindings = new Dictionary<string, InputBinding> { ["a"] = new() } };
        await RunAsync(AProcess.Taking("""{"a": {"schema": {"type": "integer"}}}""").Running(unit), """{"a": 7}""");
        Assert.That(_node.Runner.Specs.Single().Arguments, Is.EqualTo(new[] { "sh", "7" }));
    }

    [Test]
    public async Task Run_TellsProgressWhileTheProgramRuns()
    {
        var job = await BeginAsync(AProcess.Named("echo"));
        var container = await _node.Runner.WaitedForAsync(job.Id);
        container.Say("::progress 42 Reading band 4");
        Assert.That(_node.InTime(() => job.Progress == 42), Is.True);
        Assert.That(job.Message, Is.EqualTo("Reading band 4"));
        container.Exit();
    }

    [Test]
    public async Task Run_OfAShortProgram_ReadsItsLogFromTheEndedContainer()
    {
        _node.Runner.Program = container => container.Say("hello").Exit();
        await RunAsync(AProcess.Named("echo"));
        Assert.That(
            (_node.Runner.Followed.Single().State, _node.Logs.Lines.Single().Text), Is.EqualTo((ContainerState.Exited, "hello")));
    }

    [Test]
    public async Task Run_OfALongProgram_FollowsItsLogWhileItRuns()
    {
        var job = await BeginAsync(AProcess.Named("echo"));
        (await _node.Runner.WaitedForAsync(job.Id)).Say("hello");
        Assert.That(_node.InTime(() => _node.Logs.Lines.Any(line => line.Text == "hello")), Is.True);
        Assert.That(_node.Runner.Followed.Single().State, Is.EqualTo(ContainerState.Running));
    }

    [Test]
    public async Task Run_OfAProgramThatFails_TellsExitCodeAndLastLines()
    {
        _node.Runner.Program = container => container.Say("loading", LogSource.Stderr).Say("no such band", LogSource.Stderr).Exit(3);
        var failure = (await RunAsync(AProcess.Named("echo"))).Failure;
        Assert.That(failure, Is.EqualTo(new JobFailure(
            JobFailureKind.ExitCode, "The program ended with exit code 3: no such band", 3, "loading\nno such band")));
    }

    [Test]
    public async Task Run_OfAProgramThatFailsQuietly_SaysSo()
    {
        _node.Runner.Program = container => container.Exit(1);
        Assert.That((await RunAsync(AProcess.Named("echo"))).Message, Is.EqualTo("The program ended with exit code 1 and wrote nothing to stderr."));
    }

    [Test]
    public async Task Run_OfAProgramThatIsKilledForItsMemory_NamesTheLimit()
    {
        _node.Runner.Program = container => container.Exit(137, outOfMemory: true);
        var failure = (await RunAsync(AProcess.Named("echo").Running(new() { Image = "a", Resources = new() { MemoryMax = 1_500_000_000 } }))).Failure;
        Assert.That((failure!.Kind, failure.ExitCode), Is.EqualTo((JobFailureKind.OutOfMemory, 137L)));
        Assert.That(failure.Reason, Does.Contain("1.5 GB").And.Contain("memoryMax"));
    }

    [Test]
    public async Task Run_BeyondTheTimeLimit_StopsTheContainerAndFails()
    {
        var job = await BeginAsync(AProcess.Named("echo").Running(new() { Image = "a", Resources = new() { JobTimeout = TimeSpan.FromMinutes(5) } }));
        (await _node.Runner.WaitedForAsync(job.Id)).Say("still reading", LogSource.Stderr);
        _node.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.That(_node.Runner.Calls, Has.None.StartsWith("Stop"));
        _node.Clock.Advance(TimeSpan.FromSeconds(1));
        await _node.WhenIdleAsync();
        Assert.Multiple(() =>
        {
            Assert.That((job.Status, job.Failure?.Kind), Is.EqualTo((JobStatus.Failed, (JobFailureKind?)JobFailureKind.Timeout)));
            Assert.That(job.Message, Does.Contain("00:05:00").And.Contain("jobTimeout"));
            Assert.That(_node.Runner.Calls, Is.EqualTo(new[] { "Start 1", "Stop 1", "Remove 1" }));
            Assert.That(job.ImageDigest, Is.EqualTo("registry/busybox@sha256:digest"));
        });
    }

    [Test]
    public async Task Run_WithTheLongestTimeLimit_Runs()
    {
        _node.Runner.Program = container => container.Exit();
        var job = await RunAsync(AProcess.Named("echo").Running(new() { Image = "a", Resources = new() { JobTimeout = TimeSpan.FromDays(49) } }));
        Assert.That(job.Status, Is.EqualTo(JobStatus.Successful), job.Message);
    }

    [Test]
    [Requirement("/req/dismiss/job-dismiss-op")]
    public async Task Run_WhenTheJobIsDismissed_StopsAndRemovesTheContainer()
    {
        var job = await BeginAsync(AProcess.Named("echo"));
        await _node.Runner.WaitedForAsync(job.Id);
        job.Dismiss(AJob.Now);
        await _node.Dispatcher.StopAsync(job.Id, CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(job.Status, Is.EqualTo(JobStatus.Dismissed));
            Assert.That(_node.Runner.Calls, Is.EqualTo(new[] { "Start 1", "Stop 1", "Remove 1" }));
            Assert.That(_node.Folders.List(), Is.Empty);
        });
    }

    [Test]
    public async Task Run_WhenTheJobIsDismissedWhileItsImageIsPulled_StartsNothing()
    {
        var job = await BeginPullAsync();
        job.Dismiss(AJob.Now);
        await _node.Dispatcher.StopAsync(job.Id, CancellationToken.None);
        Assert.That((_node.Runner.Calls.Count, _node.Folders.List().Count, job.Status), Is.EqualTo((0, 0, JobStatus.Dismissed)));
    }

    [Test]
    public async Task Run_WhenTheJobIsDismissedAtItsSecondAttempt_StopsThatContainer()
    {
        var job = await BeginAsync(AProcess.Named("echo"));
        var first = await _node.Runner.WaitedForAsync(job.Id);
        _node.Runner.Lose(first);
        first.Break(new EngineException("no such container"));
        await _node.Runner.WaitedForAsync(job.Id, 2);
        job.Dismiss(AJob.Now);
        await _node.Dispatcher.StopAsync(job.Id, CancellationToken.None);
        Assert.That(_node.Runner.Calls, Is.EqualTo(new[] { "Start 1", "Start 2", "Stop 2", "Remove 2" }));
    }

    [Test]
    public async Task Run_WhileTheImageIsPulled_SaysSo()
    {
        var pulled = new TaskCompletionSource();
        _node.Runner.Pull = (_, progress) =>
        {
            progress!.Report("Pulling busybox: 3 of 7 layers");
            return pulled.Task;
        };
        var job = await BeginAsync(AProcess.Named("echo"));
        Assert.That(_node.InTime(() => job.Message == "Pulling busybox: 3 of 7 layers"), Is.True, job.Message);
        _node.Runner.Program = container => container.Exit();
        pulled.SetResult();
        await _node.WhenIdleAsync();
    }

    [Test]
    public async Task Run_WhenTheEngineFails_TriesAgain()
    {
        var starts = 0;
        _node.Runner.Failing = call => { if (call == "Start" && ++starts == 1) throw new EngineException("connection reset"); };
        _node.Runner.Program = container => container.Exit();
        var job = await RunAsync(AProcess.Named("echo"));
        Assert.That((job.Status, job.Attempt), Is.EqualTo((JobStatus.Successful, 2)));
        Assert.That(_node.Runner.Calls, Is.EqualTo(new[] { "Start 2", "Remove 2" }));
    }

    [Test]
    public async Task Run_WhenTheContainerIsLost_TriesAgain()
    {
        var job = await BeginAsync(AProcess.Named("echo"));
        var first = await _node.Runner.WaitedForAsync(job.Id);
        _node.Runner.Lose(first);
        first.Break(new EngineException("no such container"));
        var second = await _node.Runner.WaitedForAsync(job.Id, 2);
        Assert.That(job.Message, Is.AnyOf("Attempt 2: no such container", "Running"));
        second.Exit();
        await _node.WhenIdleAsync();
        Assert.That((job.Status, job.Attempt), Is.EqualTo((JobStatus.Successful, 2)));
    }

    [Test]
    public async Task Run_WhenOnlyTheConnectionBreaks_GoesOnWithTheSameContainer()
    {
        var waits = 0;
        _node.Runner.Failing = call => { if (call == "Wait" && ++waits == 1) throw new EngineException("connection reset"); };
        _node.Runner.Program = container => container.Exit();
        var job = await RunAsync(AProcess.Named("echo"));
        Assert.That((job.Status, job.Attempt), Is.EqualTo((JobStatus.Successful, 1)));
        Assert.That(_node.Runner.Calls, Is.EqualTo(new[] { "Start 1", "Remove 1" }), "nothing is run twice");
    }

    [Test]
    public async Task Run_WhenTheEngineFailsAtEveryAttempt_IsGivenUp()
    {
        var starts = 0;
        _node.Runner.Failing = call =>
        {
            if (call != "Start") return;
            starts++;
            throw new EngineException("out of disk");
        };
        var job = await RunAsync(AProcess.Named("echo"));
        Assert.Multiple(() =>
        {
            Assert.That(starts, Is.EqualTo(3));
            Assert.That((job.Status, job.Failure!.Kind), Is.EqualTo((JobStatus.Failed, JobFailureKind.EngineFailed)));
            Assert.That(job.Message, Is.EqualTo("Given up after 3 attempts: out of disk"));
        });
    }

    [Test]
    public async Task Run_WhenTheEngineFailsAtEveryCollection_IsGivenUp_WithoutANewAttempt()
    {
        var collections = 0;
        _node.Runner.Failing = call =>
        {
            if (call != "Collect") return;
            collections++;
            throw new EngineException("out of disk");
        };
        _node.Runner.Program = container => container.Exit();
        var job = await RunAsync(AProcess.Named("echo"));
        Assert.Multiple(() =>
        {
            Assert.That(collections, Is.EqualTo(21));
            Assert.That((job.Status, job.Failure?.Kind, job.Attempt), Is.EqualTo((JobStatus.Failed, (JobFailureKind?)JobFailureKind.EngineFailed, 1)));
            Assert.That(job.Message, Is.EqualTo("Given up after the engine failed 21 times: out of disk"));
            Assert.That(_node.Runner.Calls, Is.EqualTo(new[] { "Start 1", "Remove 1" }));
        });
    }

    [Test]
    public async Task Run_WhenTheEngineFailsAtOneCollection_CollectsAgain()
    {
        var collections = 0;
        _node.Runner.Failing = call => { if (call == "Collect" && ++collections == 1) throw new EngineException("connection reset"); };
        _node.Runner.Program = container => container.Write("out", "hello").Exit();
        var job = await RunAsync(AProcess.Named("echo").Giving(Text));
        Assert.That((job.Status, job.Attempt, collections), Is.EqualTo((JobStatus.Successful, 1, 2)), job.Message);
    }

    [Test]
    public async Task Run_WhenTheEngineDoesNotAnswer_WaitsForIt()
    {
        var pings = 0;
        _node.Runner.Failing = call =>
        {
            if (call == "Start" && pings == 0) throw new EngineException("connection refused");
            if (call == "Ping" && ++pings < 3) throw new EngineException("connection refused");
        };
        _node.Runner.Program = container => container.Exit();
        var job = await BeginAsync(AProcess.Named("echo"));
        Assert.That(_node.InTime(() => job.Message == "Waiting for the container engine: connection refused"), Is.True);
        Assert.That(_node.InTime(() => pings == 3), Is.True);
        await _node.WhenIdleAsync();
        Assert.That((job.Status, job.Attempt), Is.EqualTo((JobStatus.Successful, 2)));
    }

    [Test]
    public async Task Run_WhenTheJobIsDismissedWhileTheEngineIsAway_EndsTheWait()
    {
        _node.Runner.Failing = call => { if (call is "Start" or "Ping") throw new EngineException("connection refused"); };
        var job = await BeginAsync(AProcess.Named("echo"));
        Assert.That(_node.InTime(() => job.Message == "Waiting for the container engine: connection refused"), Is.True);
        job.Dismiss(AJob.Now);
        await _node.Dispatcher.StopAsync(job.Id, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That((job.Status, _node.Dispatcher.Working.Count, _node.Folders.List().Count), Is.EqualTo((JobStatus.Dismissed, 0, 0)));
    }

    [Test]
    public async Task Run_WhenTheEngineStaysAway_FailsWithTheReason()
    {
        _node.Options.EngineRecovery = TimeSpan.Zero;
        _node.Runner.Failing = _ => throw new EngineException("connection refused");
        var job = await RunAsync(AProcess.Named("echo"));
        Assert.That((job.Failure?.Kind, job.Message), Is.EqualTo(((JobFailureKind?)JobFailureKind.EngineFailed, "connection refused")));
    }

    [Test]
    public async Task Run_WithoutItsImage_FailsAtOnce()
    {
        _node.Runner.Failing = call => { if (call == "EnsureImage") throw new ImageUnavailableException("a:1", "no such host"); };
        var job = await RunAsync(AProcess.Named("echo"));
        Assert.That((job.Failure?.Kind, job.Attempt), Is.EqualTo(((JobFailureKind?)JobFailureKind.ImageUnavailable, 1)));
        Assert.That(job.Message, Does.Contain("no such host"));
    }

    [Test]
    public async Task Run_OfAContainerTheEngineRefuses_FailsAtOnce()
    {
        _node.Runner.Failing = call => { if (call == "Start") throw new ContainerRefusedException("'/bin/tool' is not in the image"); };
        var job = await RunAsync(AProcess.Named("echo"));
        Assert.That(
            (job.Failure?.Kind, job.Attempt, job.Message),
            Is.EqualTo(((JobFailureKind?)JobFailureKind.ContainerRefused, 1, "'/bin/tool' is not in the image")));
    }

    [Test]
    public async Task Run_WhenTheServerItselfFails_SaysSoAndGivesNothingAway()
    {
        _node.Runner.Failing = call => { if (call == "Collect") throw new InvalidOperationException("password=secret"); };
        _node.Runner.Program = container => container.Exit();
        var job = await RunAsync(AProcess.Named("echo"));
        Assert.That(job.Failure?.Kind, Is.EqualTo(JobFailureKind.ServerError));
        Assert.That(job.Message, Does.Not.Contain("secret"));
    }

    [Test]
    public async Task Run_OfAJobThatAnotherNodeHasTaken_SettlesNothing_AndLeavesItsContainer()
    {
        var job = await BeginAsync(AProcess.Named("echo"));
        var container = await _node.Runner.WaitedForAsync(job.Id);
        var later = AJob.Now.AddHours(1);
        job.Adopt("node-2", later.AddHours(1), later);
        var version = job.Version;
        container.Exit();
        await _node.WhenIdleAsync();
        Assert.Multiple(() =>
        {
            Assert.That((job.Status, job.Node, job.Version), Is.EqualTo((JobStatus.Running, "node-2", version)));
            Assert.That(_node.Runner.Calls, Is.EqualTo(new[] { "Start 1" }));
            Assert.That(_node.Folders.List(), Is.EqualTo(new[] { job.Id }));
        });
    }

    [Test]
    public async Task Run_OfAJobThatAnotherNodeTookOverAndFinished_LeavesItsOutputs()
    {
        var job = await BeginAsync(AProcess.Named("echo"));
        var container = await _node.Runner.WaitedForAsync(job.Id);
        var later = AJob.Now.AddHours(1);
        var claim = job.Retry("node-2", AJob.Lost, later.AddHours(1), later);
        _node.Outputs.Files[$"{job.Id}/out/out.tif"] = [1];
        job.Succeed(claim, [], later);
        container.Exit();
        await _node.WhenIdleAsync();
        Assert.That((_node.Outputs.Deleted.Count, _node.Outputs.Files.Count), Is.EqualTo((0, 1)));
    }

    [Test]
    public async Task Run_OfAnAttemptThatAnotherNodeTookOverAndFinished_NeitherCollectsNorWritesItsLog()
    {
        // Later than the claim, as on a node that sleeps through its lease while it stages the inputs.
        var later = AJob.Now.AddHours(1);
        _node.Runner.Program = container =>
        {
            var job = _node.Jobs.Get(container.JobId);
            var claim = job.Adopt("node-2", later.AddHours(1), later);
            _node.Logs.Lines.Enqueue(new(later, LogSource.Stdout, "of node-2"));
            job.Succeed(claim, [], later);
            container.Write("out.tif", "x").Exit();
        };
        var ended = await RunAsync(AProcess.Named("tif").Giving("""{"out": {"schema": {"type": "string", "contentMediaType": "image/tiff"}}}"""));
        Assert.That((ended.Status, _node.Outputs.Files.Count, _node.Logs.Lines.Single().Text), Is.EqualTo((JobStatus.Successful, 0, "of node-2")));
    }

    [Test]
    public async Task Run_OfAJobThatIsTakenOverWhileItsImageIsPulled_StartsNothing()
    {
        var later = AJob.Now.AddHours(1);
        _node.Runner.Pull = (_, _) =>
        {
            _node.Jobs.Single().Retry("node-2", AJob.Lost, later.AddHours(1), later);
            return Task.CompletedTask;
        };
        var job = await RunAsync(AProcess.Named("echo"));
        Assert.That((job.Node, _node.Runner.Calls.Count), Is.EqualTo(("node-2", 0)));
    }

    [Test]
    public async Task Run_WhileTheDatabaseIsAway_WaitsForItBeforeItCollects()
    {
        var asked = new TaskCompletionSource();
        _node.Runner.Program = container =>
        {
            _node.Jobs.Looking = () =>
            {
                asked.TrySetResult();
                throw new Away();
            };
            container.Write("out", "hello").Exit();
        };
        var job = await BeginAsync(AProcess.Named("echo").Giving(Text));
        await asked.Task;
        _node.Jobs.Looking = () => { };
        Assert.That(_node.InTime(() => job.IsFinal), Is.True);
        Assert.That((job.Status, job.Attempt), Is.EqualTo((JobStatus.Successful, 1)));
    }

    [Test]
    public async Task Run_WhenTheFolderCannotBeDeleted_KeepsTheOutputsOfTheSuccessfulJob()
    {
        _node.Runner.Program = container => container.Write("out.tif", "x").Exit();
        _node.Folders.DeleteFailing = new UnauthorizedAccessException("a file of another user");
        var job = await RunAsync(AProcess.Named("tif").Giving("""{"out": {"schema": {"type": "string", "contentMediaType": "image/tiff"}}}"""));
        Assert.That((job.Status, _node.Outputs.Files.Count), Is.EqualTo((JobStatus.Successful, 1)), job.Message);
    }

    [Test]
    public async Task Run_OfAJobThatAnotherNodeDismissed_RemovesItsTraces()
    {
        var job = await BeginAsync(AProcess.Named("echo"));
        var container = await _node.Runner.WaitedForAsync(job.Id);
        job.Dismiss(AJob.Now);
        container.Exit();
        await _node.WhenIdleAsync();
        Assert.Multiple(() =>
        {
            Assert.That((job.Status, job.Outputs.Count), Is.EqualTo((JobStatus.Dismissed, 0)));
            Assert.That(_node.Runner.Containers, Is.Empty);
            Assert.That(_node.Outputs.Deleted, Is.EqualTo(new[] { job.Id }));
        });
    }

    [Test]
    public async Task Run_WhenTheServerStopsBeforeTheProgramIsStarted_GivesTheJobBack()
    {
        var job = await BeginPullAsync();
        await _node.StopServerAsync();
        await _node.WhenIdleAsync();
        Assert.That((job.Status, job.Attempt, Directory.Exists(_node.Folders.Find(job.Id, 1))), Is.EqualTo((JobStatus.Accepted, 0, false)));
    }

    [Test]
    public async Task Run_WhenTheServerStopsAsTheJobIsClaimed_GivesTheJobBack()
    {
        var job = _node.Accept(AProcess.Named("echo").Deploy());
        _node.Jobs.Changed = () => _node.StopServerAsync().Wait();
        await _node.DispatchAsync();
        await _node.WhenIdleAsync();
        Assert.That((job.Status, job.Attempt), Is.EqualTo((JobStatus.Accepted, 0)));
    }

    [Test]
    public async Task Run_WhenTheServerStops_LeavesTheContainerRunning()
    {
        var job = await BeginAsync(AProcess.Named("echo"));
        var container = await _node.Runner.WaitedForAsync(job.Id);
        await _node.StopServerAsync();
        await _node.WhenIdleAsync();
        Assert.Multiple(() =>
        {
            Assert.That((job.Status, job.Attempt), Is.EqualTo((JobStatus.Running, 1)));
            Assert.That((container.State, _node.Runner.Calls.Count), Is.EqualTo((ContainerState.Running, 1)));
            Assert.That(_node.Folders.List(), Is.EqualTo(new[] { job.Id }));
        });
    }

    private Task<Job> RunAsync(AProcess process, string inputs = "{}") => _node.RunToTheEndAsync(_node.Accept(process.Deploy(), inputs));

    private async Task<Job> BeginAsync(AProcess process)
    {
        var job = _node.Accept(process.Deploy());
        await _node.DispatchAsync();
        return job;
    }

    /// <summary>A job whose image is being pulled, which does not end.</summary>
    private async Task<Job> BeginPullAsync()
    {
        var pulling = new TaskCompletionSource();
        _node.Runner.Pull = (_, _) =>
        {
            pulling.SetResult();
            return new TaskCompletionSource().Task;
        };
        var job = await BeginAsync(AProcess.Named("echo"));
        await pulling.Task;
        return job;
    }

    [Test]
    public async Task Run_WhenTheEngineFailsAtEveryAttempt_IsGivenUpAfterTheConfiguredNumber()
    {
        _node.Options.MaxAttempts = 30;
        _node.Runner.Failing = call => { if (call == "Start") throw new EngineException("out of disk"); };
        var job = await RunAsync(AProcess.Named("echo").Running(new() { Image = "a", Retry = new() { Limit = 29 } }));
        Assert.That(job.Message, Is.EqualTo("Given up after 30 attempts: out of disk"));
    }

    [TestCase(30, null, 3)]
    [TestCase(2, null, 2)]
    [TestCase(30, 0, 1)]
    [TestCase(2, 9, 2)]
    public async Task Run_WhenTheEngineFailsAtEveryAttempt_IsTriedAsOftenAsProcessAndOperatorSay(int operators, int? limit, int attempts)
    {
        _node.Options.MaxAttempts = operators;
        _node.Runner.Failing = call => { if (call == "Start") throw new EngineException("out of disk"); };
        var job = await RunAsync(AProcess.Named("echo").Running(new() { Image = "a", Retry = new() { Limit = limit } }));
        Assert.Multiple(() =>
        {
            Assert.That((job.Status, job.Attempt), Is.EqualTo((JobStatus.Failed, attempts)));
            Assert.That(job.Attempts.Select(attempt => attempt.Number), Is.EqualTo(Enumerable.Range(1, attempts)));
            Assert.That(job.Attempts.Select(attempt => (attempt.Status, attempt.Failure?.Kind)), Is.All.EqualTo((JobStatus.Failed, (JobFailureKind?)JobFailureKind.EngineFailed)));
        });
    }

    [Test]
    public async Task Run_OfAProgramWhoseFailureIsToBeRepeated_WaitsWithoutAPlace_AndBeginsAnew()
    {
        _node.Runner.Program = container =>
        {
            if (container.Attempt == 1) container.Write("left", "over").Say("no such host", LogSource.Stderr).Exit(3);
            else container.Write("out", Directory.GetFiles(container.Outputs).Length.ToString(CultureInfo.InvariantCulture)).Exit();
        };
        var job = await RunAsync(Repeating(1).Giving(Text));
        Assert.Multiple(() =>
        {
            Assert.That((job.Status, job.NotBefore), Is.EqualTo((JobStatus.Accepted, (DateTimeOffset?)AJob.Now.AddSeconds(5))));
            Assert.That((job.Node, job.LeaseUntil, job.Finished, job.Failure), Is.EqualTo(((string?)null, (DateTimeOffset?)null, (DateTimeOffset?)null, (JobFailure?)null)));
            Assert.That(job.Message, Is.EqualTo("Attempt 1 failed and is repeated: The program ended with exit code 3: no such host"));
            Assert.That(_node.Admission.Free, Is.EqualTo(_node.Options.MaxConcurrentJobs));
            Assert.That(_node.Runner.Containers, Is.Empty);
        });
        await _node.RunToTheEndAsync(job);
        Assert.That(job.Attempt, Is.EqualTo(1), "not before its time");
        _node.Clock.Advance(TimeSpan.FromSeconds(5));
        await _node.RunToTheEndAsync(job);
        Assert.Multiple(() =>
        {
            Assert.That((job.Status, job.Attempt, job.Started), Is.EqualTo((JobStatus.Successful, 2, (DateTimeOffset?)AJob.Now)), job.Message);
            Assert.That(job.Outputs.Single().Value, Is.EqualTo("\"0\""), "a clean outputs folder");
            Assert.That(job.Attempts, Is.EqualTo(new[]
            {
                new JobAttempt(1, AJob.Node, JobStatus.Failed, AJob.Now, AJob.Now, new(JobFailureKind.ExitCode, "The program ended with exit code 3: no such host", 3)),
                new JobAttempt(2, AJob.Node, JobStatus.Successful, AJob.Now.AddSeconds(5), AJob.Now.AddSeconds(5)),
            }));
            Assert.That(_node.Folders.List(), Is.Empty);
        });
    }

    [Test]
    public async Task Run_OfAProgramThatFailsAtEveryAttempt_FailsAfterTheLastWithItsReason()
    {
        _node.Runner.Program = container => container.Exit(container.Attempt);
        var job = _node.Accept(Repeating(2).Deploy());
        for (var wait = 5; !job.IsFinal; wait *= 2)
        {
            await _node.RunToTheEndAsync(job);
            _node.Clock.Advance(TimeSpan.FromSeconds(wait));
        }

        Assert.That((job.Status, job.Attempt, job.Failure?.ExitCode), Is.EqualTo((JobStatus.Failed, 3, (long?)3)));
        Assert.That(job.Attempts.Select(attempt => attempt.Failure?.ExitCode), Is.EqualTo(new long?[] { 1, 2, 3 }));
    }

    [Test]
    public async Task Run_OfAProgramWhoseProcessAsksForNothing_IsNotRepeated()
    {
        _node.Runner.Program = container => container.Exit(3);
        Assert.That((await RunAsync(AProcess.Named("echo"))).Status, Is.EqualTo(JobStatus.Failed));
    }

    [Test]
    public async Task Run_WithoutItsImage_IsNotRepeatedEvenWhereOwnFailuresAre()
    {
        _node.Runner.Failing = call => { if (call == "EnsureImage") throw new ImageUnavailableException("a:1", "no such host"); };
        Assert.That((await RunAsync(Repeating(2))).Status, Is.EqualTo(JobStatus.Failed));
    }

    private static AProcess Repeating(int limit) =>
        AProcess.Named("repeating").Running(new() { Image = "a", Retry = new() { Limit = limit, OwnFailures = true } });

    /// <summary>What a provider throws whose database does not answer.</summary>
    private sealed class Away : System.Data.Common.DbException;
}
