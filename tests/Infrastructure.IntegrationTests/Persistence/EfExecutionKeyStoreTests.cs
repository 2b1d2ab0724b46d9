using Microsoft.EntityFrameworkCore;
using OgcProcesses.Application.Jobs.Execute;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

internal sealed class EfExecutionKeyStoreTests(DatabaseProvider provider) : StoreTests(provider)
{
    private IExecutionKeyStore Keys => Server.Keys;

    [Test]
    public async Task TryAddAsync_ANewKey_CommitsItWithItsJob()
    {
        var (job, key) = Keyed("k");

        Assert.That(await Keys.TryAddAsync(job, key, Noon, None), Is.True);

        await using var another = Server.Another();
        Assert.That(await another.Keys.FindAsync("anna", "k", Noon, None), Is.EqualTo(key));
        Assert.That(await another.Jobs.FindAsync(job.Id, None), Is.Not.Null);
        Assert.That(await Keys.FindAsync("berta", "k", Noon, None), Is.Null);
        Assert.That(await Keys.FindAsync("anna", "K", Noon, None), Is.Null, "keys differ by case");
    }

    [Test]
    public async Task TryAddAsync_ByManyAtOnce_CommitsOne()
    {
        await using var another = Server.Another();
        var all = Enumerable.Range(0, 10).Select(_ => Keyed("k")).ToList();

        var added = await Task.WhenAll(all.Select((one, index) => (index % 2 == 0 ? Keys : another.Keys).TryAddAsync(one.Job, one.Key, Noon, None)));

        Assert.That(added.Count(taken => taken), Is.EqualTo(1));
        var job = (await Keys.FindAsync("anna", "k", Noon, None))!.JobId;
        Assert.That((await Server.Jobs.ListAsync(new(), null, 99, None)).Items.Select(one => one.Id), Is.EqualTo(new[] { job }));
    }

    [Test]
    public async Task TryAddAsync_AKeyThatHasExpired_IsTakenAnew()
    {
        var (first, key) = Keyed("k");
        await Keys.TryAddAsync(first, key, Noon, None);
        var (second, again) = Keyed("k");

        Assert.That(await Keys.FindAsync("anna", "k", key.Expires, None), Is.Null);
        Assert.That(await Keys.TryAddAsync(second, again with { Expires = key.Expires.AddDays(1) }, key.Expires, None), Is.True);
        Assert.That((await Keys.FindAsync("anna", "k", key.Expires, None))!.JobId, Is.EqualTo(second.Id));
    }

    [Test]
    public async Task ForgetAsync_RemovesWhatHasExpired_ABatchAtATime()
    {
        for (var i = 0; i < 5; i++)
        {
            var (job, key) = Keyed($"k{i}");
            await Keys.TryAddAsync(job, key with { Expires = Noon.AddHours(i) }, Noon, None);
        }

        var forgotten = new[] { await Keys.ForgetAsync(Noon.AddHours(2), 2, None), await Keys.ForgetAsync(Noon.AddHours(2), 2, None), await Keys.ForgetAsync(Noon.AddHours(2), 2, None) };

        Assert.That(forgotten, Is.EqualTo(new[] { 2, 1, 0 }));
        await using var context = Server.Context();
        Assert.That(await context.ExecutionKeys.Select(key => key.Key).Order().ToListAsync(None), Is.EqualTo(new[] { "k3", "k4" }));
    }

    private static (Job Job, ExecutionKey Key) Keyed(string key)
    {
        var job = AJob();
        return (job, new("anna", key, new string('a', 64), job.Id, Noon.AddDays(1)));
    }
}
