using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Processes;
using OgcProcesses.Application.Processes.Deploy;
using OgcProcesses.Application.Processes.Image;
using OgcProcesses.Application.Processes.List;
using OgcProcesses.Domain.Access;

namespace OgcProcesses.Application.UnitTests.Processes.Deploy;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DeployProcessTests
{
    private readonly FakeProcessStore _processes = new();
    private readonly ImageRequests _images = new();

    [Test]
    [Requirement("/req/deploy-replace-undeploy/deploy-post-op")]
    public async Task Deploy_OfANewProcess_KeepsItAndAsksForItsImage()
    {
        var summary = await DeployAsync(APackage.Plain("ndvi").With("/x-note", "\"mine\""));
        var process = await _processes.FindAsync(new("ndvi"), CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(summary.Id, Is.EqualTo("ndvi"));
            Assert.That((process!.Owner, process.Mutable, process.Created), Is.EqualTo(("anna", true, AJob.Now)));
            Assert.That(process.Revision.Package, Does.Contain("\"x-note\":\"mine\""), "the package is given back as it came");
        });
        await using var asked = _images.ReadAllAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.That(await asked.MoveNextAsync() ? asked.Current.Value : null, Is.EqualTo("ndvi"));
    }

    [Test]
    [Requirement("/req/deploy-replace-undeploy/deploy-response-duplicate")]
    public async Task Deploy_OfAnIdThatIsTaken_IsRefused()
    {
        await DeployAsync(APackage.Plain("ndvi"));
        var refusal = Assert.ThrowsAsync<OgcException>(() => DeployAsync(APackage.Plain("ndvi")));
        Assert.That((refusal!.Error, refusal.Location), Is.EqualTo((OgcError.DuplicatedProcess, "processes/ndvi")));
    }

    [Test]
    [Requirement("/req/deploy-replace-undeploy/deploy-response-immutable")]
    public void Deploy_OntoABuiltInProcess_IsRefused()
    {
        _processes.Add(AProcess.Named("echo").BuiltIn().Deploy());
        var refusal = Assert.ThrowsAsync<OgcException>(() => DeployAsync(APackage.Plain("echo")));
        Assert.That(refusal!.Error, Is.EqualTo(OgcError.ImmutableProcess));
    }

    [Test]
    public void Deploy_OfAPackageThatIsWrong_TellsEveryPlace()
    {
        var refusal = Assert.ThrowsAsync<OgcException>(
            () => DeployAsync(APackage.Plain().With("/executionUnit/type", null).With("/executionUnit/image", null)));
        Assert.That(refusal!.Violations.Select(violation => violation.Pointer), Is.EquivalentTo(new[] { "/executionUnit/type", "/executionUnit/image" }));
    }

    [Test]
    public async Task Deploy_OfASchemaThatIsNotFullyEnforced_WarnsOfIt()
    {
        var summary = await DeployAsync(APackage.Plain().With("/processDescription/inputs/a/schema/x-warned", "1"));
        Assert.That(summary.Warnings, Has.One.Contains("x-warned"));
    }

    [TestCase(Visibility.Private)]
    [TestCase(Visibility.Public)]
    public async Task Deploy_IsForWhomTheOperatorSays(Visibility visibility)
    {
        await DeployAsync(APackage.Plain("ndvi"), visibility: visibility);
        Assert.That((await _processes.FindAsync(new("ndvi"), CancellationToken.None))!.Access.Visibility, Is.EqualTo(visibility));
    }

    [Test]
    public async Task Deploy_OfAnIdThatSomebodyElseKeepsToThemselves_TellsOnlyThatItIsTaken()
    {
        await DeployAsync(APackage.Plain("ndvi"));
        var refusal = Assert.ThrowsAsync<OgcException>(() => DeployAsync(APackage.Plain("ndvi"), new("bert", Role.Deployer)));
        Assert.That((refusal!.Error, refusal.Location, refusal.Message), Is.EqualTo((OgcError.DuplicatedProcess, (string?)null, "The identifier 'ndvi' is taken; deploy under another.")));
    }

    [Test]
    public async Task Deploy_ByAKeyForOtherProcesses_IsRefused()
    {
        Caller caller = new("anna", Role.Admin) { Processes = [new("other")] };
        Assert.That(Assert.ThrowsAsync<OgcException>(() => DeployAsync(APackage.Plain("ndvi"), caller))!.Error, Is.EqualTo(OgcError.Forbidden));
        Assert.That(await _processes.FindAsync(new("ndvi"), CancellationToken.None), Is.Null);
    }

    private Task<ProcessSummary> DeployAsync(APackage package, Caller? caller = null, Visibility visibility = default) => new DeployProcessHandler(
        _processes, APackage.Source(), _images, AMapper.WithAllMaps, new FakeCaller(caller ?? new("anna", Role.Deployer)), Options.Create(new ProcessOptions { DefaultVisibility = visibility }),
        new FakeTimeProvider(AJob.Now)).Handle(new(package.Build()), CancellationToken.None);
}
