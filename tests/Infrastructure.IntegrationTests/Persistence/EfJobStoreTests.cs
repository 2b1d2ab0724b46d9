using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

internal sealed class EfJobStoreTests(DatabaseProvider provider) : StoreTests(provider)
{
    private IJobStore Jobs => Server.Jobs;

    [TestCase("anna", true)]
    [TestCase(null, true)]
    [TestCase("bert", false)]
    [TestCase("Anna", false)]
    [TestCase("anna ", false)]
    public async Task FindProcess_ByOwner_FindsTheOwnersAlone(string? owner, bool isFound)
    {
        var job = AJob();
        await Jobs.AddAsync(job, None);

        Assert.That(await Jobs.FindProcessAsync(job.Id, owner, None), Is.EqualTo(isFound ? job.ProcessId : (ProcessId?)null));
    }

    [Test]
    public async Task FindAsync_AJobAddedByAnotherServer_GivesItWhole()
    {
        var request = new ExecuteRequest(
            Inputs("""{"z":{"href":"http://x/y"},"a":[1,null],"n":null}"""),
            new Dictionary<string, OutputSelection> { ["out"] = new("image/tiff", TransmissionMode.Reference) },
            ResponseForm.Document);
        var job = AJob(request: request);
        await Jobs.AddAsync(job, None);

        await using var another = Server.Another();
        var found = (await another.Jobs.FindAsync(job.Id, None))!;

        Assert.Multiple(() =>
        {
            Assert.That(found.Id, Is.EqualTo(job.Id));
            Assert.That(found.ProcessId, Is.EqualTo(job.ProcessId));
            Assert.That(found.RevisionId, Is.EqualTo(job.RevisionId));
            Assert.That(found.Owner, Is.EqualTo("anna"));
            Assert.That(found.Status, Is.EqualTo(JobStatus.Accepted));
            Assert.That((found.Created, found.Updated, found.Started, found.Finished, found.LeaseUntil), Is.EqualTo((Noon, Noon, job.Started, job.Finished, job.LeaseUntil)));
            Assert.That(found.Failure, Is.Null);
            Assert.That(found.Version, Is.EqualTo(job.Version));
            Assert.That(found.Request.Inputs.Keys, Is.EqualTo(request.Inputs.Keys));
            Assert.That(JsonSerializer.Serialize(found.Request), Is.EqualTo(JsonSerializer.Serialize(request)));
        });
    }

    [Test]
    public async Task FindAsync_AJobWhoseUsageWasSeen_GivesIt()
    {
        var (seen, unseen) = (await AddRunningAsync(), await AddRunningAsync());
        var usage = new JobUsage(TimeSpan.FromMicroseconds(1_234_567), 5_000_000_000, 0);
        await Jobs.UpdateAsync(seen.Id, changed => changed.NoteUsage(FirstClaim, usage), None);

        await using var another = Server.Another();
        Assert.That((await another.Jobs.FindAsync(seen.Id, None))!.Usage, Is.EqualTo(usage));
        Assert.That((await another.Jobs.FindAsync(unseen.Id, None))!.Usage, Is.EqualTo(JobUsage.None));
    }

    /// <remarks>Their times differ by no more than one row read or not: what is sent, and how it is looked up, is the same.</remarks>
    [Test]
    public async Task FindProcessAsync_OfAForeignAndOfNoJob_SendsTheSame()
    {
        var job = AJob();
        await Jobs.AddAsync(job, None);
        var texts = new List<string>();
        foreach (var id in (JobId[])[job.Id, JobId.New()])
        {
            Server.Statements.Clear();
            Assert.That(await Jobs.FindProcessAsync(id, "bert", None), Is.Null);
            texts.Add(string.Join('\n', Server.Statements.Texts));
        }

        Assert.That(texts[0], Does.Contain("expired_jobs").And.EqualTo(texts[1]));
        Assert.That(await Jobs.FindProcessAsync(job.Id, "anna", None), Is.EqualTo(job.ProcessId));
    }

    [Test]
    public async Task FindSuccessfulAsync_OfSeveral_GivesTheNewestThatIsYoungEnough()
    {
        var (old, young, failed) = (await AddRunningAsync(), await AddRunningAsync(), await AddRunningAsync());
        JobOutput[] outputs = [new("a", 0, "text/plain", "\"ä\"", null)];
        foreach (var job in (Job[])[old, young, failed]) await Jobs.UpdateAsync(job.Id, changed => changed.NoteFingerprint(FirstClaim, new('0', 64)), None);
        await Jobs.UpdateAsync(old.Id, changed => changed.Succeed(FirstClaim, [], Noon.AddMinutes(1)), None);
        await Jobs.UpdateAsync(young.Id, changed => changed.Reuse(FirstClaim, old.Id, outputs, Noon.AddMinutes(2)), None);
        await Jobs.UpdateAsync(failed.Id, changed => changed.Fail(FirstClaim, new(JobFailureKind.ExitCode, "x"), Noon.AddMinutes(2)), None);

        await using var another = Server.Another();
        var found = (await another.Jobs.FindSuccessfulAsync(new('0', 64), "anna", Noon.AddMinutes(2), None))!;
        Assert.That((found.Id, found.ReusedFrom), Is.EqualTo((young.Id, (JobId?)old.Id)));
        Assert.That(found.Outputs, Is.EqualTo(outputs));
        Assert.That(await another.Jobs.FindSuccessfulAsync(new('0', 64), "anna", Noon.AddMinutes(3), None), Is.Null);
        Assert.That(await another.Jobs.FindSuccessfulAsync(new('1', 64), "anna", Noon, None), Is.Null);
        Assert.That(await another.Jobs.FindSuccessfulAsync(new('0', 64), "bert", Noon, None), Is.Null);
    }

    [TestCase(2, 2)]
    [TestCase(10, 3)]
    public async Task CountAsync_OfMoreThanTheMost_IsTheMost(int most, int counted)
    {
        for (var i = 0; i < 3; i++) await Jobs.AddAsync(AJob("counted"), None);
        await Jobs.AddAsync(AJob("other"), None);
        Assert.That(await Jobs.CountAsync(new([new("counted")], [JobStatus.Accepted]), most, None), Is.EqualTo(counted));
    }

    [Test]
    public async Task FindAsync_ASuccessfulJob_GivesItsOutputsInTheirOrder()
    {
        var job = await AddRunningAsync();
        JobOutput[] outputs =
        [
            new("z", 0, "image/tiff", null, new("ab/key", "a.tif", 5_000_000_000, new('0', 64))),
            new("a", 1, "application/json", """{"x":[1.50]}""", null),
            new("a", 0, "text/plain", "\"ä\"", null),
        ];
        await Jobs.UpdateAsync(job.Id, changed => changed.Succeed(FirstClaim, outputs, Noon.AddMinutes(1)), None);

        await using var another = Server.Another();
        var found = (await another.Jobs.FindAsync(job.Id, None))!;

        Assert.That(found.Outputs, Is.EqualTo(outputs));
        Assert.That((found.Status, found.Progress, found.Finished), Is.EqualTo((JobStatus.Successful, 100, (DateTimeOffset?)Noon.AddMinutes(1))));
    }

    [Test]
    public async Task FindAsync_AJobThatWasTriedAgain_GivesItsAttempts()
    {
        var job = await AddRunningAsync();
        await Jobs.UpdateAsync(job.Id, changed => changed.Postpone(FirstClaim, new(JobFailureKind.ExitCode, "Exit code 3.", 3), Noon.AddSeconds(5), Noon), None);
        await Jobs.UpdateAsync(job.Id, changed => changed.Start("node-2", Noon.AddMinutes(1), Noon.AddSeconds(5)), None);

        await using var another = Server.Another();
        var found = (await another.Jobs.FindAsync(job.Id, None))!;
        var listed = (await another.Jobs.ListAsync(new(), null, 1, None)).Items.Single();

        JobAttempt[] attempts =
        [
            new(1, Node, JobStatus.Failed, Noon, Noon, new(JobFailureKind.ExitCode, "Exit code 3.", 3)),
            new(2, "node-2", JobStatus.Running, Noon.AddSeconds(5)),
        ];
        Assert.That(found.Attempts, Is.EqualTo(attempts));
        Assert.That(listed.Attempts, Is.EqualTo(attempts));
    }

    [Test]
    public async Task ListWaitingAsync_AJobThatIsPutOff_WaitsForItsTime()
    {
        var job = await AddRunningAsync();
        await Jobs.UpdateAsync(job.Id, changed => changed.Postpone(FirstClaim, new(JobFailureKind.ExitCode, "Exit code 3."), Noon.AddSeconds(5), Noon), None);

        Assert.That(await Jobs.ListWaitingAsync([], Noon.AddSeconds(4), null, 9, None), Is.Empty);
        Assert.That((await Jobs.ListWaitingAsync([], Noon.AddSeconds(5), null, 9, None)).Select(waiting => waiting.Id), Is.EqualTo(new[] { job.Id }));
    }

    [Test]
    public async Task FindAsync_AFailedJob_GivesTheReason()
    {
        var job = await AddRunningAsync();
        var failure = new JobFailure(JobFailureKind.OutOfMemory, "It used more than 64 MB.", 137, "line 1\nline 2");
        await Jobs.UpdateAsync(job.Id, changed => changed.Fail(FirstClaim, failure, Noon), None);

        await using var another = Server.Another();

        Assert.That((await another.Jobs.FindAsync(job.Id, None))!.Failure, Is.EqualTo(failure));
    }

    [Test]
    public async Task FindAsync_AnUnknownJob_GivesNull() => Assert.That(await Jobs.FindAsync(JobId.New(), None), Is.Null);

    [Test]
    public async Task UpdateAsync_TimesFinerThanAMicrosecond_AreTruncated()
    {
        var job = AJob(at: Noon.AddTicks(19));
        await Jobs.AddAsync(job, None);

        Assert.That((await Jobs.FindAsync(job.Id, None))!.Created, Is.EqualTo(Noon.AddTicks(10)));
    }

    [Test]
    public async Task UpdateAsync_AMessageTooLongToKeep_IsCut()
    {
        var job = await AddRunningAsync();

        await Jobs.UpdateAsync(job.Id, changed => changed.Report(FirstClaim, new string('x', 5_000), 1, Noon), None);

        Assert.That((await Jobs.FindAsync(job.Id, None))!.Message, Has.Length.EqualTo(2_000).And.EndsWith("x…"));
    }

    [Test]
    public async Task UpdateAsync_AnUnknownJob_GivesNull() =>
        Assert.That(await Jobs.UpdateAsync(JobId.New(), job => job.Dismiss(Noon), None), Is.Null);

    [Test]
    public async Task UpdateAsync_AChangeThatThrows_ChangesNothing()
    {
        var job = AJob();
        await Jobs.AddAsync(job, None);

        Assert.ThrowsAsync<InvalidOperationException>(() => Jobs.UpdateAsync(
            job.Id,
            changed =>
            {
                changed.Dismiss(Noon);
                throw new InvalidOperationException();
            },
            None));

        Assert.That((await Jobs.FindAsync(job.Id, None))!.Status, Is.EqualTo(JobStatus.Accepted));
    }

    [Test]
    public async Task UpdateAsync_DismissalOfASuccessfulJob_RemovesItsOutputs()
    {
        var job = await AddRunningAsync();
        await Jobs.UpdateAsync(job.Id, changed => changed.Succeed(FirstClaim, [new("a", 0, "text/plain", "1", null)], Noon), None);

        await Jobs.UpdateAsync(job.Id, changed => changed.Dismiss(Noon), None);

        Assert.That((await Jobs.FindAsync(job.Id, None))!.Outputs, Is.Empty);
        await using var context = Server.Context();
        Assert.That(await context.JobOutputs.CountAsync(), Is.Zero);
    }

    [Test]
    public async Task UpdateAsync_TwoNodesThatStartAJob_OneWins()
    {
        var job = AJob();
        await Jobs.AddAsync(job, None);
        await using var another = Server.Another();
        var meanwhile = true;

        // The other node starts the job between this one's look and its write.
        Assert.ThrowsAsync<IllegalTransitionException>(() => Jobs.UpdateAsync(
            job.Id,
            changed =>
            {
                if (meanwhile) Wait(another.Jobs.UpdateAsync(job.Id, same => same.Start("node-2", Noon.AddSeconds(30), Noon), None));
                meanwhile = false;
                changed.Start(Node, Noon.AddSeconds(30), Noon);
            },
            None));

        Assert.That((await Jobs.FindAsync(job.Id, None))!, Has.Property(nameof(Job.Node)).EqualTo("node-2").And.Property(nameof(Job.Attempt)).EqualTo(1));
    }

    [Test]
    public async Task UpdateAsync_ATakeoverThatMeetsARenewedLease_IsRefused()
    {
        var job = await AddRunningAsync();
        var late = Noon.AddMinutes(1);
        await using var another = Server.Another();
        var meanwhile = true;

        Assert.ThrowsAsync<ClaimLostException>(() => Jobs.UpdateAsync(
            job.Id,
            changed =>
            {
                if (meanwhile) Wait(another.Jobs.RenewLeasesAsync(Node, [job.Id], late.AddSeconds(30), None));
                meanwhile = false;
                changed.Adopt("node-2", late.AddSeconds(30), late);
            },
            None));
    }

    [Test]
    public async Task UpdateAsync_AReportThatMeetsADismissal_IsRefused()
    {
        var job = await AddRunningAsync();
        await using var another = Server.Another();
        var meanwhile = true;

        Assert.ThrowsAsync<ClaimLostException>(() => Jobs.UpdateAsync(
            job.Id,
            changed =>
            {
                if (meanwhile) Wait(another.Jobs.UpdateAsync(job.Id, same => same.Dismiss(Noon), None));
                meanwhile = false;
                changed.Report(FirstClaim, "Running", 50, Noon);
            },
            None));

        Assert.That((await Jobs.FindAsync(job.Id, None))!.Status, Is.EqualTo(JobStatus.Dismissed));
    }

    [Test]
    public async Task UpdateAsync_ASettlementThatMeetsTheSame_IsRefusedAndLeavesTheFirst()
    {
        var job = await AddRunningAsync();
        await using var another = Server.Another();
        JobOutput[] outputs = [new("a", 0, "text/plain", "1", null)];
        var meanwhile = true;

        Assert.ThrowsAsync<ClaimLostException>(() => Jobs.UpdateAsync(
            job.Id,
            changed =>
            {
                if (meanwhile) Wait(another.Jobs.UpdateAsync(job.Id, same => same.Succeed(FirstClaim, outputs, Noon), None));
                meanwhile = false;
                changed.Succeed(FirstClaim, outputs, Noon);
            },
            None));

        Assert.That((await Jobs.FindAsync(job.Id, None))!.Outputs, Is.EqualTo(outputs));
    }

    [Test]
    public async Task UpdateAsync_FiftyAtOnceFromTwoServers_LosesNone()
    {
        var job = await AddRunningAsync();
        await using var another = Server.Another();
        var before = job.Version;

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() =>
            (i % 2 == 0 ? Jobs : another.Jobs).UpdateAsync(job.Id, changed => changed.Report(FirstClaim, $"{i}", null, Noon), None))));

        Assert.That((await Jobs.FindAsync(job.Id, None))!.Version, Is.EqualTo(before + 50));
    }

    [Test]
    public async Task AddAsync_FiftyWritersOnTwoServers_KeepsAllJobs()
    {
        await using var another = Server.Another();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(async () =>
        {
            for (var n = 0; n < 4; n++) await (i % 2 == 0 ? Jobs : another.Jobs).AddAsync(AJob(), None);
        })));

        Assert.That((await Jobs.ListAsync(new(), null, 1_000, None)).Items, Has.Count.EqualTo(200));
    }

    [Test]
    public async Task AddAsync_TheSameJobAgain_IsRefused()
    {
        var job = AJob();
        await Jobs.AddAsync(job, None);

        Assert.ThrowsAsync<DbUpdateException>(() => Jobs.AddAsync(job, None));
    }

    [Test]
    public async Task AddAsync_SomebodyWaitingForWork_IsWoken()
    {
        var woken = Server.Signals.WaitForWorkAsync(TimeSpan.FromMinutes(1), None);

        await Jobs.AddAsync(AJob(), None);

        await woken.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task UpdateAsync_SomebodyWaitingForAChange_IsWoken()
    {
        var job = await AddRunningAsync();
        var changing = Server.Signals.NextChange(job.Id);

        await Jobs.UpdateAsync(job.Id, changed => changed.Dismiss(Noon), None);

        await changing.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task ListAsync_PageByPage_GivesAllNewestFirstAndTheSameBackwards()
    {
        // Pairs of the same time, so that the identifier has to decide.
        for (var i = 0; i < 10; i++) await Jobs.AddAsync(AJob(at: Noon.AddSeconds(i / 2)), None);

        var pages = await ReadAllAsync(new(), 3);
        var backwards = new List<Page<Job>>();
        for (var page = pages[^1]; page.Previous is not null; backwards.Insert(0, page)) page = await Jobs.ListAsync(new(), page.Previous, 3, None);

        Assert.That(pages.Select(page => page.Items.Count), Is.EqualTo(new[] { 3, 3, 3, 1 }));
        Assert.That(pages.SelectMany(Ids), Is.Unique.And.Exactly(10).Items);
        Assert.That(pages.SelectMany(page => page.Items).Select(job => job.Created), Is.Ordered.Descending);
        Assert.That(backwards.Select(Ids), Is.EqualTo(pages.Take(3).Select(Ids)));
    }

    [Test]
    public async Task ListAsync_JobsAddedBetweenPages_NeitherRepeatsNorSkips()
    {
        for (var i = 0; i < 4; i++) await Jobs.AddAsync(AJob(at: Noon.AddSeconds(i)), None);
        var all = (await Jobs.ListAsync(new(), null, 10, None)).Items.Select(job => job.Id).ToList();
        var first = await Jobs.ListAsync(new(), null, 2, None);
        var newer = AJob(at: Noon.AddSeconds(9));
        await Jobs.AddAsync(newer, None);

        var second = await Jobs.ListAsync(new(), first.Next, 2, None);
        var before = await Jobs.ListAsync(new(), first.Previous ?? new(JobPlace.KeyOf(first.Items[0]), Backwards: true), 2, None);

        Assert.That(Ids(first).Concat(Ids(second)), Is.EqualTo(all));
        Assert.That(Ids(before), Is.EqualTo(new[] { newer.Id }));
    }

    [Test]
    public async Task ListAsync_SeveralProcessesAndStatuses_MergesThemNewestFirst()
    {
        string[] processes = ["a", "b", "c"];
        for (var i = 0; i < 12; i++)
        {
            var at = Noon.AddSeconds(i);
            await Jobs.AddAsync(i % 2 == 0 ? AJob(processes[i % 3], at) : ARunningJob(processes[i % 3], at), None);
        }

        var filter = new JobFilter([new("a"), new("b")], [JobStatus.Running, JobStatus.Failed, JobStatus.Running]);
        var pages = await ReadAllAsync(filter, 2);

        var items = pages.SelectMany(page => page.Items).ToList();
        Assert.That(items.Select(job => (job.Created - Noon).TotalSeconds), Is.EqualTo(new[] { 9, 7, 3, 1 }));
        Assert.That(items.Select(job => job.Status), Is.All.EqualTo(JobStatus.Running));
    }

    [Test]
    public async Task ListAsync_MoreProcessesThanAreReadOneByOne_GivesTheSame()
    {
        for (var i = 0; i < 40; i++) await Jobs.AddAsync(AJob($"p{i}", Noon.AddSeconds(i)), None);

        var pages = await ReadAllAsync(new([.. Enumerable.Range(1, 39).Select(i => new ProcessId($"p{i}"))], [JobStatus.Accepted]), 10);

        Assert.That(pages.SelectMany(page => page.Items).Select(job => job.ProcessId.Value), Is.EqualTo(Enumerable.Range(1, 39).Reverse().Select(i => $"p{i}")));
    }

    [Test]
    public async Task ListAsync_NoProcess_GivesNoJobs()
    {
        await Jobs.AddAsync(AJob(), None);

        Assert.That((await Jobs.ListAsync(new(Processes: []), null, 10, None)).Items, Is.Empty);
    }

    [Test]
    public async Task ListAsync_BetweenTwoTimes_IncludesBoth()
    {
        for (var i = 0; i < 5; i++) await Jobs.AddAsync(AJob(at: Noon.AddSeconds(i)), None);

        var page = await Jobs.ListAsync(new(From: Noon.AddSeconds(1), To: Noon.AddSeconds(3)), null, 10, None);

        Assert.That(page.Items.Select(job => (job.Created - Noon).TotalSeconds), Is.EqualTo(new[] { 3, 2, 1 }));
    }

    [Test]
    public async Task ListAsync_WhileOthersAddJobs_GivesEachThatWasThereOnce()
    {
        for (var i = 0; i < 60; i++) await Jobs.AddAsync(AJob(at: Noon.AddSeconds(i / 3)), None);
        var there = (await Jobs.ListAsync(new(), null, 100, None)).Items.Select(job => job.Id).ToList();
        using var paged = new CancellationTokenSource();
        using var added = new SemaphoreSlim(0);
        var adding = Task.Run(async () =>
        {
            for (var i = 0; !paged.IsCancellationRequested; i++)
            {
                await Jobs.AddAsync(AJob(at: Noon.AddMinutes(1).AddSeconds(i)), None);
                added.Release();
            }
        });

        var read = new List<JobId>();
        Page<Job>? page = null;
        do
        {
            await added.WaitAsync();
            page = await Jobs.ListAsync(new(), page?.Next, 7, None);
            read.AddRange(Ids(page));
        }
        while (page.Next is not null);
        await paged.CancelAsync();
        await adding;

        Assert.That(read, Is.Unique);
        Assert.That(read.Intersect(there), Is.EqualTo(there));
    }

    [TestCase(0, 4, "0.5", "4", "running_2", "dismissed_3")]
    [TestCase(1, 3, "running_2", "dismissed_3")]
    [TestCase(4, 4, "4")]
    [TestCase(5, 9)]
    public async Task ListAsync_ByDuration_CountsRunningJobsToNowAndLeavesOutThoseThatNeverRan(int least, int most, params string[] expected)
    {
        await AddLastingAsync();

        var filter = new JobFilter(Duration: new(TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most), Noon.AddSeconds(2)));
        var found = (await Jobs.ListAsync(filter, null, 10, None)).Items.Select(job => job.ProcessId);
        var many = filter with { Processes = [.. Enumerable.Range(0, 40).Select(i => new ProcessId($"p{i}")), .. found] };

        Assert.That(found.Select(id => id.Value), Is.EquivalentTo(expected));
        Assert.That((await Jobs.ListAsync(many, null, 10, None)).Items.Select(job => job.ProcessId), Is.EqualTo(found), "of too many processes to read one by one");
    }

    [Test]
    public async Task ListAsync_ByDurationAndStatus_HasOnlyThoseOfBoth()
    {
        await AddLastingAsync();
        var any = new DurationRange(TimeSpan.Zero, TimeSpan.FromDays(1), Noon.AddSeconds(2));

        var ended = await Jobs.ListAsync(new(Statuses: [JobStatus.Successful, JobStatus.Accepted], Duration: any), null, 10, None);

        Assert.That(ended.Items.Select(job => job.Duration), Is.EquivalentTo(new[] { TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(4) }));
    }

    [Test]
    public async Task ListAsync_ProcessesThatDifferByCase_AreNotMixedUp()
    {
        await Jobs.AddAsync(AJob("Echo"), None);
        await Jobs.AddAsync(AJob("echo"), None);

        Assert.That((await Jobs.ListAsync(new([new("echo")]), null, 10, None)).Items, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task ListAsync_AnyJobs_ReadsNeitherRequestsNorOutputs()
    {
        await Jobs.AddAsync(AJob(), None);
        Server.Statements.Clear();

        var page = await Jobs.ListAsync(new(), null, 10, None);

        Assert.That(page.Items, Has.Count.EqualTo(1));
        Assert.That(string.Join('\n', Server.Statements.Texts), Does.Contain("jobs").And.Not.Contain("job_requests").And.Not.Contain("job_outputs"));
    }

    [TestCase("")]
    [TestCase("1")]
    [TestCase("1.2")]
    [TestCase("-1.00000000-0000-0000-0000-000000000000")]
    [TestCase("9223372036854775807.00000000-0000-0000-0000-000000000000")]
    public void ListAsync_AForeignCursor_IsTheClientsMistake(string key) =>
        Assert.ThrowsAsync<OgcException>(() => Jobs.ListAsync(new(), new(key, Backwards: false), 10, None));

    [Test]
    public async Task ListWaitingAsync_SomeProcessesPassedOver_GivesTheOldestOfTheOthers()
    {
        await Jobs.AddAsync(AJob("full", Noon), None);
        await Jobs.AddAsync(AJob("b", Noon.AddSeconds(2)), None);
        await Jobs.AddAsync(AJob("a", Noon.AddSeconds(1)), None);
        await Jobs.AddAsync(ARunningJob("a", Noon), None);
        await Jobs.AddAsync(AJob("a", Noon.AddSeconds(3)), None);

        var waiting = await Jobs.ListWaitingAsync([new("full"), new("absent")], Noon, null, 2, None);

        Assert.That(waiting.Select(job => job.ProcessId.Value), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public async Task ListWaitingAsync_OfSeveralOwners_GivesThemOneByOne_EachFromTheOldest()
    {
        foreach (var (owner, second) in ((string, int)[])[("berta", 0), ("anna", 3), ("Berta", 2), ("anna", 1)])
            await Jobs.AddAsync(AJob(at: Noon.AddSeconds(second), owner: owner), None);

        var all = await Jobs.ListWaitingAsync([], Noon, null, 9, None);
        var further = await Jobs.ListWaitingAsync([], Noon, "anna", 9, None);

        Assert.That(all.Select(job => (job.Owner, job.Created.Second)), Is.EqualTo(new[] { ("Berta", 2), ("anna", 1), ("anna", 3), ("berta", 0) }));
        Assert.That(further.Select(job => job.Owner), Is.EqualTo(new[] { "berta" }));
    }

    [Test]
    public async Task ListWaitingBehindAsync_OfAJob_GivesTheYoungerOnesOfItsOwner()
    {
        for (var i = 0; i < 4; i++) await Jobs.AddAsync(AJob(i == 1 ? "full" : "echo", Noon.AddSeconds(i)), None);
        await Jobs.AddAsync(AJob(at: Noon.AddSeconds(9), owner: "berta"), None);
        var oldest = (await Jobs.ListWaitingAsync([], Noon, null, 1, None))[0];

        var behind = await Jobs.ListWaitingBehindAsync(oldest, [new("full")], Noon, 9, None);

        Assert.That(behind.Select(job => (job.Owner, job.Created.Second)), Is.EqualTo(new[] { ("anna", 2), ("anna", 3) }));
    }

    [Test]
    public async Task CountRunningAsync_CountsByOwnerAndRevision()
    {
        foreach (var job in (Job[])[ARunningJob(), ARunningJob(node: "node-2"), AJob(), AJob(owner: "berta")]) await Jobs.AddAsync(job, None);

        var running = await Jobs.CountRunningAsync(None);

        Assert.That(running.Select(jobs => (jobs.Owner, jobs.Count)), Is.EqualTo(new[] { ("anna", 1), ("anna", 1) }), "each job here has a revision of its own");
    }

    [Test]
    public async Task CountWaitingBeforeAsync_FiveBefore_CountsNoFurtherThanAsked()
    {
        for (var i = 0; i < 5; i++) await Jobs.AddAsync(AJob(at: Noon.AddSeconds(i)), None);
        await Jobs.AddAsync(ARunningJob(at: Noon), None);
        await Jobs.AddAsync(AJob(at: Noon, owner: "berta"), None);
        var last = AJob(at: Noon.AddSeconds(5));
        await Jobs.AddAsync(last, None);

        Assert.That(await Jobs.CountWaitingBeforeAsync(last, 100, None), Is.EqualTo(5));
        Assert.That(await Jobs.CountWaitingBeforeAsync(last, 3, None), Is.EqualTo(3));
    }

    [Test]
    public async Task ListAbandonedAsync_JobsOfThisAndOtherNodes_GivesThoseNobodyWorksOn()
    {
        var now = Noon.AddMinutes(1);
        var lost = ARunningJob(leaseUntil: now.AddSeconds(9));
        var known = ARunningJob(leaseUntil: now.AddSeconds(9));
        var knownAndLate = ARunningJob(leaseUntil: now.AddSeconds(-1));
        var others = ARunningJob(node: "node-2", leaseUntil: now.AddSeconds(9));
        var othersAndLate = ARunningJob(node: "node-2", leaseUntil: now.AddSeconds(-1));
        foreach (var job in (Job[])[lost, known, knownAndLate, others, othersAndLate, AJob()]) await Jobs.AddAsync(job, None);

        await using var another = Server.Another();
        var abandoned = await another.Jobs.ListAbandonedAsync(Node, [known.Id, knownAndLate.Id], now, None);

        Assert.That(abandoned.Select(job => job.Id), Is.EquivalentTo(new[] { lost.Id, othersAndLate.Id }));
        Assert.That(abandoned.Select(job => job.Request), Is.All.Not.Null);
    }

    [Test]
    public async Task RenewLeasesAsync_SomeJobsGone_SaysWhichAreHeldAndLeavesVersionsAlone()
    {
        var held = ARunningJob();
        var taken = ARunningJob(node: "node-2");
        var ended = ARunningJob();
        ended.Dismiss(Noon);
        foreach (var job in (Job[])[held, taken, ended]) await Jobs.AddAsync(job, None);

        var still = await Jobs.RenewLeasesAsync(Node, [held.Id, taken.Id, ended.Id, JobId.New()], Noon.AddHours(1), None);

        Assert.That(still, Is.EqualTo(new HashSet<JobId> { held.Id }));
        var renewed = (await Jobs.FindAsync(held.Id, None))!;
        Assert.That((renewed.LeaseUntil, renewed.Version), Is.EqualTo(((DateTimeOffset?)Noon.AddHours(1), held.Version)));
        Assert.That((await Jobs.FindAsync(taken.Id, None))!.LeaseUntil, Is.EqualTo(Noon.AddSeconds(30)));
    }

    [Test]
    public async Task RenewLeasesAsync_MoreJobsThanOneStatementTakes_RenewsAll()
    {
        var held = ARunningJob();
        await Jobs.AddAsync(held, None);
        JobId[] many = [.. Enumerable.Range(0, 1_200).Select(_ => JobId.New()), held.Id];

        Assert.That(await Jobs.RenewLeasesAsync(Node, many, Noon.AddHours(1), None), Is.EqualTo(new HashSet<JobId> { held.Id }));
    }

    [Test]
    public async Task ListVersionsAsync_OfMoreJobsThanOneStatementTakes_LeavesOutThoseThatAreGone()
    {
        var (same, changed) = (await AddRunningAsync(), await AddRunningAsync());
        var dismissed = (await Jobs.UpdateAsync(changed.Id, job => job.Dismiss(Noon), None))!;
        JobId[] many = [.. Enumerable.Range(0, 1_200).Select(_ => JobId.New()), same.Id, changed.Id];

        var versions = await Jobs.ListVersionsAsync(many, None);

        Assert.That(versions, Is.EquivalentTo(new Dictionary<JobId, int> { [same.Id] = same.Version, [changed.Id] = dismissed.Version }));
        Assert.That(dismissed.Version, Is.GreaterThan(changed.Version));
    }

    /// <remarks>A change can't be asynchronous, and here it is where somebody else comes between.</remarks>
    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static IEnumerable<JobId> Ids(Page<Job> page) => page.Items.Select(job => job.Id);

    private async Task<List<Page<Job>>> ReadAllAsync(JobFilter filter, int limit)
    {
        List<Page<Job>> pages = [await Jobs.ListAsync(filter, null, limit, None)];
        while (pages[^1].Next is { } next) pages.Add(await Jobs.ListAsync(filter, next, limit, None));
        return pages;
    }

    /// <summary>Two that succeeded, one that runs, one dismissed while it ran, two that never ran; each named by how long.</summary>
    private async Task AddLastingAsync()
    {
        Job[] jobs = [ARunningJob("0.5"), ARunningJob("4"), ARunningJob("running_2"), ARunningJob("dismissed_3"), AJob("waiting"), AJob("unstarted")];
        jobs[0].Succeed(FirstClaim, [], Noon.AddSeconds(0.5));
        jobs[1].Succeed(FirstClaim, [], Noon.AddSeconds(4));
        jobs[3].Dismiss(Noon.AddSeconds(3));
        jobs[5].Dismiss(Noon.AddSeconds(3));
        foreach (var job in jobs) await Jobs.AddAsync(job, None);
    }

    [Test]
    public async Task UpdateAsync_WithTextThatNotEveryDatabaseTakes_IsStoredAllTheSame()
    {
        var (message, errors) = ("half \uD83D", "nul \0, pair \U0001F30D, half \uDE00 ");
        var job = await AddRunningAsync();
        await Jobs.UpdateAsync(job.Id, changed => changed.Report(FirstClaim, message, null, Noon), None);
        await Jobs.UpdateAsync(job.Id, changed => changed.Fail(FirstClaim, new(JobFailureKind.ExitCode, "\0", 1, errors), Noon), None);

        await using var another = Server.Another();
        var failure = (await another.Jobs.FindAsync(job.Id, None))!.Failure!;

        Assert.That(failure.Reason, Is.EqualTo("\uFFFD"));
        Assert.That(failure.StandardError, Does.StartWith("nul ").And.Contain("pair \U0001F30D, half ").And.EndWith(" "));
    }

    private async Task<Job> AddRunningAsync()
    {
        var job = ARunningJob();
        await Jobs.AddAsync(job, None);
        return job;
    }
}
