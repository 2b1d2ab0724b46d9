using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Paging;

namespace OgcProcesses.Application.UnitTests.Common.Paging;

internal sealed class CursorTests
{
    [TestCase("2026-01-01T00:00:00Z|0f8f", false)]
    [TestCase("größe/?&=#", true)]
    [TestCase("", false)]
    public void Parse_OfItsOwnText_GivesTheSamePlace(string key, bool backwards)
    {
        var cursor = new Cursor(key, backwards);
        Assert.That(Cursor.Parse(cursor.ToString()), Is.EqualTo(cursor));
    }

    [Test]
    public void ToString_FitsIntoAUrl() => Assert.That(new Cursor("a?b&c/d+e ü", true).ToString(), Does.Match("^[A-Za-z0-9_-]+$"));

    [Test]
    public void Parse_OfNone_IsTheFirstPage() => Assert.That(Cursor.Parse(null), Is.Null);

    [TestCase("")]
    [TestCase("abc")]
    [TestCase("%%%")]
    [TestCase("bm90IG91cnM")]
    [TestCase("1; drop table Jobs")]
    public void Parse_OfAnythingElse_IsTheClientsMistake(string text)
    {
        var refusal = Assert.Throws<OgcException>(() => Cursor.Parse(text));
        Assert.That((refusal!.Error.Status, refusal.Violations.Single().Parameter), Is.EqualTo((400, "cursor")));
    }
}
