using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;

namespace OgcProcesses.Application.UnitTests.Jobs.Run;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LogFollowerTests
{
    private readonly FakeRunner _runner = new();
    private readonly FakeLogStore _logs = new();
    private readonly List<JobProgress> _told = [];

    [TestCase("::progress 42 Reading band 4", 42, "Reading band 4")]
    [TestCase("::progress 42", 42, null)]
    [TestCase("::progress 42%", 42, null)]
    [TestCase("::progress 42.7%  Half  way ", 42, "Half  way")]
    [TestCase("::progress   7 ", 7, null)]
    [TestCase("::progress 100 Done", 100, "Done")]
    [TestCase("::progress 999", 999, null)]
    public async Task Follow_OfAProgressLine_TellsIt(string line, int percent, string? message)
    {
        await FollowAsync((LogSource.Stdout, line), (LogSource.Stderr, line));
        Assert.That(_told, Is.EqualTo(new[] { new JobProgress(percent, message), new JobProgress(percent, message) }));
    }

    [TestCase("progress 42")]
    [TestCase(" ::progress 42")]
    [TestCase("::progress")]
    [TestCase("::progress -1")]
    [TestCase("::progress 1000")]
    [TestCase("::progress soon")]
    [TestCase("::progress 42Reading")]
    public async Task Follow_OfAnyOtherLine_TellsNothing(string line)
    {
        await FollowAsync((LogSource.Stdout, line));
        Assert.That(_told, Is.Empty);
    }

    [Test]
    public async Task Follow_OfALongMessage_CutsIt()
    {
        await FollowAsync((LogSource.Stdout, "::progress 1 " + new string('x', 10_000)));
        Assert.That(_told.Single().Message, Has.Length.EqualTo(500));
    }

    [Test]
    public async Task Follow_KeepsEveryLineInOrder()
    {
        await FollowAsync((LogSource.Stdout, "a"), (LogSource.Stderr, "b"), (LogSource.Stdout, "::progress 1"));
        Assert.That(_logs.Lines.Select(line => (line.Source, line.Text)), Is.EqualTo(new[]
        {
            (LogSource.Stdout, "a"), (LogSource.Stderr, "b"), (LogSource.Stdout, "::progress 1"),
        }));
    }

    [Test]
    public async Task LastErrors_AreTheLastLinesOnStderr_WithoutProgress()
    {
        var lines = Enumerable.Range(1, 25).Select(number => (LogSource.Stderr, $"e{number}"));
        var follower = await FollowAsync([(LogSource.Stdout, "out"), .. lines, (LogSource.Stderr, "::progress 9")]);
        Assert.That(follower.LastErrors, Is.EqualTo(string.Join('\n', Enumerable.Range(6, 20).Select(number => $"e{number}"))));
    }

    [Test]
    public async Task LastErrors_OfAQuietProgram_AreNone() =>
        Assert.That((await FollowAsync((LogSource.Stdout, "hello"))).LastErrors, Is.Null);

    [Test]
    public async Task Follow_OfALogThatBreaksOff_SaysSoInTheLog()
    {
        _runner.Failing = call => { if (call == "FollowLogs") throw new EngineException("connection reset"); };
        await FollowAsync();
        Assert.That(_logs.Lines.Single(), Is.EqualTo(new LogLine(AJob.Now, LogSource.Server, "The log broke off: connection reset")));
    }

    [Test]
    public void Follow_OnAFullDisk_DoesNotFail()
    {
        _logs.IsFull = true;
        Assert.DoesNotThrowAsync(() => FollowAsync((LogSource.Stdout, "a")));
    }

    private async Task<LogFollower> FollowAsync(params (LogSource Source, string Text)[] lines)
    {
        var container = _runner.Add(JobId.New(), 1, ContainerState.Running);
        foreach (var (source, text) in lines) container.Say(text, source);
        container.Exit();
        var follower = new LogFollower(_runner, _logs, new Telling(_told), new FakeTimeProvider(AJob.Now));
        await follower.FollowAsync(container.Seen, 1, 1, CancellationToken.None);
        return follower;
    }

    private sealed class Telling(List<JobProgress> told) : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => told.Add(value);
    }

    [Test]
    public void Follow_WhenTheLogCannotBeMade_DoesNotFail()
    {
        using var node = new ANode();
        var logs = new Moq.Mock<ILogStore>();
        logs.Setup(store => store.Create(Moq.It.IsAny<JobId>(), 1, 1)).Throws(new IOException("No space left on device"));
        var container = node.Runner.Add(JobId.New(), 1, ContainerState.Running);
        container.Exit();
        var follower = new LogFollower(node.Runner, logs.Object, new Progress<JobProgress>(), node.Clock);
        Assert.DoesNotThrowAsync(() => follower.FollowAsync(container.Seen, 1, 1, CancellationToken.None));
    }
}
