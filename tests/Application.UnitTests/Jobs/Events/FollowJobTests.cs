using Microsoft.Extensions.Logging.Abstractions;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Events;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using static Microsoft.Extensions.Options.Options;

namespace OgcProcesses.Application.UnitTests.Jobs.Events;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FollowJobTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ANode _node = new();
    private readonly CancellationTokenSource _leaving = new();
    private readonly JobFeeds _feeds;

    public FollowJobTests() => _feeds = new(
        _node.Jobs,
        new(_node.Jobs, _node.Processes, _node.Admission, Create(_node.Options), Create(_node.Quotas), _node.Clock),
        _node.Signals,
        _node.Watch,
        new(AJob.Node),
        _node.Clock,
        NullLogger<JobFeeds>.Instance);

    public void Dispose()
    {
        _leaving.Dispose();
        _node.Dispose();
    }

    [Test]
    public async Task Follow_OfAJob_TellsItsChangesInOrder()
    {
        var job = _node.Jobs.Add(AJob.Running().Build());
        await using var events = await FollowAsync(job.Id);
        Assert.That((await NextAsync(events)).Name, Is.EqualTo(JobEvents.Status));

        await _node.Jobs.UpdateAsync(job.Id, current => current.Report(AJob.FirstClaim, "Half way", 50, AJob.Now), default);
        Assert.That(await NextAsync(events), Has.Property("Name").EqualTo(JobEvents.Progress).And.Property("Data").EqualTo(new ProgressInfo(50, "Half way", AJob.Now)));

        await _node.Jobs.UpdateAsync(job.Id, current => current.Succeed(AJob.FirstClaim, [], AJob.Now), default);
        Assert.That((await NextAsync(events)).Name, Is.EqualTo(JobEvents.Status));
        var end = await NextAsync(events);
        Assert.That((end.Name, ((StatusInfo)end.Data).Status, end.Position.IsEnd), Is.EqualTo((JobEvents.End, "successful", true)));
        Assert.That(await events.MoveNextAsync(), Is.False);
    }

    [Test]
    public async Task Follow_ByMany_LooksAtTheJobOnceForAll()
    {
        var job = _node.Jobs.Add(AJob.Running().Build());
        var all = new List<IAsyncEnumerator<JobEvent>>();
        for (var i = 0; i < 50; i++) all.Add(await FollowAsync(job.Id));
        foreach (var one in all) await NextAsync(one);
        var before = _node.Jobs.Looks;

        await _node.Jobs.UpdateAsync(job.Id, current => current.Report(AJob.FirstClaim, "Half way", 50, AJob.Now), default);
        foreach (var one in all) Assert.That((await NextAsync(one)).Name, Is.EqualTo(JobEvents.Progress));

        Assert.That(_node.Jobs.Looks - before, Is.LessThanOrEqualTo(2));
        foreach (var one in all) await one.DisposeAsync();
    }

    [Test]
    public async Task Follow_AfterTheLastHasLeft_LooksNoMore()
    {
        var job = _node.Jobs.Add(AJob.Running().Build());
        await using (var events = await FollowAsync(job.Id)) await NextAsync(events);
        var before = _node.Jobs.Looks;
        await _node.Jobs.UpdateAsync(job.Id, current => current.Report(AJob.FirstClaim, "Half way", 50, AJob.Now), default);
        _node.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.That(_node.Jobs.Looks, Is.EqualTo(before));
    }

    /// <summary>No signal tells of what another node does.</summary>
    [Test]
    public async Task Follow_OfAJobOfAnotherNode_TellsItsChanges()
    {
        var job = _node.Jobs.Add(AJob.Accepted().Build());
        job.Start("node-2", AJob.LeaseEnd, AJob.Now);
        await using var events = await FollowAsync(job.Id);
        await NextAsync(events);
        job.Report(new("node-2", 1), "Far away", 10, AJob.Now);
        var next = NextAsync(events);
        _node.Clock.Advance(TimeSpan.FromMilliseconds(100));
        await _node.Watch.LookAsync(default);
        Assert.That(((ProgressInfo)(await next).Data).Message, Is.EqualTo("Far away"));
    }

    [TestCase("node-2", true)]
    [TestCase(AJob.Node, false)]
    public async Task Follow_OfAJobsLog_LooksAtItWithoutASignalWhereAnotherNodeWritesIt(string node, bool looks)
    {
        var job = _node.Jobs.Add(AJob.Accepted().Build());
        job.Start(node, AJob.LeaseEnd, AJob.Now);
        await using var events = await FollowAsync(job.Id);
        await NextAsync(events);
        var next = NextAsync(events);
        _node.Logs.Lines.Enqueue(new(AJob.Now, LogSource.Stdout, "from afar"));
        for (var step = 0; step < 10 && !next.IsCompleted; step++)
        {
            _node.Clock.Advance(TimeSpan.FromMilliseconds(500));
            SpinWait.SpinUntil(() => next.IsCompleted, TimeSpan.FromMilliseconds(20));
        }

        Assert.That(next.IsCompleted, Is.EqualTo(looks));
        await _leaving.CancelAsync();
        await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [Test]
    public async Task Follow_WhenTheClientGoes_Ends()
    {
        var job = _node.Jobs.Add(AJob.Running().Build());
        await using var events = await FollowAsync(job.Id);
        await NextAsync(events);
        var next = events.MoveNextAsync().AsTask();
        await _leaving.CancelAsync();
        Assert.That(async () => await next, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Follow_OfNoJob_SaysSoBeforeTheStreamBegins() =>
        Assert.That(Assert.ThrowsAsync<OgcException>(() => FollowAsync(JobId.New()))!.Error, Is.EqualTo(OgcError.NoSuchJob));

    [TestCase("3.1.17")]
    [TestCase("0.2.9000000000.end")]
    public void Position_Written_IsReadBack(string text) => Assert.That(EventPosition.TryParse(text)!.ToString(), Is.EqualTo(text));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("1.1")]
    [TestCase("1.1.1.1")]
    [TestCase("-1.1.1")]
    [TestCase("a.b.c")]
    [TestCase("1.1.99999999999999999999")]
    public void Position_OfAnythingElse_IsNone(string? text) => Assert.That(EventPosition.TryParse(text), Is.Null);

    private async Task<IAsyncEnumerator<JobEvent>> FollowAsync(JobId id) =>
        (await new FollowJobHandler(_node.Jobs, _node.Logs, _feeds, AMapper.WithAllMaps).Handle(new(id) { Log = new(id) }, default)).GetAsyncEnumerator(_leaving.Token);

    private static async Task<JobEvent> NextAsync(IAsyncEnumerator<JobEvent> events)
    {
        Assert.That(await events.MoveNextAsync().AsTask().WaitAsync(Patience), Is.True);
        return events.Current;
    }
}
