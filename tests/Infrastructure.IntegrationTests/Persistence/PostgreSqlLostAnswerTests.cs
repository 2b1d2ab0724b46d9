using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>Writes whose connection breaks after the commit: they are sent again, and must not take what they find for somebody else's.</summary>
internal sealed class PostgreSqlLostAnswerTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private TestServer _server = null!;

    [SetUp]
    public async Task StartAsync() => _server = await TestServer.StartAsync(DatabaseProvider.PostgreSql);

    // Null where there is no PostgreSQL, and the test is ignored.
    [TearDown]
    public async Task StopAsync() => await (_server?.DisposeAsync() ?? default);

    [Test]
    public async Task AddAsync_AJob_AddsItOnce()
    {
        var job = AJob();

        await LosingAsync(() => _server.Jobs.AddAsync(job, None));

        Assert.That((await _server.Jobs.ListAsync(new(), null, 9, None)).Items.Select(added => added.Id), Is.EqualTo(new[] { job.Id }));
    }

    [Test]
    public async Task TryAddAsync_AKeyWithItsJob_SaysThatItIsNew()
    {
        var job = AJob();

        await LosingAsync(async () => Assert.That(await _server.Keys.TryAddAsync(job, new("anna", "k", new('0', 64), job.Id, Noon.AddDays(1)), Noon, None), Is.True));
    }

    [Test]
    public async Task TryAddAsync_AProcess_SaysThatItIsNew()
    {
        await LosingAsync(async () => Assert.That(await _server.Processes.TryAddAsync(AProcess(), None), Is.True));

        Assert.That(await _server.Processes.TryAddAsync(AProcess(), None), Is.False);
    }

    [Test]
    public async Task UpdateAsync_AReplacement_IsMadeOnce()
    {
        var process = AProcess();
        await _server.Processes.TryAddAsync(process, None);

        await LosingAsync(() => _server.Processes.UpdateAsync(
            process.Id, current => current.Replace(Description("echo", "2.0.0"), new() { Image = "echo:2" }, "{}", Noon), None));

        Assert.That((await _server.Processes.FindAsync(process.Id, None))!.Revision.Number, Is.EqualTo(2));
    }

    [Test]
    public async Task UpdateAsync_CpuTime_IsCountedOnce()
    {
        for (var i = 0; i < 2; i++)
        {
            // The first adds the day's row, the second adds to it.
            var job = ARunningJob();
            await _server.Jobs.AddAsync(job, None);
            _server.Answers.LoseNext();
            await _server.Jobs.UpdateAsync(job.Id, current => current.NoteUsage(FirstClaim, new(TimeSpan.FromSeconds(4))), None);
            Assert.That((await _server.Jobs.FindAsync(job.Id, None))!.Usage.CpuTime, Is.EqualTo(TimeSpan.FromSeconds(4)));
        }

        Assert.That(_server.Answers.Lost, Is.EqualTo(2));
        Assert.That(await _server.Usage.GetCpuTimeAsync("anna", new(2026, 1, 31), None), Is.EqualTo(TimeSpan.FromSeconds(8)));
    }

    [Test]
    public async Task UpdateAsync_AClaim_IsTheNodes()
    {
        var job = AJob();
        await _server.Jobs.AddAsync(job, None);
        Claim? claim = null;

        await LosingAsync(() => _server.Jobs.UpdateAsync(job.Id, waiting => claim = waiting.Start(Node, Noon.AddMinutes(1), Noon), None));

        Assert.That(claim, Is.EqualTo(FirstClaim));
        Assert.That((await _server.Jobs.FindAsync(job.Id, None))!.Version, Is.EqualTo(job.Version + 1));
    }

    [Test]
    public async Task UpdateAsync_AnEndWithOutputs_IsTheJobs()
    {
        var job = ARunningJobThatTells();
        await _server.Jobs.AddAsync(job, None);
        JobOutput[] outputs = [new("a", 0, "text/plain", "\"ä\"", null), new("b", 0, "image/tiff", null, new("k", "b.tif", 7, new('0', 64)))];

        await LosingAsync(() => _server.Jobs.UpdateAsync(
            job.Id,
            running =>
            {
                running.NoteUsage(FirstClaim, new(TimeSpan.FromTicks(7), 5, 6));
                running.Succeed(FirstClaim, outputs, Noon.AddTicks(11));
            },
            None));

        Assert.That((await _server.Jobs.FindAsync(job.Id, None))!.Outputs, Is.EqualTo(outputs));
        Assert.That((await _server.Callbacks.ListAsync(job.Id, None)).Select(callback => callback.Kind), Does.Contain(CallbackKind.Success));
    }

    [Test]
    public async Task UpdateAsync_AFailure_IsTheJobs()
    {
        var job = ARunningJob();
        await _server.Jobs.AddAsync(job, None);

        await LosingAsync(() => _server.Jobs.UpdateAsync(
            job.Id, running => running.Fail(FirstClaim, new(JobFailureKind.ExitCode, new('\0', 5_000), StandardError: "half \uD800"), Noon.AddTicks(11)), None));

        Assert.That((await _server.Jobs.FindAsync(job.Id, None))!.Failure!.Kind, Is.EqualTo(JobFailureKind.ExitCode));
    }

    private async Task LosingAsync(Func<Task> write)
    {
        _server.Answers.LoseNext();
        await write();
        Assert.That(_server.Answers.Lost, Is.EqualTo(1));
    }
}
