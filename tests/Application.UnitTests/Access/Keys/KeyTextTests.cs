using OgcProcesses.Application.Access.Keys;

namespace OgcProcesses.Application.UnitTests.Access.Keys;

internal sealed class KeyTextTests
{
    [Test]
    public void New_IsReadBack_AndLikeNoOther()
    {
        var key = KeyText.New(AJob.Now);
        Assert.That(KeyText.TryParse(key.ToString(), out var read), key.ToString());
        Assert.That(read, Is.EqualTo(key));
        Assert.That(key.Fits(read!.Digest));
        Assert.That(key.Fits(KeyText.New(AJob.Now).Digest), Is.False);
        Assert.That(key.Digest, Does.Not.Contain(key.Secret));
    }

    [Test]
    public void New_Later_SortsBehind() =>
        Assert.That(KeyText.New(AJob.Now).Id, Is.LessThan(KeyText.New(AJob.Now.AddSeconds(1)).Id).Using((IComparer<string>)StringComparer.Ordinal));

    [TestCase("")]
    [TestCase("ogcp_")]
    [TestCase("ogcp_0123456789abcdef0123_")]
    [TestCase("OGCP_0123456789abcdef0123_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [TestCase("ogcp_0123456789abcdef0123_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n")]
    [TestCase("ogcp_0123456789abcdef0123_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [TestCase("ogcp_0123456789ABCDEF0123_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void TryParse_AnythingElse_IsNone(string text) => Assert.That(KeyText.TryParse(text, out _), Is.False);
}
