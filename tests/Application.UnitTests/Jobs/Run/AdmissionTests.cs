using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;
using static Microsoft.Extensions.Options.Options;

namespace OgcProcesses.Application.UnitTests.Jobs.Run;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class AdmissionTests : IDisposable
{
    private static readonly ProcessId Echo = new("echo");

    private static readonly RunnerOptions Limits = new()
    {
        CpuBudget = 2, MemoryBudget = 1000, MaxConcurrentJobs = 25, MaxConcurrentJobsPerProcess = 2,
        DefaultCpuRequest = 0.5, DefaultCpuLimit = 1, DefaultMemoryRequest = 100, DefaultMemoryLimit = 500, DefaultTimeout = TimeSpan.FromHours(1),
    };

    private readonly FakeFolders _folders = new();

    public void Dispose() => _folders.Dispose();

    [Test]
    public void TryEnter_WithinTheBudgetOfCores_LetsIn()
    {
        var admission = Admit();
        Assert.That(
            (Enter(admission, cpu: 1), Enter(admission, cpu: 1), Enter(admission, cpu: 0.5)), Is.EqualTo((Entry.Granted, Entry.Granted, Entry.Full)));
    }

    [Test]
    public void TryEnter_WithinTheBudgetOfMemory_LetsIn()
    {
        var admission = Admit();
        Assert.That(
            (Enter(admission, memory: 600), Enter(admission, memory: 400), Enter(admission, memory: 1)),
            Is.EqualTo((Entry.Granted, Entry.Granted, Entry.Full)));
    }

    [Test]
    public void TryEnter_BeyondTheLimitInNumber_IsFull()
    {
        var admission = Admit(mostJobs: 1);
        Assert.That((Enter(admission), Enter(admission)), Is.EqualTo((Entry.Granted, Entry.Full)));
    }

    [Test]
    public void TryEnter_BeyondTheLimitOfItsProcess_IsFullForItsProcessOnly()
    {
        var admission = Admit();
        Assert.That((Enter(admission, Echo), Enter(admission, Echo), Enter(admission, Echo)), Is.EqualTo((Entry.Granted, Entry.Granted, Entry.ProcessFull)));
        Assert.That(Enter(admission), Is.EqualTo(Entry.Granted), "a job of another process");
    }

    [Test]
    public void TryEnter_AskingForGpus_IsLetInWhileThereAreSome()
    {
        var admission = new Admission(Microsoft.Extensions.Options.Options.Create(new RunnerOptions { CpuBudget = 9, MemoryBudget = 1000, Gpus = ["0", "1"] }), new FakeOutputStore(), _folders);
        Entry Ask(int gpus) => admission.TryEnter(JobId.New(), Echo, Needing(0.01, 1) with { Gpus = gpus });
        Assert.That((Ask(3), Ask(1), Ask(2), Ask(1), Ask(1), Ask(0)), Is.EqualTo((Entry.TooLarge, Entry.Granted, Entry.Full, Entry.Granted, Entry.Full, Entry.Granted)));
        Assert.That(admission.Obstacle(Echo, Needing(0.01, 1) with { Gpus = 1 }), Does.Contain("GPUs"));
    }

    [TestCase(2.1, 1L)]
    [TestCase(0.1, 1001L)]
    public void TryEnter_OfMoreThanTheWholeBudget_IsTooLarge(double cpu, long memory)
    {
        var admission = Admit();
        Assert.That((Enter(admission, cpu: cpu, memory: memory), admission.Free), Is.EqualTo((Entry.TooLarge, 25)));
    }

    [Test]
    public void TryEnter_OfExactlyTheWholeBudget_LetsIn() => Assert.That(Enter(Admit(), cpu: 2, memory: 1000), Is.EqualTo(Entry.Granted));

    [Test]
    public void TryEnter_OfTenthsThatFillTheBudget_IsNotMisledByRounding()
    {
        var admission = Admit();
        var entered = Enumerable.Range(0, 21).Count(_ => Enter(admission, cpu: 0.1, memory: 1) == Entry.Granted);
        Assert.That(entered, Is.EqualTo(20));
    }

    [Test]
    public void Leave_MakesRoom()
    {
        var admission = Admit();
        var first = JobId.New();
        admission.TryEnter(first, Echo, Needing(2, 1));
        Assert.That(Enter(admission, cpu: 2), Is.EqualTo(Entry.Full));
        admission.Leave(first);
        Assert.That(Enter(admission, cpu: 2), Is.EqualTo(Entry.Granted));
    }

    [Test]
    public void Leave_OfAJobThatIsNotIn_DoesNothing()
    {
        var admission = Admit();
        admission.Leave(JobId.New());
        Assert.That(admission.Free, Is.EqualTo(25));
    }

    [Test]
    public void Enter_OfAJobThatRunsAlready_CountsItEvenBeyondTheBudget()
    {
        var admission = Admit();
        admission.Enter(JobId.New(), Echo, Needing(8, 4000));
        Assert.That((admission.Free, Enter(admission, cpu: 0.1)), Is.EqualTo((24, Entry.Full)));
    }

    [Test]
    public void Free_IsWhatTheLimitInNumberLeaves()
    {
        var admission = Admit();
        foreach (var _ in Enumerable.Range(0, 30)) admission.Enter(JobId.New(), Echo, Needing(0.01, 1));
        Assert.That(admission.Free, Is.Zero);
    }

    [Test]
    public void FullProcesses_AreThoseAtTheirLimit()
    {
        var admission = Admit();
        admission.TryEnter(JobId.New(), Echo, Needing(0.1, 1));
        admission.TryEnter(JobId.New(), new("other"), Needing(0.1, 1));
        Assert.That(admission.FullProcesses, Is.Empty);
        admission.TryEnter(JobId.New(), Echo, Needing(0.1, 1));
        Assert.That(admission.FullProcesses, Is.EqualTo(new[] { Echo }));
    }

    [TestCase(2.0, 1L, "the cores it needs are in use")]
    [TestCase(0.1, 999L, "the memory it needs is in use")]
    [TestCase(2.1, 1L, "it needs more cores than this server gives to jobs")]
    [TestCase(0.1, 1001L, "it needs more memory than this server gives to jobs")]
    public void Obstacle_TellsWhatStandsInTheWay(double cpu, long memory, string told)
    {
        var admission = Admit();
        Enter(admission, cpu: 1, memory: 500);
        Assert.That(admission.Obstacle(Echo, Needing(cpu, memory)), Is.EqualTo(told));
    }

    [Test]
    public void Obstacle_WhenAllPlacesAreTaken_SaysSo()
    {
        var admission = Admit(mostJobs: 1);
        Enter(admission);
        Assert.That(admission.Obstacle(Echo, Needing(0.1, 1)), Is.EqualTo("all 1 places for running jobs are taken"));
    }

    [Test]
    public void Obstacle_WhenAllPlacesOfTheProcessAreTaken_SaysSoToItsJobsOnly()
    {
        var admission = Admit();
        Enter(admission, Echo);
        Enter(admission, Echo);
        Assert.That(
            (admission.Obstacle(Echo, Needing(0.1, 1)), admission.Obstacle(new("other"), Needing(0.1, 1))),
            Is.EqualTo(("all 2 places for jobs of this process are taken", (string?)null)));
    }

    [Test]
    public void Obstacle_WhileTheDiskOfWorkFoldersIsFull_SaysSoAndLetsNobodyIn()
    {
        var admission = new Admission(Create(Limits), new FakeOutputStore(), _folders);
        _folders.AvailableBytes = Limits.MinFreeBytes - 1;
        Assert.That((Enter(admission), admission.Obstacle(Echo, Needing(0.1, 1))), Is.EqualTo((Entry.Full, "the server's disk is full")));
    }

    [Test]
    public void Obstacle_WhileTheDiskIsFull_SaysSoAndLetsNobodyIn()
    {
        var disk = new FakeOutputStore { AvailableBytes = Limits.MinFreeBytes - 1 };
        var admission = new Admission(Create(Limits), disk, _folders);
        Assert.That((Enter(admission), admission.Obstacle(Echo, Needing(0.1, 1))), Is.EqualTo((Entry.Full, "the server's disk is full")));
        disk.AvailableBytes++;
        Assert.That(Enter(admission), Is.EqualTo(Entry.Granted));
    }

    [Test]
    public void DemandOf_NothingStated_IsTheOperatorsDefaults() =>
        Assert.That(Demand.Of(new(), Limits), Is.EqualTo(new Demand(0.5, 100, 1, 500, TimeSpan.FromHours(1))));

    [Test]
    public void DemandOf_WhatIsStated_IsTakenOver() =>
        Assert.That(
            Demand.Of(new() { CpuMin = 1, CpuMax = 2, MemoryMin = 200, MemoryMax = 300, JobTimeout = TimeSpan.FromSeconds(9) }, Limits),
            Is.EqualTo(new Demand(1, 200, 2, 300, TimeSpan.FromSeconds(9))));

    [Test]
    public void DemandOf_AMinimumAboveTheDefaultLimit_RaisesTheLimit() =>
        Assert.That(Demand.Of(new() { CpuMin = 2, MemoryMin = 800 }, Limits), Is.EqualTo(new Demand(2, 800, 2, 800, TimeSpan.FromHours(1))));

    [Test]
    public void DemandOf_AMaximumBelowTheDefaultRequest_LowersTheRequest() =>
        Assert.That(Demand.Of(new() { CpuMax = 0.25, MemoryMax = 50 }, Limits), Is.EqualTo(new Demand(0.25, 50, 0.25, 50, TimeSpan.FromHours(1))));

    private Admission Admit() => new(Create(Limits), new FakeOutputStore(), _folders);

    private Admission Admit(int mostJobs) => new(Create(new RunnerOptions { MaxConcurrentJobs = mostJobs, CpuBudget = 2, MemoryBudget = 1000 }), new FakeOutputStore(), _folders);

    /// <summary>Asks for a job of a process of its own, where none is named.</summary>
    private static Entry Enter(Admission admission, ProcessId? process = null, double cpu = 0.01, long memory = 1)
    {
        var id = JobId.New();
        return admission.TryEnter(id, process ?? new($"{id}"), Needing(cpu, memory));
    }

    private static Demand Needing(double cpu, long memory) => new(cpu, memory, cpu, memory, TimeSpan.FromHours(1));
}
