using System.ComponentModel.DataAnnotations;
using OgcProcesses.Application.Callbacks;

namespace OgcProcesses.Application.UnitTests.Callbacks;

internal sealed class CallbackOptionsTests
{
    private const string Key = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [TestCase(1, 0, 4)]
    [TestCase(1, 0.5, 5)]
    [TestCase(1, 1, 6)]
    [TestCase(2, 0.5, 10)]
    [TestCase(11, 0.5, 5_120)]
    [TestCase(13, 0.5, 14_400)]
    [TestCase(1_000, 0.5, 14_400)]
    public void RetryAfter_DoublesUpToTheLongestWait_MoreOrLess(int attempts, double chance, double seconds) =>
        Assert.That(new CallbackOptions().RetryAfter(attempts, chance).TotalSeconds, Is.EqualTo(seconds).Within(1e-6));

    [TestCase]
    [TestCase(Key)]
    [TestCase("whsec_" + Key, Key)]
    public void Validate_OfGoodKeys_FindsNothing(params string[] keys) => Assert.That(Wrong(new() { SigningKeys = keys }), Is.Empty);

    [TestCase("Callbacks:SigningKeys:0", "")]
    [TestCase("Callbacks:SigningKeys:0", "too short")]
    [TestCase("Callbacks:SigningKeys:1", Key, "c2hvcnQ=")]
    [TestCase("Callbacks:SigningKeys", Key, Key, Key)]
    public void Validate_OfBadKeys_NamesThemWithoutTellingThem(string named, params string[] keys)
    {
        var wrong = Wrong(new() { SigningKeys = keys }).First();
        Assert.That(wrong, Does.Contain(named).And.Not.Contain(Key));
    }

    [Test]
    public void Validate_OfAFirstWaitBeyondTheLongest_NamesBoth() =>
        Assert.That(Wrong(new() { FirstRetry = TimeSpan.FromHours(1), MaxRetry = TimeSpan.FromMinutes(1) }).Single(), Does.Contain("MaxRetry"));

    private static IEnumerable<string> Wrong(CallbackOptions options) => options.Validate(new ValidationContext(options)).Select(wrong => wrong.ErrorMessage!);
}
