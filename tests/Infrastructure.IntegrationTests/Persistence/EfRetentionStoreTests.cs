using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OgcProcesses.Application.Jobs.Retention;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>What expires, when, and what is left of it: the sweeper on the stores as the server has them.</summary>
internal sealed class EfRetentionStoreTests(DatabaseProvider provider) : StoreTests(provider)
{
    private readonly StoreQuota _quota = new();

    [Test]
    public async Task Sweep_AfterTheOperatorsTime_LeavesOnlyWord_OfAllThatWasOfTheJob()
    {
        var job = await AddEndedAsync(bytes: 10);
        var (keyed, key) = (AJob(), new ExecutionKey("anna", "k", new string('a', 64), JobId.New(), Noon.AddYears(1)));
        await Server.Keys.TryAddAsync(keyed, key with { JobId = keyed.Id }, Noon, None);
        await Server.Jobs.UpdateAsync(keyed.Id, changed => changed.Dismiss(Noon), None);
        await SweepAsync(new() { Jobs = TimeSpan.FromDays(30) }, Noon.AddDays(30).AddSeconds(-1));
        Assert.That(await Server.Jobs.FindAsync(job, None), Is.Not.Null, "not before its time");

        await SweepAsync(new() { Jobs = TimeSpan.FromDays(30) }, Noon.AddDays(30));

        var expired = await Server.Jobs.FindExpiredAsync(job, None);
        Assert.That(expired, Is.EqualTo(new ExpiredJob(job, Noon.AddDays(30), "this server keeps jobs for 30 days after their end", FilesRemoved: true) { Owner = "anna", ProcessId = AProcess().Id }));
        Assert.That(await Server.Jobs.FindProcessAsync(job, "anna", None), Is.Not.Null, "its owner is told what became of it");
        Assert.That(await Server.Jobs.FindProcessAsync(job, "bert", None), Is.Null, "and nobody else");
        Assert.That((await Server.Jobs.FindOwnerAsync(job, None), await Server.Jobs.FindOwnerAsync(keyed.Id, None), await Server.Jobs.FindOwnerAsync(JobId.New(), None)), Is.EqualTo(("anna", "anna", (string?)null)));
        Assert.That((await Server.Jobs.ListAsync(new(), null, 9, None)).Items, Is.Empty);
        await using var context = Server.Context();
        Assert.That(await context.JobRequests.CountAsync(None) + await context.JobOutputs.CountAsync(None) + await context.ExecutionKeys.CountAsync(None), Is.Zero);
        Assert.That(Directory.GetFiles(Server.Folder, "*", SearchOption.AllDirectories).Where(path => path.Contains(job.ToString(), StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task Sweep_WhereTheOperatorSetsNoTime_ExpiresOnlyJobsWithATimeOfTheirOwn()
    {
        var forEver = await AddEndedAsync();
        var own = await AddEndedAsync(keepFor: TimeSpan.FromDays(7));

        await SweepAsync(new(), Noon.AddDays(7));

        Assert.That(await Server.Jobs.FindAsync(forEver, None), Is.Not.Null);
        Assert.That((await Server.Jobs.FindExpiredAsync(own, None))?.Reason, Is.EqualTo("jobs of its process are kept for 7 days after their end"));
    }

    [Test]
    public async Task Sweep_APinnedJob_OrOneThatRuns_OrWhoseSubscriberIsToBeTold_LeavesIt()
    {
        var pinned = await AddEndedAsync();
        await Server.Jobs.UpdateAsync(pinned, job => job.Pin(true, Noon), None);
        var running = ARunningJob();
        await Server.Jobs.AddAsync(running, None);
        var telling = ARunningJobThatTells();
        await Server.Jobs.AddAsync(telling, None);
        await Server.Jobs.UpdateAsync(telling.Id, job => job.Succeed(FirstClaim, [], Noon), None);

        await SweepAsync(new() { Jobs = TimeSpan.FromDays(1) }, Noon.AddYears(1));

        Assert.That((await Server.Jobs.ListAsync(new(), null, 9, None)).Items.Select(job => job.Id), Is.EquivalentTo(new[] { pinned, running.Id, telling.Id }));
    }

    [Test]
    public async Task Sweep_ManyJobs_ExpiresThemInBatches_WithoutKeepingOthersFromTheDatabase()
    {
        var jobs = new List<JobId>();
        for (var i = 0; i < 25; i++) jobs.Add(await AddEndedAsync());

        var sweeping = SweepAsync(new() { Jobs = TimeSpan.FromDays(1), BatchSize = 4 }, Noon.AddDays(1));
        await Server.Jobs.AddAsync(AJob(at: Noon.AddDays(1)), None);
        await sweeping;

        Assert.That((await Server.Jobs.ListAsync(new(), null, 99, None)).Items, Has.Count.EqualTo(1));
        foreach (var id in jobs) Assert.That(await Server.Jobs.FindExpiredAsync(id, None), Is.Not.Null);
    }

    [Test]
    public async Task Sweep_AfterACrashBetweenRowAndFiles_RemovesTheFiles()
    {
        var job = await AddEndedAsync(bytes: 10);
        await Server.Retention.ExpireAsync(Noon, Noon, _ => "a test", 9, None);
        Assert.That((await Server.Jobs.FindExpiredAsync(job, None))!.FilesRemoved, Is.False);
        Assert.That(FilesOf(job), Is.Not.Empty);

        await using var another = Server.Another();
        await SweepAsync(new(), Noon.AddDays(1), another);

        Assert.That((await Server.Jobs.FindExpiredAsync(job, None))!.FilesRemoved, Is.True);
        Assert.That(FilesOf(job), Is.Empty);
    }

    [Test]
    public async Task Sweep_WordOfAnExpiredJob_IsForgottenInTheEnd()
    {
        var job = await AddEndedAsync(keepFor: TimeSpan.FromDays(1));
        await SweepAsync(new() { Tombstones = TimeSpan.FromDays(90) }, Noon.AddDays(1));
        await SweepAsync(new() { Tombstones = TimeSpan.FromDays(90) }, Noon.AddDays(91).AddSeconds(-1));
        Assert.That(await Server.Jobs.FindExpiredAsync(job, None), Is.Not.Null);

        await SweepAsync(new() { Tombstones = TimeSpan.FromDays(90) }, Noon.AddDays(91));

        Assert.That(await Server.Jobs.FindExpiredAsync(job, None), Is.Null);
    }

    [Test]
    public async Task Sweep_BeyondTheBoundOfTheStore_ExpiresTheOldestUntilItFits()
    {
        var small = await AddEndedAsync(bytes: 10, at: Noon);
        var pinned = await AddEndedAsync(bytes: 100, at: Noon.AddMinutes(1));
        await Server.Jobs.UpdateAsync(pinned, job => job.Pin(true, Noon), None);
        var second = await AddEndedAsync(bytes: 100, at: Noon.AddMinutes(2));
        var empty = await AddEndedAsync(at: Noon.AddMinutes(3));
        var newest = await AddEndedAsync(bytes: 100, at: Noon.AddMinutes(4));

        await SweepAsync(new() { MaxStoredBytes = 250 }, Noon.AddHours(1));

        Assert.That((await Server.Jobs.ListAsync(new(), null, 9, None)).Items.Select(job => job.Id), Is.EquivalentTo(new[] { pinned, empty, newest }));
        Assert.That((await Server.Jobs.FindExpiredAsync(second, None))!.Reason, Does.StartWith("the outputs of all jobs took more than 250 bytes"));
        Assert.That(await Server.Jobs.FindExpiredAsync(small, None), Is.Not.Null);
        Assert.That((await Server.Retention.SumStoredBytesAsync(None), _quota.IsExceeded), Is.EqualTo((200L, false)));
    }

    [Test]
    public async Task Sweep_WhereNothingMayExpire_NotesThatTheStoreIsBeyondItsBound_UntilItIsNot()
    {
        var pinned = await AddEndedAsync(bytes: 100);
        await Server.Jobs.UpdateAsync(pinned, job => job.Pin(true, Noon), None);

        await SweepAsync(new() { MaxStoredBytes = 50 }, Noon.AddHours(1));
        Assert.That(_quota.IsExceeded, Is.True);

        await Server.Jobs.UpdateAsync(pinned, job => job.Dismiss(Noon), None);
        await SweepAsync(new() { MaxStoredBytes = 50 }, Noon.AddHours(2));
        Assert.That(_quota.IsExceeded, Is.False);
    }

    private Task SweepAsync(RetentionOptions options, DateTimeOffset at, TestServer? server = null)
    {
        var stores = server ?? Server;
        return new Sweeper(stores.Retention, stores.Keys, stores.Outputs, stores.Logs, _quota, Options.Create(options), new FakeTimeProvider(at), NullLogger<Sweeper>.Instance).SweepAsync(None);
    }

    private IEnumerable<string> FilesOf(JobId job) =>
        Directory.GetFiles(Server.Folder, "*", SearchOption.AllDirectories).Where(path => path.Contains(job.ToString(), StringComparison.Ordinal));

    /// <summary>A successful job, with a file of so many bytes if any.</summary>
    private async Task<JobId> AddEndedAsync(int bytes = 0, TimeSpan? keepFor = null, DateTimeOffset? at = null)
    {
        var job = Job.Accept(AProcess(), new(Inputs("{}"), null, null), "anna", at ?? Noon, keepFor);
        job.Start(Node, Noon.AddDays(1), at ?? Noon);
        await Server.Jobs.AddAsync(job, None);
        JobOutput[] outputs = [];
        if (bytes > 0)
        {
            var path = Path.Combine(Server.Folder, $"{Guid.NewGuid():N}.tif");
            await File.WriteAllBytesAsync(path, new byte[bytes], None);
            outputs = [new("out", 0, "image/tiff", null, await Server.Outputs.TakeAsync(job.Id, "out", path, None))];
            File.Delete(path);
        }

        await Server.Jobs.UpdateAsync(job.Id, changed => changed.Succeed(FirstClaim, outputs, at ?? Noon), None);
        return job.Id;
    }
}
