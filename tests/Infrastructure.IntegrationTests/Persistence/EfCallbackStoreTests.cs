using Microsoft.EntityFrameworkCore;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

internal sealed class EfCallbackStoreTests(DatabaseProvider provider) : StoreTests(provider)
{
    private static readonly DateTimeOffset LeaseEnd = Noon.AddMinutes(1);

    private ICallbackStore Callbacks => Server.Callbacks;

    [Test]
    public async Task UpdateAsync_OfAJob_RecordsWhatItRaisedForAnotherServer()
    {
        var job = await AddAsync();
        await EndAsync(job);

        await using var another = Server.Another();
        var callbacks = await another.Callbacks.ListAsync(job.Id, None);

        Assert.That(
            callbacks.Select(callback => (callback.Kind, callback.Status)),
            Is.EquivalentTo(new[] { (CallbackKind.InProgress, CallbackStatus.Dropped), (CallbackKind.Success, CallbackStatus.Pending) }));
        Assert.That((await another.Jobs.FindAsync(job.Id, None))!.Request.Subscriber, Is.EqualTo(job.Request.Subscriber));
    }

    [Test]
    public async Task UpdateAsync_ThatFails_RecordsNoCallback()
    {
        var job = await AddAsync();

        Assert.ThrowsAsync<ClaimLostException>(() => Server.Jobs.UpdateAsync(
            job.Id,
            changed =>
            {
                changed.Dismiss(Noon);
                changed.Succeed(FirstClaim, [], Noon);
            },
            None));

        Assert.That((await Callbacks.ListAsync(job.Id, None)).Select(callback => callback.Kind), Is.EqualTo(new[] { CallbackKind.InProgress }));
    }

    [Test]
    public async Task UpdateAsync_SomebodyWaitingForCallbacks_IsWoken()
    {
        var job = await AddAsync();
        var woken = Server.Signals.WaitForCallbackAsync(TimeSpan.FromMinutes(1), None);

        await EndAsync(job);

        await woken.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task TakeDueAsync_BetweenSendAndAcknowledgment_GivesTheSameEventAgainOnceTheLeaseHasEnded()
    {
        var job = await AddAsync();
        var first = (await Callbacks.TakeDueAsync(10, Noon, LeaseEnd, None)).Single();
        // Here the server is killed.
        await using var another = Server.Another();

        var tooEarly = await another.Callbacks.TakeDueAsync(10, LeaseEnd.AddMicroseconds(-1), LeaseEnd.AddMinutes(1), None);
        var again = (await another.Callbacks.TakeDueAsync(10, LeaseEnd, LeaseEnd.AddMinutes(1), None)).Single();

        Assert.That(tooEarly, Is.Empty);
        Assert.That((again.JobId, again.EventId, again.Attempts), Is.EqualTo((job.Id, first.EventId, 2)));
    }

    [Test]
    public async Task TakeDueAsync_FourWorkersOfTwoServers_GivesEachCallbackToOne()
    {
        for (var i = 0; i < 40; i++) await AddAsync();
        await using var another = Server.Another();

        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            var mine = new List<Callback>();
            while (await (i % 2 == 0 ? Server : another).Callbacks.TakeDueAsync(3, Noon, LeaseEnd, None) is { Count: > 0 } more) mine.AddRange(more);
            return mine;
        })));

        Assert.That(taken.SelectMany(mine => mine).Select(callback => callback.JobId), Is.Unique.And.Exactly(40).Items);
    }

    [Test]
    public async Task TakeDueAsync_TheEndWhileProgressIsBeingSent_WaitsForIt()
    {
        var job = await AddAsync();
        var progress = (await Callbacks.TakeDueAsync(10, Noon, LeaseEnd, None)).Single();
        await EndAsync(job);

        var overtaking = await Callbacks.TakeDueAsync(10, Noon.AddSeconds(1), LeaseEnd, None);
        await Callbacks.UpdateAsync(job.Id, progress.Kind, callback => callback.Miss(AttemptOf(progress, "503"), Noon.AddSeconds(9)), None);
        var next = await Callbacks.TakeDueAsync(10, Noon.AddSeconds(1), LeaseEnd, None);

        Assert.That(overtaking, Is.Empty);
        Assert.That(next.Select(callback => callback.Kind), Is.EqualTo(new[] { CallbackKind.Success }));
        Assert.That((await Callbacks.TakeDueAsync(10, LeaseEnd.AddMinutes(-0.5), LeaseEnd, None)), Is.Empty, "the progress that was missed is dropped");
    }

    [Test]
    public async Task TakeDueAsync_TheEndAfterProgressWhoseNodeWasKilled_WaitsForItsLeaseOnly()
    {
        var job = await AddAsync();
        await Callbacks.TakeDueAsync(10, Noon, LeaseEnd, None);
        await EndAsync(job);

        var next = await Callbacks.TakeDueAsync(10, LeaseEnd, LeaseEnd.AddMinutes(1), None);

        Assert.That(next.Select(callback => callback.Kind), Is.EqualTo(new[] { CallbackKind.Success }));
    }

    [Test]
    public async Task TakeDueAsync_ManyReportsOfOneJob_GivesOneEvent()
    {
        var job = await AddAsync();
        for (var i = 1; i < 10; i++) await ReportAsync(job, i);

        Assert.That(await Callbacks.TakeDueAsync(10, Noon.AddHours(1), LeaseEnd.AddHours(1), None), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task UpdateAsync_AnAcknowledgmentWhileTheJobReports_LosesNeither()
    {
        var job = await AddAsync();
        var progress = (await Callbacks.TakeDueAsync(10, Noon, LeaseEnd, None)).Single();
        var meanwhile = true;

        await Callbacks.UpdateAsync(
            job.Id,
            progress.Kind,
            callback =>
            {
                // On another server, since this one lets its writers wait for each other.
                if (meanwhile) Wait(Task.Run(async () =>
                {
                    await using var another = Server.Another();
                    await another.Jobs.UpdateAsync(job.Id, changed => changed.Report(FirstClaim, "Further", 50, Noon.AddSeconds(1)), None);
                }));
                meanwhile = false;
                callback.Acknowledge(AttemptOf(progress, null));
            },
            None);

        var after = (await Callbacks.ListAsync(job.Id, None)).Single();
        Assert.That((after.Status, after.Log.Single().StatusCode), Is.EqualTo((CallbackStatus.Pending, (int?)200)));
        Assert.That(after.EventId, Is.Not.EqualTo(progress.EventId));
    }

    [Test]
    public async Task UpdateAsync_OfAJobThatIsGone_DoesNothing()
    {
        var job = await AddAsync();
        var progress = (await Callbacks.TakeDueAsync(10, Noon, LeaseEnd, None)).Single();
        await using (var context = Server.Context()) await context.Jobs.Where(row => row.Id == job.Id).ExecuteDeleteAsync();

        await Callbacks.UpdateAsync(job.Id, progress.Kind, callback => callback.Acknowledge(AttemptOf(progress, null)), None);

        Assert.That(await Callbacks.ListAsync(job.Id, None), Is.Empty);
    }

    /// <remarks>A change can't be asynchronous, and here it is where somebody else comes between.</remarks>
    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static CallbackAttempt AttemptOf(Callback taken, string? error) =>
        new(taken.EventId, taken.Attempts, Noon.AddSeconds(1), error is null ? 200 : 503, error);

    private async Task<Job> AddAsync()
    {
        var job = ARunningJobThatTells();
        await Server.Jobs.AddAsync(job, None);
        return job;
    }

    private Task ReportAsync(Job job, int progress) =>
        Server.Jobs.UpdateAsync(job.Id, changed => changed.Report(FirstClaim, null, progress, Noon.AddSeconds(progress)), None);

    private Task EndAsync(Job job) => Server.Jobs.UpdateAsync(job.Id, changed => changed.Succeed(FirstClaim, [], Noon.AddSeconds(1)), None);
}
