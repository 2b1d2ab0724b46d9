using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Domain.UnitTests.Processes;

internal sealed class ProcessIdTests
{
    private static readonly string Longest = new('a', 128);

    [TestCase("a")]
    [TestCase("7z")]
    [TestCase("urn:ogc:process.NDVI_v-2")]
    public void TryParse_OfAWellFormedId_GivesIt(string text) =>
        Assert.That(ProcessId.TryParse(text, out var id) ? id.Value : null, Is.EqualTo(text));

    [TestCase(null)]
    [TestCase("")]
    [TestCase(".hidden")]
    [TestCase("-rf")]
    [TestCase("_a")]
    [TestCase("a/b")]
    [TestCase("../etc")]
    [TestCase("a b")]
    [TestCase("größe")]
    [TestCase("a\n")]
    [TestCase("a%2Fb")]
    public void TryParse_OfAnyOther_IsRefused(string? text)
    {
        Assert.Multiple(() =>
        {
            Assert.That(ProcessId.TryParse(text, out _), Is.False);
            if (text is not null) Assert.Throws<FormatException>(() => _ = new ProcessId(text));
        });
    }

    [Test]
    public void TryParse_AtTheLimitOfLength_TellsTheSidesApart()
    {
        Assert.Multiple(() =>
        {
            Assert.That(ProcessId.TryParse(Longest, out _), Is.True);
            Assert.That(ProcessId.TryParse(Longest + "a", out _), Is.False);
        });
    }

    [Test]
    public void CompareTo_IsOrdinal()
    {
        var (upper, lower) = (new ProcessId("Z"), new ProcessId("a"));
        Assert.That(upper < lower && upper <= lower && lower > upper && lower >= upper, Is.True);
    }

    [Test]
    public void ToString_OfNone_IsEmpty() => Assert.That(default(ProcessId).ToString(), Is.Empty);
}
