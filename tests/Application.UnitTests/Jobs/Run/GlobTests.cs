using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.UnitTests.Jobs.Run;

internal sealed class GlobTests
{
    [TestCase("out.tif", "out.tif", true)]
    [TestCase("out.tif", "outXtif", false)]
    [TestCase("*.tif", "a.tif", true)]
    [TestCase("*.tif", "a.tif.aux", false)]
    [TestCase("*.tif", "sub/a.tif", false)]
    [TestCase("*", "a", true)]
    [TestCase("band?.tif", "band4.tif", true)]
    [TestCase("band?.tif", "band/.tif", false)]
    [TestCase("band[0-3].tif", "band2.tif", true)]
    [TestCase("band[0-3].tif", "band4.tif", false)]
    [TestCase("band[!0-3].tif", "band4.tif", true)]
    [TestCase("band[^0-3].tif", "band2.tif", false)]
    [TestCase("a[!b]c", "a/c", false)]
    [TestCase("a[.-0]b", "a/b", false)]
    [TestCase("a[.-0]b", "a.b", true)]
    [TestCase("a[b-]c", "a-c", true)]
    [TestCase("a[]]b", "a]b", true)]
    [TestCase("a[[]b", "a[b", true)]
    [TestCase("a[b", "a[b", true)]
    [TestCase(@"a[\d]", @"a\", true)]
    [TestCase(@"a[\d]", "a7", false)]
    [TestCase("**/a.tif", "a.tif", true)]
    [TestCase("**/a.tif", "x/y/a.tif", true)]
    [TestCase("x/**/a.tif", "x/a.tif", true)]
    [TestCase("x/**", "x/y/z", true)]
    [TestCase("x/**", "y/x", false)]
    [TestCase("/job/outputs/a.tif", "a.tif", true)]
    [TestCase("./a.tif", "a.tif", true)]
    [TestCase("../../etc/passwd", "a.tif", false)]
    [TestCase("a+b(1).txt", "a+b(1).txt", true)]
    [TestCase("*.tif", "a\n.tif", true)]
    public void Compile_GivesATestOfPaths(string pattern, string path, bool matches) =>
        Assert.That(Glob.Compile(pattern)(path), Is.EqualTo(matches));

    [TestCase("[z-a].tif", "z-a")]
    [TestCase(@"[a-\].tif", @"a-\")]
    [TestCase("[!9-0]", "9-0")]
    public void Compile_OfARangeThatRunsBackwards_IsRefused(string pattern, string range) =>
        Assert.That(Assert.Throws<FormatException>(() => Glob.Compile(pattern))!.Message, Is.EqualTo($"the range '{range}' runs backwards"));

    [TestCase("*")]
    [TestCase("**/")]
    [TestCase("a?b")]
    [TestCase("[ab]")]
    [TestCase("[z-a]")]
    [TestCase("[")]
    [TestCase("a]b")]
    [TestCase("[*]?[[]")]
    [TestCase(@"a\*")]
    public void Escape_OfAnyText_MatchesOnlyTheTextItself(string text)
    {
        var matches = Glob.Compile(Glob.Escape(text) + ".tif");
        Assert.That(((string[])[text, "a", "z", "axb", "ab", "x/a", ""]).Where(one => matches(one + ".tif")), Is.EqualTo(new[] { text }));
    }

    [Test]
    public void Compile_OfANastyPattern_IsNotSlow() =>
        Assert.That(Glob.Compile(string.Concat(Enumerable.Repeat("*a", 30)) + "b")(new string('a', 5_000)), Is.False);

    [TestCase("*?", 5_000)]
    [TestCase("x", 100_000)]
    [TestCase("**/", 5_000)]
    public void Compile_OfALongPattern_IsRefused(string piece, int times) =>
        Assert.Throws<FormatException>(() => Glob.Compile(string.Concat(Enumerable.Repeat(piece, times))));
}
