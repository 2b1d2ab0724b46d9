using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Infrastructure.IntegrationTests.Storage;

internal sealed class OutputOptionsTests
{
    private S3Options _s3 = null!;

    [SetUp]
    public void Begin() => _s3 = new() { Bucket = "results", ServiceUrl = new("https://s3.institute.example") };

    [Test]
    public void Validate_ABucketOfAnyServer_IsRight() => Assert.That(Wrong(), Is.Null);

    [Test]
    public void Validate_ABucketOfAws_NeedsItsRegionOnly()
    {
        _s3 = new() { Bucket = "results", Region = "eu-central-1" };
        Assert.That(Wrong(), Is.Null);
    }

    [Test]
    public void Validate_AFolder_NeedsNoBucket() =>
        Assert.That(new OutputOptionsValidator().Validate(null, new()).Succeeded);

    [Test]
    public void Validate_WithoutServerAndRegion_AsksForOne()
    {
        _s3.ServiceUrl = null;
        Assert.That(Wrong(), Is.EqualTo("Outputs:S3:ServiceUrl must be set, or for AWS Outputs:S3:Region."));
    }

    [TestCase("ftp://s3.example")]
    [TestCase("https://s3.example/bucket")]
    [TestCase("https://s3.example/?x")]
    [TestCase("https://user:secret@s3.example")]
    [TestCase("s3.example")]
    public void Validate_AnAddressThatIsNoRoot_IsNamed(string url)
    {
        _s3.ServiceUrl = new(url, UriKind.RelativeOrAbsolute);
        Assert.That(Wrong(), Does.StartWith("Outputs:S3:ServiceUrl must be the root of an http or https server"));
        Assert.That(Wrong(), Does.Not.Contain("secret"));
    }

    [TestCase("/ogc")]
    [TestCase("a//b")]
    [TestCase("../b")]
    public void Validate_APrefixThatLeadsElsewhere_IsNamed(string prefix)
    {
        _s3.Prefix = prefix;
        Assert.That(Wrong(), Does.StartWith($"Outputs:S3:Prefix '{prefix}'"));
    }

    [TestCase("key", null)]
    [TestCase("", "secret")]
    public void Validate_HalfAKey_IsNamedWithoutItsSecret(string key, string? secret)
    {
        (_s3.AccessKey, _s3.SecretKey) = (key, secret);
        Assert.That(Wrong(), Is.EqualTo("Outputs:S3:AccessKey and Outputs:S3:SecretKey must both be set, or neither."));
    }

    [TestCase("00:00:00")]
    [TestCase("8.00:00:00")]
    public void Validate_ALifetimeThatNoServerTakes_IsNamed(string lifetime)
    {
        _s3.RedirectLifetime = TimeSpan.Parse(lifetime, System.Globalization.CultureInfo.InvariantCulture);
        Assert.That(Wrong(), Is.EqualTo("Outputs:S3:RedirectLifetime must be between 00:00:01 and 7.00:00:00."));
    }

    private string? Wrong() => new OutputOptionsValidator().Validate(null, new() { Store = OutputStoreKind.S3, S3 = _s3 }).FailureMessage;
}
