using System.Text;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Infrastructure.Docker;

namespace OgcProcesses.Infrastructure.IntegrationTests.Docker;

/// <summary>Lines out of messages, without an engine.</summary>
internal sealed class LogLinesTests
{
    [Test]
    public void Add_LineLongerThanTheLimit_IsCutBetweenCharacters()
    {
        var lines = Pass(new(), (1, "x" + new string('ä', LogLines.Longest / 2)));
        Assert.That(lines.Select(l => l.Length), Is.EqualTo(new[] { LogLines.Longest / 2, 1 }));
        Assert.That(string.Concat(lines), Does.Not.Contain('\uFFFD'));
    }

    [Test]
    public void Add_CharacterSplitBetweenParts_IsWhole()
    {
        var log = new LogLines();
        log.NextPass(out _);
        var bytes = "ä"u8.ToArray();
        _ = log.Add(Frame(1, bytes[..1])).Count();
        _ = log.Add(Frame(1, bytes[1..])).Count();
        Assert.That(log.End().Single().Text, Is.EqualTo("ä"));
    }

    [Test]
    public void Add_PartsWithoutLineEnd_EndWithTheNextTimestamp() =>
        Assert.That(Pass(new(), (1, "long "), (1, "line"), (2, "next\n")), Is.EqualTo(new[] { "long line", "next" }));

    [Test]
    public void NextPass_AfterALoss_GivesOnlyWhatIsNew()
    {
        var log = new LogLines();
        Assert.That(Pass(log, (1, "a\n"), (2, "b\n"), (2, "c\n")), Is.EqualTo(new[] { "a", "b", "c" }));
        Assert.That(Pass(log, (2, "b\n"), (2, "c\n"), (2, "d\n"), (3, "e\n")), Is.EqualTo(new[] { "d", "e" }));
        Assert.That(Pass(log, (2, "b\n"), (3, "e\n")), Is.Empty);
        Assert.That(log.NextPass(out _), Is.False);
    }

    [Test]
    public void NextPass_FirstOne_IsTheWholeLog()
    {
        Assert.That(new LogLines().NextPass(out var since), Is.True);
        Assert.That(since, Is.Null);
    }

    private static List<string> Pass(LogLines log, params (int Second, string Text)[] messages)
    {
        Assert.That(log.NextPass(out _), Is.True);
        var texts = messages.SelectMany(m => log.Add(Frame(m.Second, Encoding.UTF8.GetBytes(m.Text))).ToList()).Select(l => l.Text).ToList();
        texts.AddRange(log.End().Select(l => l.Text));
        return texts;
    }

    private static LogFrame Frame(int second, byte[] text) =>
        new(LogSource.Stdout, Encoding.ASCII.GetBytes($"2026-01-01T00:00:{second:00}.000000001Z ").Concat(text).ToArray());
}
