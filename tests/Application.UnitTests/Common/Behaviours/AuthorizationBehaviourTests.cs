using MediatR;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Behaviours;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.UnitTests.Common.Behaviours;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class AuthorizationBehaviourTests
{
    private readonly FakeJobStore _jobs = new(new JobSignals());
    private readonly FakeProcessStore _processes = new();

    [Test]
    public async Task Handle_OpenToAll_AsksNobody() => Assert.That(await HandleAsync(Caller.Nobody, new Landing()), Is.EqualTo("handled"));

    [Test]
    public void Handle_OfNobody_IsRefused() => AssertRefused(Caller.Nobody, new Deploy(), OgcError.Unauthenticated);

    [Test]
    public void Handle_OfSomebodyWithoutARole_IsForbidden() => AssertRefused(new("anna", null), new Deploy(), OgcError.Forbidden);

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

    private static readonly Caller Bert = new("bert", Role.Deployer) { Groups = ["weather"] };

    private static IEnumerable<TestCaseData> Accesses() =>
    [
        Case("Closed", ProcessAccess.Closed, Bert, false),
        Case("Owner", ProcessAccess.Closed, new("anna", Role.Reader), true),
        Case("Admin", ProcessAccess.Closed, new("root", Role.Admin), true),
        Case("AdminsKeyForAnother", ProcessAccess.Closed, new("anna", Role.Admin) { Processes = [new("other")] }, false),
        Case("AdminsKey", ProcessAccess.Closed, new("root", Role.Admin) { Processes = [new("ndvi")] }, true),
        Case("Open", ProcessAccess.Open, Bert, true),
        Case("KeyForNone", ProcessAccess.Open, Bert with { Processes = [] }, false),
        Case("User", new() { Users = ["bert"] }, Bert, true),
        Case("UserNamedAsTheGroup", new() { Users = ["weather", "group:weather"] }, Bert, false),
        Case("Group", new() { Groups = ["weather"] }, Bert, true),
        Case("GroupNamedAsTheUser", new() { Groups = ["bert"] }, Bert, false),
        Case("GroupWithABlank", new() { Groups = ["weather"] }, Bert with { Groups = ["weather "] }, false),
    ];

    [TestCaseSource(nameof(Accesses))]
    public async Task Handle_AProcess_IsForThoseWhomItsAccessNames(ProcessAccess access, Caller caller, bool sees)
    {
        var process = AProcessOf(access);
        if (sees) Assert.That(await HandleAsync(caller, new Describe(process)), Is.EqualTo("handled"));
        else Assert.That(AssertRefused(caller, new Describe(process), OgcError.NoSuchProcess).Message, Is.EqualTo("There is no process 'ndvi'."));
    }

    [TestCase(Role.Executor, null)]
    [TestCase(Role.Deployer, "Process 'ndvi' is executed from the role 'deployer' on; yours is 'executor'.")]
    [TestCase(Role.Admin, "Process 'ndvi' is executed from the role 'admin' on; yours is 'executor'.")]
    public async Task Handle_AnExecution_NeedsTheRoleThatTheProcessNames(Role least, string? refusal)
    {
        var process = AProcessOf(ProcessAccess.Open with { ExecuteRole = least });
        if (refusal is null) Assert.That(await HandleAsync(new("bert", Role.Executor), new Run(process)), Is.EqualTo("handled"));
        else Assert.That(AssertRefused(new("bert", Role.Executor), new Run(process), OgcError.Forbidden).Message, Is.EqualTo(refusal));
        Assert.That(await HandleAsync(new("bert", Role.Reader), new Describe(process)), Is.EqualTo("handled"), "who may not execute may look");
    }

    [Test]
    public async Task Handle_AChange_IsForTheOwnerAndAdmins()
    {
        var process = AProcessOf(ProcessAccess.Open);
        Assert.That(await HandleAsync(new("anna", Role.Deployer), new Change(process)), Is.EqualTo("handled"));
        Assert.That(await HandleAsync(new("root", Role.Admin), new Change(process)), Is.EqualTo("handled"));
        Assert.That(await HandleAsync(new("root", Role.Admin) { Processes = [process] }, new Change(process)), Is.EqualTo("handled"));
        AssertRefused(Bert, new Change(process), OgcError.Forbidden);
        AssertRefused(new("anna", Role.Executor), new Change(process), OgcError.Forbidden);
    }

    [Test]
    public void Handle_AChangeOfAProcessThatIsNotSeen_IsRefusedAsOneThatNeverWas() =>
        AssertRefused(Bert, new Change(AProcessOf(ProcessAccess.Closed)), OgcError.NoSuchProcess);

    [Test]
    public void Handle_AChangeOfABuiltInProcess_IsRefusedAsSuch()
    {
        var description = AProcess.Named("echo").Describe();
        _processes.Add(Process.Deploy(description, new() { Image = "echo:1" }, "{}", Caller.Server.Id, mutable: false, AJob.Now, ProcessAccess.Open));
        AssertRefused(Bert, new Change(description.Id), OgcError.ImmutableProcess);
    }

    private static TestCaseData Case(string name, ProcessAccess access, Caller caller, bool sees) => new TestCaseData(access, caller, sees).SetArgDisplayNames(name);

    private ProcessId AProcessOf(ProcessAccess access)
    {
        var process = _processes.Add(AProcess.Named("ndvi").Deploy());
        process.Share(access);
        return process.Id;
    }

    private Task<string> HandleAsync<TRequest>(Caller caller, TRequest request) =>
        new AuthorizationBehaviour<TRequest, string>(new FakeCaller(caller), _jobs, _processes).Handle(request, CancellationToken.None, () => Task.FromResult("handled"));

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

    [Requires(Role.Reader)]
    public sealed record Describe(ProcessId Id) : IRequest<string>;

    [Requires(Role.Executor, ProcessUse = ProcessUse.Execute)]
    public sealed record Run(ProcessId Id) : IRequest<string>;

    [Requires(Role.Deployer, ProcessUse = ProcessUse.Change)]
    public sealed record Change(ProcessId Id) : IRequest<string>;

    public sealed record Undeclared : IRequest<string>;
}
