using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Behaviours;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Common.Behaviours;

internal sealed class AuthorizationBehaviourTests
{
    private readonly FakeJobStore _jobs = new(new JobSignals());

    [Test]
    public async Task Handle_OpenToAll_AsksNobody() => Assert.That(await HandleAsync(Caller.Nobody, new Landing()), Is.EqualTo("handled"));

    [Test]
    public void Handle_OfNobody_IsRefused() => AssertRefused(Caller.Nobody, new Deploy(), OgcError.Unauthenticated);

    [TestCase(Role.Reader, false)]
    [TestCase(Role.Executor, false)]
    [TestCase(Role.Deployer, true)]
    [TestCase(Role.Admin, true)]
    public async Task Handle_ByRole_IsAllowedToTheDeclaredAndThoseAbove(Role role, bool isAllowed)
    {
        if (isAllowed) Assert.That(await HandleAsync(new("anna", role), new Deploy()), Is.EqualTo("handled"));
        else AssertRefused(new("anna", role), new Deploy(), OgcError.Forbidden);
    }

    [Test]
    public void Handle_WithoutDeclaration_IsForNobody() =>
        Assert.ThrowsAsync<InvalidOperationException>(() => HandleAsync(Caller.Anonymous, new Undeclared()));

    [Test]
    public async Task Handle_OwnJob_GoesOn()
    {
        var job = _jobs.Add(AJob.Running().Build());
        Assert.That(await HandleAsync(new("anna", Role.Reader), new Look(job.Id)), Is.EqualTo("handled"));
    }

    [Test]
    public void Handle_JobOfAnother_IsRefusedAsOneThatNeverWas()
    {
        var job = _jobs.Add(AJob.Running().Build());
        var (foreign, unknown) = (AssertRefused(new("bert", Role.Deployer), new Look(job.Id), OgcError.NoSuchJob), JobId.New());
        var never = AssertRefused(new("bert", Role.Deployer), new Look(unknown), OgcError.NoSuchJob);
        Assert.That(foreign.Message.Replace(job.Id.ToString(), unknown.ToString(), StringComparison.Ordinal), Is.EqualTo(never.Message));
    }

    [Test]
    public async Task Handle_JobOfAnother_IsTheAdminsToSee()
    {
        var job = _jobs.Add(AJob.Running().Build());
        Assert.That(await HandleAsync(new("root", Role.Admin), new Look(job.Id)), Is.EqualTo("handled"));
    }

    [TestCase(Role.Reader)]
    [TestCase(Role.Admin)]
    public void Handle_JobOfAProcessThatTheKeyDoesNotName_IsRefused(Role role)
    {
        var job = _jobs.Add(AJob.Running().Build());
        Assert.That(ProcessId.TryParse("other", out var other));
        AssertRefused(new("anna", role) { Processes = [other] }, new Look(job.Id), OgcError.NoSuchJob);
    }

    private Task<string> HandleAsync<TRequest>(Caller caller, TRequest request) =>
        new AuthorizationBehaviour<TRequest, string>(new FakeCaller(caller), _jobs).Handle(request, CancellationToken.None, () => Task.FromResult("handled"));

    private OgcException AssertRefused<TRequest>(Caller caller, TRequest request, OgcError error)
    {
        var refusal = Assert.ThrowsAsync<OgcException>(() => HandleAsync(caller, request))!;
        Assert.That(refusal.Error, Is.EqualTo(error));
        return refusal;
    }

    [OpenToAll]
    public sealed record Landing : IRequest<string>;

    [Requires(Role.Deployer)]
    public sealed record Deploy : IRequest<string>;

    [Requires(Role.Reader)]
    public sealed record Look(JobId Id) : IRequest<string>;

    public sealed record Undeclared : IRequest<string>;
}
