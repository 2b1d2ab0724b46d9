using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs.Run;

namespace OgcProcesses.Application.UnitTests.Processes.Image;

/// <summary>Processes held to the image that was there when they were deployed.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ImagePinsTests
{
    private const string Id = "sha256:image";

    private readonly List<string> _asked = [];

    [Test]
    public async Task Read_HeldToDigests_KeepsTheReferenceAndNotesTheDigest()
    {
        var unit = await ReadAsync(new(Id, "sha256:digest", []));
        Assert.That((unit.Image, unit.PinnedImage), Is.EqualTo(("busybox:1", "docker.io/library/busybox@sha256:digest")));
    }

    [Test]
    public async Task Read_ImageOfNoRegistry_IsHeldToItsIdentifier() =>
        Assert.That((await ReadAsync(new(Id, Id, []))).PinnedImage, Is.EqualTo(Id));

    [Test]
    public async Task Read_DigestIsAnotherRegistrys_IsHeldToItsIdentifier() =>
        Assert.That((await ReadAsync(new(Id, "sha256:digest", []), absent: "docker.io/library/busybox@sha256:digest")).PinnedImage, Is.EqualTo(Id));

    [TestCase(ImagePinning.Off, "busybox:1")]
    [TestCase(ImagePinning.OnDeploy, "busybox@sha256:digest")]
    public async Task Read_NothingToHoldTo_AsksNobody(ImagePinning pinning, string image)
    {
        Assert.That((await ReadAsync(new(Id, Id, []), reference: image, pinning: pinning)).PinnedImage, Is.Null);
        Assert.That(_asked, Is.Empty);
    }

    [Test]
    public void Read_ImageIsAbsent_SaysSoAtItsPlace()
    {
        var refused = Assert.ThrowsAsync<OgcException>(() => ReadAsync(new(Id, Id, []), absent: "busybox:1"))!;
        Assert.That((refused.Violations[0].Pointer, refused.Error.Status), Is.EqualTo(("/executionUnit/image", 400)));
    }

    [Test]
    public void Read_EngineIsAway_IsTheServersFault()
    {
        var engine = new FakeRunner { Failing = _ => throw new EngineException("connection refused") };
        var source = APackage.Source(limits: new() { ImagePinning = ImagePinning.OnDeploy }, engine: engine);
        var refused = Assert.ThrowsAsync<OgcException>(() => source.ReadAsync(APackage.Plain().Build(), null, null, CancellationToken.None))!;
        Assert.That(refused.Error, Is.EqualTo(OgcError.EngineAway));
    }

    [Test]
    public async Task Run_OfAPinnedUnit_RunsWhatItIsHeldTo()
    {
        using var node = new ANode();
        node.Runner.Program = container => container.Exit();
        node.Runner.Pull = (reference, _) =>
        {
            _asked.Add(reference);
            return Task.CompletedTask;
        };
        await node.RunToTheEndAsync(node.Accept(AProcess.Named("echo").Running(new() { Image = "busybox:1", PinnedImage = Id }).Deploy()));
        Assert.That(_asked, Is.EqualTo(new[] { Id }));
    }

    private async Task<Domain.Processes.ExecutionUnit> ReadAsync(
        ContainerImage image, string? absent = null, string reference = "busybox:1", ImagePinning pinning = ImagePinning.OnDeploy)
    {
        var engine = new FakeRunner
        {
            Image = image,
            Pull = (wanted, _) =>
            {
                _asked.Add(wanted);
                return wanted == absent ? throw new ImageUnavailableException(wanted, "no such image") : Task.CompletedTask;
            },
        };
        var package = APackage.Plain().With("/executionUnit/image", $"\"{reference}\"").Build();
        return (await APackage.Source(limits: new() { ImagePinning = pinning }, engine: engine).ReadAsync(package, null, null, CancellationToken.None)).Unit;
    }
}
