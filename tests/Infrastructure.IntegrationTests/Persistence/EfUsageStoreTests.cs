using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

internal sealed class EfUsageStoreTests(DatabaseProvider provider) : StoreTests(provider)
{
    private static readonly DateOnly Today = new(2026, 1, 31);

    [Test]
    public async Task CpuTime_OfAllAttempts_CountsWhateverBecomesOfTheJob()
    {
        var job = await AddRunningAsync();
        await UpdateAsync(job, changed => changed.NoteUsage(FirstClaim, Used(4)));
        await UpdateAsync(job, changed => changed.NoteUsage(FirstClaim, Used(10)));
        await UpdateAsync(job, changed => changed.Retry(Node, new(JobFailureKind.NodeLost, "lost"), Noon, Noon.AddMinutes(1)));
        await UpdateAsync(job, changed => changed.NoteUsage(new(Node, 2), Used(3)));
        await UpdateAsync(job, changed => changed.Dismiss(Noon.AddMinutes(2)));
        await UpdateAsync(job, changed => changed.NoteUsage(new(Node, 2), Used(5)));
        await Server.Retention.ExpireAsync(Noon.AddDays(9), Noon.AddDays(9), _ => "old", 10, None);

        Assert.That(await CpuSecondsAsync(), Is.EqualTo(15));
        Assert.That(await CpuSecondsAsync("berta"), Is.Zero);
    }

    [Test]
    public async Task CpuTime_CountsToTheDayOnWhichItWasNoted()
    {
        var job = await AddRunningAsync();
        await UpdateAsync(job, changed => changed.NoteUsage(FirstClaim, Used(4)));
        await UpdateAsync(job, changed =>
        {
            changed.NoteUsage(FirstClaim, Used(6));
            changed.Succeed(FirstClaim, [], Noon.AddHours(12));
        });

        Assert.That((await CpuSecondsAsync(), await CpuSecondsAsync(day: Today.AddDays(1))), Is.EqualTo((4, 2)));
    }

    [Test]
    public async Task CpuTime_OfChangesOnSeveralNodesAtOnce_IsTheirSum()
    {
        await using var another = Server.Another();
        var jobs = new List<Job>();
        for (var i = 0; i < 20; i++) jobs.Add(await AddRunningAsync());

        await Task.WhenAll(jobs.Select((job, i) => (i % 2 == 0 ? Server : another).Jobs.UpdateAsync(job.Id, changed => changed.NoteUsage(FirstClaim, Used(1)), None)));

        Assert.That(await CpuSecondsAsync(), Is.EqualTo(20));
    }

    [Test]
    public async Task CpuTime_OfAChangeThatIsRefused_IsNotCounted()
    {
        var job = await AddRunningAsync();

        Assert.ThrowsAsync<ClaimLostException>(() => UpdateAsync(job, changed =>
        {
            changed.NoteUsage(FirstClaim, Used(1));
            changed.Succeed(new(Node, 2), [], Noon);
        }));

        Assert.That(await CpuSecondsAsync(), Is.Zero);
    }

    [Test]
    public async Task StoredBytes_AreThoseOfTheOwnersJobs_UntilTheyAreDismissed()
    {
        var (kept, dismissed) = (await AddRunningAsync(), await AddRunningAsync());
        foreach (var (job, length) in ((Job, long)[])[(kept, 3), (dismissed, 4)])
            await UpdateAsync(job, changed => changed.Succeed(FirstClaim, [new("a", 0, "text/plain", null, new("k", "a.txt", length, new('0', 64)))], Noon));

        Assert.That((await SumAsync("anna"), await SumAsync("berta")), Is.EqualTo((7, 0)));
        await UpdateAsync(dismissed, changed => changed.Dismiss(Noon));
        Assert.That(await SumAsync("anna"), Is.EqualTo(3));
    }

    private static JobUsage Used(int seconds) => new(TimeSpan.FromSeconds(seconds));

    private async Task<Job> AddRunningAsync()
    {
        var job = ARunningJob();
        await Server.Jobs.AddAsync(job, None);
        return job;
    }

    private Task UpdateAsync(Job job, Action<Job> change) => Server.Jobs.UpdateAsync(job.Id, change, None);

    private async Task<double> CpuSecondsAsync(string owner = "anna", DateOnly? day = null) => (await Server.Usage.GetCpuTimeAsync(owner, day ?? Today, None)).TotalSeconds;

    private Task<long> SumAsync(string owner) => Server.Usage.SumStoredBytesAsync(owner, None);
}
