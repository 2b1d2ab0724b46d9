using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Logs;
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
    private readonly JobSignals _signals = new();
    private FolderLogStore _logs = null!;

    public FolderLogStoreTests() => _logs = Logs(10 << 20);

    public void Dispose()
    {
        _data.Dispose();
        _signals.Dispose();
    }

    [TestCase("plain")]
    [TestCase("")]
    [TestCase("  tabs\tand spaces ")]
    [TestCase("10 %\r50 %\r100 %")]
    [TestCase("\u001b[31mred\u001b[0m \0 \u0085 \u007f")]
    [TestCase(@"C:\users\new \\ \u0041 \")]
    [TestCase("ä 🛰 \u2028")]
    public async Task Read_AnyText_ComesBackAsItWas(string text)
    {
        LogLine[] lines = [new(Noon, LogSource.Stdout, text), new(Noon.AddMicroseconds(1), LogSource.Stderr, text)];
        await using var log = _logs.Create(_job, 1, 1);

        foreach (var line in lines) await log.WriteAsync(line);
        await log.FlushAsync();

        // The writer is still open: readers see what there is.
        Assert.That(Read(), Is.EqualTo(lines.Select((line, index) => new LogEntry(index + 1, line.At, line.Source, line.Text))));
    }

    [Test]
    public void Read_NoLog_GivesNothing() => Assert.That(Read(), Is.Empty);

    [Test]
    public async Task Create_ANewAttempt_KeepsTheFormerApart()
    {
        await using var former = _logs.Create(_job, 1, 1);
        await former.WriteAsync(new(Noon, LogSource.Stdout, "first"));
        await WriteAsync(2, "second");
        await former.WriteAsync(new(Noon, LogSource.Stdout, "late"));
        await former.FlushAsync();

        Assert.That(Texts(2), Is.EqualTo(new[] { "second" }));
        Assert.That(Texts(1), Is.EqualTo(new[] { "first", "late" }));
    }

    [Test]
    public async Task Create_WhenEarlierAttemptsAreTooLargeTogether_DropsTheOldest()
    {
        _logs = Logs(2_000);
        foreach (var attempt in (int[])[1, 2, 3, 4]) await WriteAsync(attempt, [.. Enumerable.Repeat(new string('x', 60), 8)]);

        Assert.That(((int[])[1, 2, 3, 4]).Select(attempt => Texts(attempt).Count), Is.EqualTo(new[] { 0, 8, 8, 8 }));
    }

    [Test]
    public async Task Create_TheSameAttemptAgain_StartsAnewAndReadersGoOn()
    {
        await WriteAsync(1, "one", "two");
        using var reader = _logs.Open(_job, 1, 0);
        Assert.That(reader.Read().Select(entry => entry.Text), Is.EqualTo(new[] { "one", "two" }));

        await WriteAsync(1, "one", "two", "three");

        Assert.That(reader.Read().Select(entry => (entry.Line, entry.Text)), Is.EqualTo(new[] { (3L, "three") }));
        Assert.That(Texts(1), Is.EqualTo(new[] { "one", "two", "three" }));
    }

    /// <summary>As while the engine fails: what was read of the log is read again by the same claim, as often as it takes.</summary>
    [Test]
    public async Task Create_TheSameAttemptThreeTimes_GivesTheLast()
    {
        await WriteAsync(1, "one");
        await WriteAsync(1, "one", "The log broke off");
        using var reader = _logs.Open(_job, 1, 1);
        Assert.That(reader.Read().Select(entry => entry.Text), Is.EqualTo(new[] { "The log broke off" }));

        await WriteAsync(1, "one", "two", "three");

        Assert.That(Texts(1), Is.EqualTo(new[] { "one", "two", "three" }));
        Assert.That(reader.Read().Select(entry => (entry.Line, entry.Text)), Is.EqualTo(new[] { (3L, "three") }));
        Assert.That(Directory.GetFiles(_data.Folder, "*.log", SearchOption.AllDirectories), Has.Length.EqualTo(1));
    }

    /// <summary>As by a node that comes back to a job that another has ended.</summary>
    [Test]
    public async Task Create_TheSameAttemptAgain_WithoutALine_LeavesTheFormer()
    {
        await WriteAsync(1, "one", "two");
        await WriteAsync(1);

        Assert.That(Texts(1), Is.EqualTo(new[] { "one", "two" }));
    }

    /// <summary>As by a node that had read the first lines when it hung.</summary>
    [Test]
    public async Task Create_ByAnEarlierClaim_LeavesTheLogOfTheLater()
    {
        await using (var lost = _logs.Create(_job, 1, version: 3))
        {
            await using (var later = _logs.Create(_job, 1, version: 5)) await later.WriteAsync(new(Noon, LogSource.Stdout, "whole"));
            await lost.WriteAsync(new(Noon, LogSource.Stdout, "cut"));
        }

        Assert.That(Texts(1), Is.EqualTo(new[] { "whole" }));
    }

    [Test]
    public async Task WriteAsync_MoreThanTheLimit_KeepsHeadAndTailAndTellsWhatIsMissing()
    {
        _logs = Logs(4_000);
        await WriteAsync(1, [.. Enumerable.Range(1, 10_000).Select(number => $"line {number:00000} {new string('x', 30)}")]);

        var entries = Read();
        var cut = entries.FindIndex(entry => entry.Missing is not null);
        var (head, tail) = (entries[..cut], entries[(cut + 1)..]);
        var length = entries[0].Text.Length + "2026-01-31T12:00:00.120000Z out \n".Length;

        Assert.That(head.Select(entry => entry.Line), Is.EqualTo(Enumerable.Range(1, head.Count)));
        Assert.That(head.Count * length, Is.InRange(2_000, 2_000 + length));
        Assert.That(tail[^1].Line, Is.EqualTo(10_000));
        Assert.That(tail.Select(entry => entry.Text), Is.EqualTo(tail.Select(entry => $"line {entry.Line:00000} {new string('x', 30)}")));
        Assert.That(tail.Count * length, Is.InRange(1_000, 2_000));
        Assert.That(entries[cut], Is.EqualTo(new LogEntry(
            tail[0].Line - 1, Noon, LogSource.Server, entries[cut].Text, new(10_000 - head.Count - tail.Count, (10_000 - head.Count - tail.Count) * length))));
        Assert.That(entries[cut].Text, Does.StartWith($"{entries[cut].Missing!.Lines:N0} lines are missing here").And.Contain("Logs:MaxBytes"));
        Assert.That(Directory.GetFiles(_data.Folder, "*.log", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), Is.LessThan(4_000 + 3 * length));
    }

    [Test]
    public async Task Open_WithLinesToSkip_GivesTheOthers()
    {
        _logs = Logs(4_000);
        await WriteAsync(1, [.. Enumerable.Range(1, 1_000).Select(number => $"line {number}")]);
        var cut = Read().Single(entry => entry.Missing is not null);

        foreach (var skip in (long[])[0, 1, cut.Line - cut.Missing!.Lines, cut.Line - 1, cut.Line, 990, 1_000, 2_000])
        {
            var all = Read(skip: skip);
            Assert.That(all.Sum(entry => entry.Missing?.Lines ?? 1), Is.EqualTo(Math.Max(0, 1_000 - skip)), $"after line {skip}");
            Assert.That(all.All(entry => entry.Line > skip), Is.True);
        }
    }

    /// <summary>However slowly a reader follows, what it is given and what it is told to miss are all there was.</summary>
    [Test]
    public async Task Read_WhileTheLogIsWritten_LosesAndDoublesNothing()
    {
        _logs = Logs(20_000);
        const int Lines = 50_000;
        await using var log = _logs.Create(_job, 1, 1);
        using var reader = _logs.Open(_job, 1, 0);
        var writing = Task.Run(async () =>
        {
            for (var number = 1; number <= Lines; number++)
            {
                await log.WriteAsync(new(Noon, LogSource.Stdout, $"{number}"));
                if (number % 7 == 0) await log.FlushAsync();
            }

            await log.FlushAsync();
        });

        var expected = 1L;
        while (expected <= Lines)
        {
            foreach (var entry in reader.Read())
            {
                Assert.That(entry.Line, Is.EqualTo(expected + (entry.Missing?.Lines ?? 1) - 1));
                if (entry.Missing is null) Assert.That(entry.Text, Is.EqualTo($"{entry.Line}"));
                expected = entry.Line + 1;
            }

            if (writing.IsFaulted) await writing;
        }

        await writing;
        Assert.That(expected, Is.EqualTo(Lines + 1));
    }

    [Test]
    public async Task Read_ATornLastLine_GivesWhatIsWhole()
    {
        await WriteAsync(1, "whole");
        var path = Directory.GetFiles(_data.Folder, "*.log", SearchOption.AllDirectories).Single();
        await File.AppendAllTextAsync(path, "2026-01-31T12:");

        Assert.That(Texts(1), Is.EqualTo(new[] { "whole" }));
    }

    [Test]
    public async Task Delete_ALog_LeavesNone()
    {
        await WriteAsync(1, "x");
        await WriteAsync(2, "x");

        _logs.Delete(_job);
        _logs.Delete(_job);

        Assert.That(Directory.GetFiles(_data.Folder, "*", SearchOption.AllDirectories), Is.Empty);
        Assert.That(Read(), Is.Empty);
    }

    private FolderLogStore Logs(long mostBytes) =>
        new(_data.Options, Options.Create(new LogOptions { MaxBytes = mostBytes }), _signals, NullLogger<FolderLogStore>.Instance);

    private async Task WriteAsync(int attempt, params string[] lines)
    {
        await using var log = _logs.Create(_job, attempt, 1);
        foreach (var line in lines) await log.WriteAsync(new(Noon, LogSource.Stdout, line));
    }

    private List<string> Texts(int attempt) => [.. Read(attempt).Select(entry => entry.Text)];

    private List<LogEntry> Read(int attempt = 1, long skip = 0)
    {
        using var reader = _logs.Open(_job, attempt, skip);
        return [.. reader.Read()];
    }
}
