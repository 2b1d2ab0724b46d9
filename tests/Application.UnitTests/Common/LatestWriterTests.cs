using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Common;

namespace OgcProcesses.Application.UnitTests.Common;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LatestWriterTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ConcurrentQueue<int> _written = [];

    [Test]
    public async Task Report_OfOne_IsWrittenAfterAPause()
    {
        await using var writer = Writer();
        writer.Report(1);
        Assert.That(_written, Is.Empty, "the pause lasts by the clock");
        Assert.That(WrittenInTime(1), Is.True);
    }

    [Test]
    public async Task Report_FasterThanItIsWorthWriting_WritesOnlyTheLatest()
    {
        await using var writer = Writer();
        foreach (var value in Enumerable.Range(1, 99)) writer.Report(value);
        Assert.That(WrittenInTime(99), Is.True);
        Assert.That(_written, Is.EqualTo(new[] { 99 }));
    }

    [Test]
    public async Task Report_AfterAWrite_IsWrittenAfterTheNextPause()
    {
        await using var writer = Writer();
        writer.Report(1);
        Assert.That(WrittenInTime(1), Is.True);
        writer.Report(2);
        Assert.That(WrittenInTime(2), Is.True);
    }

    [Test]
    public async Task Dispose_DropsWhatCameLast()
    {
        var writer = Writer();
        writer.Report(1);
        await writer.DisposeAsync();
        Assert.That(_written, Is.Empty);
    }

    [Test]
    public async Task Dispose_WithNothingReported_WritesNothing()
    {
        await Writer().DisposeAsync();
        Assert.That(_written, Is.Empty);
    }

    [Test]
    public void Dispose_AfterAWriteThatFailed_ThrowsIt()
    {
        var writes = 0;
        var writer = new LatestWriter<int>(
            _ =>
            {
                writes++;
                throw new InvalidDataException("database gone");
            },
            _clock);
        writer.Report(1);
        Assert.That(InTime(() => writes == 1), Is.True);
        Assert.ThrowsAsync<InvalidDataException>(async () => await writer.DisposeAsync());
    }

    private LatestWriter<int> Writer() => new(
        value =>
        {
            _written.Enqueue(value);
            return Task.CompletedTask;
        },
        _clock);

    private bool WrittenInTime(int value) => InTime(() => _written.Contains(value));

    /// <summary>Lets the clock go on until something has happened: when the pause begins is the writer's own affair.</summary>
    private bool InTime(Func<bool> happened) => SpinWait.SpinUntil(
        () =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(50));
            return happened();
        },
        TimeSpan.FromSeconds(10));
}
