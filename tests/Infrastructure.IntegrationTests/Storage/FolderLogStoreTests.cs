using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Infrastructure.IntegrationTests.Storage;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FolderLogStoreTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, 120, TimeSpan.Zero);

    private readonly JobId _job = JobId.New();
    private readonly TempData _data = new();
    private FolderLogStore _logs = null!;

    public FolderLogStoreTests() => _logs = Logs(10 << 20);

    public void Dispose() => _data.Dispose();

    [TestCase("plain")]
    [TestCase("")]
    [TestCase("  tabs\tand spaces ")]
    [TestCase("10 %\r50 %\r100 %")]
    [TestCase("\u001b[31mred\u001b[0m \0 \u0085 \u007f")]
    [TestCase(@"C:\users\new \\ \u0041 \")]
    [TestCase("ä 🛰 \u2028")]
    public async Task ReadAsync_AnyText_ComesBackAsItWas(string text)
    {
        LogLine[] lines = [new(Noon, LogSource.Stdout, text), new(Noon.AddMicroseconds(1), LogSource.Stderr, text)];
        await using var log = _logs.Create(_job, 1);

        foreach (var line in lines) await log.WriteAsync(line);

        // The writer is still open: readers see what there is.
        Assert.That(await ReadAsync(), Is.EqualTo(lines));
    }

    [Test]
    public async Task ReadAsync_NoLog_GivesNothing() => Assert.That(await ReadAsync(), Is.Empty);

    [Test]
    public async Task Create_ANewAttempt_StartsAnewAndIsNotMixedWithTheFormer()
    {
        await using var former = _logs.Create(_job, 1);
        await former.WriteAsync(new(Noon, LogSource.Stdout, "first"));
        await using var log = _logs.Create(_job, 2);
        await log.WriteAsync(new(Noon, LogSource.Stdout, "second"));
        await former.WriteAsync(new(Noon, LogSource.Stdout, "late"));

        Assert.That((await ReadAsync()).Select(line => line.Text), Is.EqualTo(new[] { "second" }));
    }

    [Test]
    public async Task WriteAsync_MoreThanTheLimit_EndsWithALineThatSaysSo()
    {
        _logs = Logs(2_000);
        await using var log = _logs.Create(_job, 1);

        for (var i = 0; i < 1_000; i++) await log.WriteAsync(new(Noon, LogSource.Stdout, new string('x', 60)));
        var lines = await ReadAsync();

        Assert.That(lines, Has.Count.EqualTo(22));
        Assert.That(lines[^1].Text, Does.Contain("2000 bytes").And.Contain("Logs:MaxBytes"));
    }

    [Test]
    public async Task ReadAsync_ATornLastLine_GivesWhatIsWhole()
    {
        await using (var log = _logs.Create(_job, 1)) await log.WriteAsync(new(Noon, LogSource.Stdout, "whole"));
        var path = Directory.GetFiles(_data.Folder, "*.log", SearchOption.AllDirectories).Single();
        await File.AppendAllTextAsync(path, "2026-01-31T12:");

        Assert.That((await ReadAsync()).Select(line => line.Text), Is.EqualTo(new[] { "whole" }));
    }

    [Test]
    public async Task Delete_ALog_LeavesNone()
    {
        await using (var log = _logs.Create(_job, 1)) await log.WriteAsync(new(Noon, LogSource.Stdout, "x"));

        _logs.Delete(_job);
        _logs.Delete(_job);

        Assert.That(await ReadAsync(), Is.Empty);
    }

    private FolderLogStore Logs(long mostBytes) =>
        new(_data.Options, Options.Create(new LogOptions { MaxBytes = mostBytes }), NullLogger<FolderLogStore>.Instance);

    private async Task<List<LogLine>> ReadAsync()
    {
        var lines = new List<LogLine>();
        await foreach (var line in _logs.ReadAsync(_job, CancellationToken.None)) lines.Add(line);
        return lines;
    }
}
