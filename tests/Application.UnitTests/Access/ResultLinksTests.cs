using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Access.Links;

namespace OgcProcesses.Application.UnitTests.Access;

internal sealed class ResultLinksTests
{
    private const string Path = "/jobs/5f0c9a3e-3a0e-4d2b-9c55-0a0a0a0a0a0a/results/image";
    private static readonly CancellationToken None = CancellationToken.None;

    private FakeTimeProvider _clock = null!;
    private FakeResultLinkKeys _keys = null!;
    private ResultLinks _links = null!;

    [SetUp]
    public void Begin()
    {
        _clock = new(new(2026, 11, 23, 12, 0, 0, 500, TimeSpan.Zero));
        _keys = new();
        _links = Node();
    }

    [Test]
    public async Task Check_OfASignature_HoldsForItsPathUntilItsTime()
    {
        var signature = await SignAsync(_links, Path);

        Assert.That(signature, Does.Match(@"^1\.1\.\d{10}\.[A-Za-z0-9_-]{43}$"), "nothing in it that a URL would have to escape");
        Assert.That(await _links.CheckAsync(Path, signature, None), Is.EqualTo(SignatureState.Valid));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.That(await _links.CheckAsync(Path, signature, None), Is.EqualTo(SignatureState.Valid));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await _links.CheckAsync(Path, signature, None), Is.EqualTo(SignatureState.Expired));
    }

    [TestCase(Path + "/1")]
    [TestCase(Path + "/")]
    [TestCase(Path + "s")]
    [TestCase("/jobs/5f0c9a3e-3a0e-4d2b-9c55-0a0a0a0a0a0a/results")]
    [TestCase("/Jobs/5f0c9a3e-3a0e-4d2b-9c55-0a0a0a0a0a0a/results/image")]
    [TestCase("/jobs/5f0c9a3e-3a0e-4d2b-9c55-0a0a0a0a0a0b/results/image")]
    [TestCase("/jobs/../jobs/5f0c9a3e-3a0e-4d2b-9c55-0a0a0a0a0a0a/results/image")]
    [TestCase("")]
    public async Task Check_ForAnotherPath_IsWrong(string other) =>
        Assert.That(await _links.CheckAsync(other, await SignAsync(_links, Path), None), Is.EqualTo(SignatureState.Wrong));

    [Test]
    public async Task Check_WithAnyCharacterAltered_IsWrong([Range(0, 57)] int at)
    {
        var signature = await SignAsync(_links, Path);
        Assert.That(signature, Has.Length.EqualTo(58));
        // The last character of base64 has bits that say nothing; all its neighbours must be refused, too.
        foreach (var other in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.=+ é".Where(other => other != signature[at]))
            Assert.That(await _links.CheckAsync(Path, $"{signature[..at]}{other}{signature[(at + 1)..]}", None), Is.EqualTo(SignatureState.Wrong), $"{other}");
    }

    [TestCase("")]
    [TestCase("1.1.1")]
    [TestCase("...")]
    [TestCase("1.99999999999.1.a")]
    [TestCase("1.1.99999999999999999999.a")]
    [TestCase("1.-1.1.a")]
    public async Task Check_OfWhatIsNoSignature_IsWrong(string text)
    {
        await SignAsync(_links, Path);
        Assert.That(await _links.CheckAsync(Path, text, None), Is.EqualTo(SignatureState.Wrong));
    }

    [Test]
    public async Task Check_WithItsTimeMovedOn_IsWrongAndNotExpired()
    {
        var parts = (await SignAsync(_links, Path)).Split('.');
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.That(await _links.CheckAsync(Path, $"1.1.{long.Parse(parts[2], null) - 1}.{parts[3]}", None), Is.EqualTo(SignatureState.Wrong), "only what was signed here is told more");
    }

    [Test]
    public async Task Check_OnASecondNode_FollowsARotationWithinSeconds()
    {
        var second = Node();
        var old = await SignAsync(_links, Path);
        Assert.That(await second.CheckAsync(Path, old, None), Is.EqualTo(SignatureState.Valid));

        await _links.RotateAsync(None);
        var fresh = await SignAsync(_links, Path);

        Assert.That(await _links.CheckAsync(Path, old, None), Is.EqualTo(SignatureState.Wrong), "at once where it was rotated");
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.That(await second.CheckAsync(Path, old, None), Is.EqualTo(SignatureState.Wrong));
        Assert.That(await second.CheckAsync(Path, fresh, None), Is.EqualTo(SignatureState.Valid));
    }

    [Test]
    public async Task Check_OfANewerKeyThanIsKnown_IsNotKeptWaiting()
    {
        var second = Node();
        await second.CheckAsync(Path, await SignAsync(_links, Path), None);
        await _links.RotateAsync(None);

        Assert.That(await second.CheckAsync(Path, await SignAsync(_links, Path), None), Is.EqualTo(SignatureState.Valid));
    }

    [Test]
    public async Task Check_AgainAndAgain_LooksForTheKeyOnce()
    {
        var signature = await SignAsync(_links, Path);
        var looks = _keys.Looks;
        for (var number = 0; number < 10; number++) await _links.CheckAsync(Path, signature, None);
        Assert.That(_keys.Looks, Is.EqualTo(looks));
    }

    [Test]
    public async Task Sign_FirstOnTwoNodesAtOnce_IsByOneKey()
    {
        var second = Node();
        var theirs = "";
        _keys.BeforeReplace = () =>
        {
            _keys.BeforeReplace = () => { };
            theirs = SignAsync(second, Path).GetAwaiter().GetResult();
        };

        var ours = await SignAsync(_links, Path);

        Assert.That(theirs, Is.EqualTo(ours).And.Not.Empty);
    }

    [Test]
    public async Task Rotate_OnTwoNodesAtOnce_WithdrawsBothTimes()
    {
        var second = Node();
        var before = await SignAsync(_links, Path);
        _keys.BeforeReplace = () =>
        {
            _keys.BeforeReplace = () => { };
            second.RotateAsync(None).GetAwaiter().GetResult();
        };

        Assert.That((await _links.RotateAsync(None)).Number, Is.EqualTo(3));
        Assert.That(await _links.CheckAsync(Path, before, None), Is.EqualTo(SignatureState.Wrong));
    }

    [Test]
    public async Task Links_WithoutALifetime_AreNeitherMadeNorTaken()
    {
        var signature = await SignAsync(_links, Path);
        var without = Node(TimeSpan.Zero);
        Assert.That(await without.FindSignerAsync(None), Is.Null);
        Assert.That(await without.CheckAsync(Path, signature, None), Is.EqualTo(SignatureState.Wrong));
    }

    private static async Task<string> SignAsync(ResultLinks links, string path) => (await links.FindSignerAsync(None))!(path)["?signature=".Length..];

    private ResultLinks Node(TimeSpan? lifetime = null) => new(_keys, Options.Create(new ResultLinkOptions { Lifetime = lifetime ?? TimeSpan.FromHours(1) }), _clock);
}
