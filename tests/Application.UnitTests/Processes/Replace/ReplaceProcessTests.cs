using MediatR;
using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Processes.Image;
using OgcProcesses.Application.Processes.List;
using OgcProcesses.Application.Processes.Replace;
using OgcProcesses.Application.Processes.Undeploy;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Processes.Replace;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ReplaceProcessTests
{
    private readonly FakeProcessStore _processes = new();

    [Test]
    [Requirement("/req/deploy-replace-undeploy/replace-put-op")]
    public async Task Replace_PutsThePackageInThePlaceOfThePresentOne()
    {
        var process = _processes.Add(AProcess.Named("echo").Deploy());
        var first = process.Revision.Id;
        await ReplaceAsync("echo", APackage.Plain("echo").With("/executionUnit/image", "\"busybox:2\""));
        Assert.That((process.Revision.Number, process.Revision.Unit.Image), Is.EqualTo((2, "busybox:2")));
        Assert.That(await _processes.FindRevisionAsync(first, CancellationToken.None), Is.Not.Null, "jobs under way keep theirs");
    }

    [Test]
    public void Replace_OfAnUnknownProcess_IsRefused() =>
        Assert.That(
            Assert.ThrowsAsync<OgcException>(() => ReplaceAsync("echo", APackage.Plain("echo")))!.Error,
            Is.EqualTo(OgcError.NoSuchProcess));

    [Test]
    [Requirement("/req/deploy-replace-undeploy/deploy-response-immutable")]
    public void Replace_OfABuiltInProcess_IsRefused()
    {
        _processes.Add(AProcess.Named("echo").BuiltIn().Deploy());
        Assert.That(
            Assert.ThrowsAsync<OgcException>(() => ReplaceAsync("echo", APackage.Plain("echo")))!.Error,
            Is.EqualTo(OgcError.ImmutableProcess));
    }

    [Test]
    public void Replace_ByAnotherId_PointsAtTheId()
    {
        _processes.Add(AProcess.Named("other").Deploy());
        var plain = Assert.ThrowsAsync<OgcException>(() => ReplaceAsync("other", APackage.Plain()));
        var nested = Assert.ThrowsAsync<OgcException>(() => ReplaceAsync("other", APackage.Nested()));
        Assert.That(
            (plain!.Violations.Single().Pointer, nested!.Violations.Single().Pointer),
            Is.EqualTo(("/processDescription/id", "/processDescription/process/id")));
    }

    [Test]
    [Requirement("/req/deploy-replace-undeploy/undeploy-delete-op")]
    public async Task Undeploy_TakesTheProcessAway_AndKeepsItsRevisions()
    {
        var process = _processes.Add(AProcess.Named("echo").Deploy());
        await UndeployAsync("echo");
        Assert.That(await _processes.FindAsync(process.Id, CancellationToken.None), Is.Null);
        Assert.That(await _processes.FindRevisionAsync(process.Revision.Id, CancellationToken.None), Is.Not.Null);
    }

    [Test]
    public void Undeploy_OfABuiltInProcess_IsRefused()
    {
        _processes.Add(AProcess.Named("echo").BuiltIn().Deploy());
        Assert.That(Assert.ThrowsAsync<OgcException>(() => UndeployAsync("echo"))!.Error, Is.EqualTo(OgcError.ImmutableProcess));
    }

    [Test]
    public async Task ReplaceAndUndeploy_OfAnotherRevision_AreRefused()
    {
        var process = _processes.Add(AProcess.Named("echo").Deploy());
        var first = process.Revision.Id;
        await ReplaceAsync("echo", APackage.Plain("echo"), first);
        Assert.Multiple(() =>
        {
            Assert.That(
                Assert.ThrowsAsync<OgcException>(() => ReplaceAsync("echo", APackage.Plain("echo"), first))!.Error,
                Is.EqualTo(OgcError.ProcessChanged));
            Assert.That(Assert.ThrowsAsync<OgcException>(() => UndeployAsync("echo", first))!.Error, Is.EqualTo(OgcError.ProcessChanged));
            Assert.That(process.Revision.Number, Is.EqualTo(2));
        });
    }

    private Task<ProcessSummary> ReplaceAsync(string id, APackage package, Guid? revision = null)
    {
        var handler = new ReplaceProcessHandler(
            _processes, APackage.Source(), new ImageRequests(), AMapper.WithAllMaps, new FakeTimeProvider(AJob.Now));
        return handler.Handle(new(new ProcessId(id), package.Build(), Revisions: Named(revision)), CancellationToken.None);
    }

    private Task UndeployAsync(string id, Guid? revision = null)
    {
        IRequestHandler<UndeployProcess> handler = new UndeployProcessHandler(_processes);
        return handler.Handle(new(new ProcessId(id), Named(revision)), CancellationToken.None);
    }

    private static Guid[]? Named(Guid? revision) => revision is { } one ? [one] : null;
}
