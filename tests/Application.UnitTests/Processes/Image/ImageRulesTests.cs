using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes.Image;

namespace OgcProcesses.Application.UnitTests.Processes.Image;

/// <summary>References as engines read them, and the operator's patterns for them.</summary>
internal sealed class ImageRulesTests
{
    private static readonly string Digest = "sha256:" + new string('a', 64);

    [TestCase("busybox", "docker.io/library/busybox:latest")]
    [TestCase("busybox:1", "docker.io/library/busybox:1")]
    [TestCase("docker.io/busybox", "docker.io/library/busybox:latest")]
    [TestCase("index.docker.io/library/busybox", "docker.io/library/busybox:latest")]
    [TestCase("institute/ndvi:2", "docker.io/institute/ndvi:2")]
    [TestCase("GHCR.io/institute/ndvi", "ghcr.io/institute/ndvi:latest")]
    [TestCase("localhost/ndvi", "localhost/ndvi:latest")]
    [TestCase("localhost:5000/a/b/ndvi:3", "localhost:5000/a/b/ndvi:3")]
    [TestCase("registry:5000/ndvi", "registry:5000/ndvi:latest")]
    [TestCase("Registry/ndvi", "registry/ndvi:latest")]
    [TestCase("busybox@sha256:aa", "docker.io/library/busybox@sha256:aa")]
    [TestCase("busybox:1@sha256:aa", "docker.io/library/busybox:1@sha256:aa")]
    [TestCase("sha256:aa", "sha256@sha256:aa")]
    public void Parse_AnyReference_SpellsItOut(string reference, string spelled) =>
        Assert.That(ImageReference.Parse(reference).ToString(), Is.EqualTo(spelled));

    [TestCase("docker.io/library/*", "busybox", true)]
    [TestCase("docker.io/library/*", "busybox:9", true)]
    [TestCase("docker.io/library/*", "docker.io/busybox", true)]
    [TestCase("docker.io/library/*", "institute/busybox", false)]
    [TestCase("docker.io/library/*", "docker.io.evil.example/library/busybox", false)]
    [TestCase("docker.io/library/*", "evil.example/docker.io/library/busybox", false)]
    [TestCase("docker.io/library/*", "sha256:beef", false, Description = "The engine would take it for a local image")]
    [TestCase("busybox", "docker.io/library/busybox:3", true)]
    [TestCase("busybox", "busybox2", false)]
    [TestCase("busybox:1.*", "busybox:1.36", true)]
    [TestCase("busybox:1.*", "busybox", false)]
    [TestCase("busybox:1.*", "busybox:1.36@sha256:aa", false, Description = "The engine looks at the digest alone")]
    [TestCase("busybox@sha256:aa", "busybox:1@sha256:aa", true)]
    [TestCase("busybox@sha256:aa", "busybox@sha256:bb", false)]
    [TestCase("busybox@sha256:aa", "busybox", false)]
    [TestCase("ghcr.io/institute/*", "ghcr.io/institute/ndvi", true)]
    [TestCase("ghcr.io/institute/*", "GHCR.IO/institute/ndvi", true)]
    [TestCase("GHCR.IO/institute/*", "ghcr.io/institute/ndvi", true)]
    [TestCase("ghcr.io/institute/*", "ghcr.io/institute/a/ndvi", false)]
    [TestCase("ghcr.io/institute/**", "ghcr.io/institute/a/ndvi:1", true)]
    [TestCase("ghcr.io/institute/**", "ghcr.io/institute2/ndvi", false)]
    [TestCase("ghcr.io/institute/**", "ghcr.io:444/institute/ndvi", false)]
    [TestCase("localhost:5000/**", "localhost:5000/a/b:1", true)]
    [TestCase("localhost:5000/**", "localhost:5001/a/b:1", false)]
    [TestCase("*.example.org/**", "images.example.org/a/b", true)]
    [TestCase("*.example.org/**", "example.org/a/b", false)]
    [TestCase("institute/*", "institute/ndvi", true)]
    [TestCase("institute/*", "ghcr.io/institute/ndvi", false)]
    [TestCase("**", "anything.example/at/all", true)]
    [TestCase("**", "sha256:beef", true)]
    [TestCase("sha256", "sha256:beef", true)]
    [TestCase("sha256", "busybox", false)]
    public void Refusal_OfAPattern_AllowsWhatItMeans(string pattern, string reference, bool allowed)
    {
        var rules = new ImageRules(new() { AllowedImages = ["unrelated/image", pattern] });
        Assert.That(rules.Refusal(reference), allowed ? Is.Null : Does.Contain("Runner:AllowedImages"));
    }

    [Test]
    public void Refusal_NoPatterns_AllowsAll() => Assert.That(new ImageRules(new()).Refusal("evil.example/any"), Is.Null);

    [TestCase("busybox", false)]
    [TestCase("busybox:1", false)]
    [TestCase("busybox@DIGEST", true)]
    [TestCase("busybox:1@DIGEST", true)]
    [TestCase("DIGEST", true)]
    public void Refusal_PinningIsRequired_AsksForADigest(string reference, bool allowed)
    {
        var rules = new ImageRules(new() { ImagePinning = ImagePinning.Required });
        Assert.That(rules.Refusal(reference.Replace("DIGEST", Digest, StringComparison.Ordinal)), allowed ? Is.Null : Does.Contain("by digest"));
    }
}
