using OgcProcesses.Application.Common.Paging;

namespace OgcProcesses.Application.UnitTests.Common.Paging;

internal sealed class PageTests
{
    private static readonly Cursor Forwards = new("k", Backwards: false);
    private static readonly Cursor Backwards = new("k", Backwards: true);

    [Test]
    public void Of_AllThereIs_HasNoNeighbours()
    {
        var page = Page.Of(["a", "b"], limit: 2, from: null, Key);
        Assert.That((page.Items.Count, page.Next, page.Previous), Is.EqualTo((2, (Cursor?)null, (Cursor?)null)));
    }

    [Test]
    public void Of_MoreThanAPage_LeadsOnFromTheLastItem()
    {
        var page = Page.Of(["a", "b", "c"], limit: 2, from: null, Key);
        Assert.Multiple(() =>
        {
            Assert.That(page.Items, Is.EqualTo(new[] { "a", "b" }));
            Assert.That((page.Next, page.Previous), Is.EqualTo((new Cursor("b!", Backwards: false), (Cursor?)null)));
        });
    }

    [Test]
    public void Of_AMiddlePage_LeadsBothWays()
    {
        var page = Page.Of(["c", "d", "e"], limit: 2, Forwards, Key);
        Assert.That((page.Next, page.Previous), Is.EqualTo((new Cursor("d!", Backwards: false), new Cursor("c!", Backwards: true))));
    }

    [Test]
    public void Of_TheLastPage_LeadsOnlyBack()
    {
        var page = Page.Of(["e"], limit: 2, Forwards, Key);
        Assert.That((page.Next, page.Previous), Is.EqualTo(((Cursor?)null, new Cursor("e!", Backwards: true))));
    }

    [Test]
    public void Of_APageReadBackwards_IsInTheListsOrder()
    {
        var page = Page.Of(["d", "c", "b"], limit: 2, Backwards, Key);
        Assert.Multiple(() =>
        {
            Assert.That(page.Items, Is.EqualTo(new[] { "c", "d" }));
            Assert.That((page.Next, page.Previous), Is.EqualTo((new Cursor("d!", Backwards: false), new Cursor("c!", Backwards: true))));
        });
    }

    [Test]
    public void Of_TheFirstPageReadBackwards_LeadsOnlyOn()
    {
        var page = Page.Of(["b", "a"], limit: 2, Backwards, Key);
        Assert.That((page.Next, page.Previous), Is.EqualTo((new Cursor("b!", Backwards: false), (Cursor?)null)));
    }

    [Test]
    public void Of_Nothing_HasNoNeighbours() =>
        Assert.That(Page.Of(Array.Empty<string>(), limit: 2, Forwards, Key), Is.EqualTo(new Page<string>([], null, null)).Using<Page<string>>(Same));

    [TestCase(null, 100)]
    [TestCase(1, 1)]
    [TestCase(10_000, 10_000)]
    [TestCase(10_001, 10_000)]
    [Requirement("/req/core/pl-limit-response")]
    public void Effective_ALargerWishThanTheMaximum_IsMetByTheMaximum(int? limit, int size) =>
        Assert.That(PageSize.Effective(limit), Is.EqualTo(size));

    private static string Key(string item) => item + "!";

    private static bool Same(Page<string> one, Page<string> other) =>
        one.Items.SequenceEqual(other.Items) && one.Next == other.Next && one.Previous == other.Previous;
}
