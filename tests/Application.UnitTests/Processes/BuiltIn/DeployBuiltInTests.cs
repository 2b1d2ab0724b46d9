using MediatR;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes.BuiltIn;
using OgcProcesses.Application.Processes.Image;
using OgcProcesses.Domain.Processes;
using static Microsoft.Extensions.Options.Options;

namespace OgcProcesses.Application.UnitTests.Processes.BuiltIn;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DeployBuiltInTests
{
    private readonly FakeProcessStore _processes = new();

    [Test]
    [Requirement("/req/deploy-replace-undeploy/static-indicator")]
    public async Task Deploy_TheFirstTime_MakesAnImmutableProcess()
    {
        await DeployAsync(APackage.Plain());
        Assert.That((await EchoAsync())!.Mutable, Is.False);
    }

    [Test]
    public async Task Deploy_OfTheSameAgain_ChangesNothing()
    {
        await DeployAsync(APackage.Plain());
        await DeployAsync(APackage.Plain());
        Assert.That((await EchoAsync())!.Revision.Number, Is.EqualTo(1));
    }

    [Test]
    public async Task Deploy_OfANewerOne_ReplacesIt()
    {
        await DeployAsync(APackage.Plain());
        await DeployAsync(APackage.Plain().With("/executionUnit/image", "\"busybox:2\""));
        Assert.That((await EchoAsync())!.Revision.Unit.Image, Is.EqualTo("busybox:2"));
    }

    [Test]
    public async Task Deploy_WhereSomebodyHasTheId_LeavesTheirs()
    {
        _processes.Add(AProcess.Named("echo").Deploy());
        await DeployAsync(APackage.Plain());
        Assert.That(((await EchoAsync())!.Mutable, (await EchoAsync())!.Owner), Is.EqualTo((true, "anna")));
    }

    [Test]
    public async Task Deploy_OfWhatNeedsMoreThanTheOperatorGives_IsLeftOut()
    {
        await DeployAsync(APackage.Plain().With("/executionUnit/config/cpuMin", "100000"));
        Assert.That(await EchoAsync(), Is.Null);
    }

    private Task<Process?> EchoAsync() => _processes.FindAsync(new("echo"), CancellationToken.None);

    private Task DeployAsync(APackage package)
    {
        IRequestHandler<DeployBuiltIn> handler = new DeployBuiltInHandler(
            _processes, new FakeSchemas(), Create(new RunnerOptions()), new ImageRequests(), new FakeTimeProvider(AJob.Now),
            NullLogger<DeployBuiltInHandler>.Instance);
        return handler.Handle(new(package.Build()), CancellationToken.None);
    }
}
