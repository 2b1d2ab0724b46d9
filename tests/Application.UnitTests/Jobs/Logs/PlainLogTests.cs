using OgcProcesses.Application.Jobs.Logs;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.UnitTests.Jobs.Logs;

internal sealed class PlainLogTests
{
    [Test]
    public void Of_ALine_HasItsTimeAndStream()
    {
        var at = new DateTimeOffset(2026, 1, 31, 13, 0, 0, 120, TimeSpan.FromHours(1));
        Assert.That(PlainLog.Of(new(1, at, LogSource.Stderr, "late\tand ä")), Is.EqualTo("2026-01-31T12:00:00.120000Z stderr late\tand ä"));
    }

    /// <summary>What moves a cursor, changes a window's title, rings, ends a line or turns the text round.</summary>
    [TestCase("\u001b[31mred", "␛[31mred")]
    [TestCase("\u001b]0;title\u0007", "␛]0;title␇")]
    [TestCase("10 %\r20 %\b\0", "10 %␍20 %␈␀")]
    [TestCase("\u007f\u009b31m\u0085", "␡\uFFFD31m\uFFFD")]
    [TestCase("a\u202egpj.exe\u2066\u2028b", "a\uFFFDgpj.exe\uFFFD\uFFFDb")]
    [TestCase("🛰 ä 日本", "🛰 ä 日本")]
    public void Harmless_AnyText_SteersNoTerminal(string text, string harmless) =>
        Assert.That(PlainLog.Harmless(text), Is.EqualTo(harmless));
}
