using System.ComponentModel.DataAnnotations;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.UnitTests.Jobs.Run;

internal sealed class RunnerOptionsTests
{
    [Test]
    public void Validate_OfTheDefaults_IsFine() => Assert.That(Wrong(_ => { }), Is.Empty);

    [Test]
    public void Validate_OfTheLongestTimeLimits_IsFine() =>
        Assert.That(Wrong(options => options.DefaultTimeout = options.MaxTimeout = TimeSpan.FromDays(49)), Is.Empty);

    [Test]
    public void Validate_OfTimeLimitsBeyondThePlatformsTimers_IsRefused() =>
        Assert.That(
            Wrong(options => options.DefaultTimeout = options.MaxTimeout = TimeSpan.FromDays(49) + TimeSpan.FromSeconds(1)),
            Is.EquivalentTo(new[] { "DefaultTimeout", "MaxTimeout" }));

    [Test]
    public void Validate_OfADefaultClaimOfMoreCoresThanThereAre_IsRefused() =>
        Assert.That(Wrong(options => options.DefaultCpuRequest = options.DefaultCpuLimit = 4.5), Is.EqualTo(new[] { "DefaultCpuRequest" }));

    [Test]
    public void Validate_OfADefaultClaimOfMoreMemoryThanThereIs_IsRefused() =>
        Assert.That(Wrong(options => options.DefaultMemoryRequest = options.DefaultMemoryLimit = 9L << 30), Is.EqualTo(new[] { "DefaultMemoryRequest" }));

    [Test]
    public void Validate_OfADefaultTimeLimitBeyondTheLongest_IsRefused() =>
        Assert.That(Wrong(options => options.DefaultTimeout = TimeSpan.FromDays(8)), Is.EqualTo(new[] { "DefaultTimeout" }));

    [TestCase(1, 5)]
    [TestCase(2, 10)]
    [TestCase(4, 40)]
    [TestCase(99, 300)]
    public void RetryAfter_SomeAttempts_DoublesUpToTheLongest(int attempts, int seconds) =>
        Assert.That(new RunnerOptions().RetryAfter(attempts), Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [Test]
    public void Validate_OfAFirstRetryBeyondTheLongest_IsRefused() =>
        Assert.That(Wrong(options => options.FirstRetry = TimeSpan.FromMinutes(6)), Is.EqualTo(new[] { "FirstRetry" }));

    [TestCase("host")]
    [TestCase("none")]
    [TestCase("container:other")]
    [TestCase("")]
    public void Validate_OfANetworkThatIsNoneOfTheEngines_IsRefused(string network) =>
        Assert.That(Wrong(options => options.Networks.Add(network)), Is.EqualTo(new[] { "Networks" }));

    [TestCase("http://ghcr.io/**")]
    [TestCase("ghcr.io/ **")]
    [TestCase("")]
    public void Validate_OfWhatIsNoPatternOfImages_IsRefused(string pattern) =>
        Assert.That(Wrong(options => options.AllowedImages.Add(pattern)), Is.EqualTo(new[] { "AllowedImages" }));

    [Test]
    public void Validate_OfAGpuNamedTwice_IsRefused() =>
        Assert.That(Wrong(options =>
            {
                options.Gpus.Add("0");
                options.Gpus.Add("0");
            }),
            Is.EqualTo(new[] { "Gpus" }));

    [Test]
    public void Validate_OfSeveralRulesBroken_TellsThemAll() =>
        Assert.That(
            Wrong(options =>
            {
                options.CpuBudget = 0.25;
                options.MemoryBudget = 128L << 20;
                options.MaxTimeout = TimeSpan.FromHours(1);
            }),
            Is.EqualTo(new[] { "DefaultCpuRequest", "DefaultMemoryRequest", "DefaultTimeout" }));

    [Test]
    public void Validate_OfADefaultRequestThatTheDefaultLimitCuts_IsFine() =>
        Assert.That(
            Wrong(options =>
            {
                (options.DefaultCpuRequest, options.DefaultCpuLimit) = (8, 4);
                (options.DefaultMemoryRequest, options.DefaultMemoryLimit) = (16L << 30, 8L << 30);
            }),
            Is.Empty);

    /// <summary>The settings that are refused, on a node of four cores and eight GiB.</summary>
    private static IEnumerable<string> Wrong(Action<RunnerOptions> configure)
    {
        var options = new RunnerOptions { CpuBudget = 4, MemoryBudget = 8L << 30 };
        configure(options);
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new(options), results, validateAllProperties: true);
        return results.SelectMany(result => result.MemberNames);
    }
}
