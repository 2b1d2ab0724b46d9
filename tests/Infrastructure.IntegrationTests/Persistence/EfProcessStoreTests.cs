using System.Text.Json;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Processes;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

internal sealed class EfProcessStoreTests(DatabaseProvider provider) : StoreTests(provider)
{
    private static readonly ProcessId Echo = new("echo");

    private IProcessStore Processes => Server.Processes;

    [Test]
    public async Task FindAsync_AProcessAddedByAnotherServer_GivesItWhole()
    {
        var unit = new ExecutionUnit
        {
            Image = "ndvi:1",
            Command = ["python", "-c", "x"],
            Environment = new Dictionary<string, string> { ["A"] = "1" },
            Network = true,
            Resources = new() { CpuMin = 0.5, MemoryMax = 3L << 30, JobTimeout = TimeSpan.FromSeconds(90.5) },
            InputBindings = new Dictionary<string, InputBinding>
            {
                ["a"] = new() { Prefix = "-a", Separate = false, Position = -1, ValueFrom = Expression.Parse("$(self.basename)x"), ItemSeparator = "," },
            },
            OutputBindings = new Dictionary<string, OutputBinding>
            {
                ["o"] = new() { Glob = [Expression.Parse("$(inputs.a)/*.tif"), Expression.Parse("b")] },
                ["p"] = new() { Stdout = true },
            },
        };
        var description = Description("echo", "2.1.0");
        var process = Process.Deploy(description, unit, """{"a": 1}""", "anna", mutable: false, Noon, new ProcessAccess { Users = ["bert"], Groups = ["wetter"], ExecuteRole = Role.Deployer });
        process.NoteImage(process.Revision.Id, ImageStatus.Pulling, "Layer 1 of 2");
        Assert.That(await Processes.TryAddAsync(process, None), Is.True);

        await using var another = Server.Another();
        var found = (await another.Processes.FindAsync(Echo, None))!;

        Assert.Multiple(() =>
        {
            Assert.That((found.Id, found.Owner, found.Mutable, found.Version), Is.EqualTo((Echo, "anna", false, process.Version)));
            Assert.That((found.Image, found.ImageMessage), Is.EqualTo((ImageStatus.Pulling, "Layer 1 of 2")));
            Assert.That(JsonSerializer.Serialize(found.Access), Is.EqualTo(JsonSerializer.Serialize(process.Access)));
            Assert.That((found.Created, found.Updated), Is.EqualTo((Noon, Noon)));
            Assert.That((found.Revision.Id, found.Revision.ProcessId, found.Revision.Number, found.Revision.Created), Is.EqualTo((process.Revision.Id, Echo, 1, Noon)));
            Assert.That(found.Revision.Package, Is.EqualTo("""{"a": 1}"""));
            Assert.That(found.Revision.Description.Document.GetRawText(), Is.EqualTo(description.Document.GetRawText()));
            Assert.That(found.Revision.Description.Inputs.Keys, Is.EqualTo(new[] { "b", "a" }));
            Assert.That(JsonSerializer.Serialize(found.Revision.Unit), Is.EqualTo(JsonSerializer.Serialize(unit)));
            Assert.That(found.Revision.Unit.InputBindings["a"].ValueFrom!.Evaluate("x/y", new Dictionary<string, string>()), Is.EqualTo("yx"));
        });
    }

    [Test]
    public async Task TryAddAsync_ATakenIdentifier_IsFalseAndLeavesTheFirst()
    {
        await Processes.TryAddAsync(AProcess(image: "first"), None);

        Assert.That(await Processes.TryAddAsync(AProcess(image: "second"), None), Is.False);
        Assert.That((await Processes.FindAsync(Echo, None))!.Revision.Unit.Image, Is.EqualTo("first"));
    }

    [Test]
    public async Task TryAddAsync_TheSameIdentifierAtOnceOnTwoServers_SucceedsOnce()
    {
        await using var another = Server.Another();

        var added = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            Task.Run(() => (i % 2 == 0 ? Processes : another.Processes).TryAddAsync(AProcess(), None))));

        Assert.That(added.Count(isAdded => isAdded), Is.EqualTo(1));
    }

    [Test]
    public async Task UpdateAsync_AReplacement_KeepsTheFormerRevision()
    {
        var process = AProcess(image: "old");
        await Processes.TryAddAsync(process, None);

        await Processes.UpdateAsync(Echo, changed => changed.Replace(Description("echo", "2.0.0"), new() { Image = "new" }, "{}", Noon), None);

        await using var another = Server.Another();
        var found = (await another.Processes.FindAsync(Echo, None))!;
        Assert.That((found.Revision.Number, found.Revision.Unit.Image), Is.EqualTo((2, "new")));
        Assert.That((await another.Processes.FindRevisionAsync(process.Revision.Id, None))!.Unit.Image, Is.EqualTo("old"));
    }

    [Test]
    public async Task UpdateAsync_AReplacementOnAnotherServer_IsSeenAtOnce()
    {
        await using var another = Server.Another();
        await Processes.TryAddAsync(AProcess(), None);
        await Processes.FindAsync(Echo, None);

        await another.Processes.UpdateAsync(Echo, changed => changed.Replace(Description("echo", "2.0.0"), new() { Image = "new" }, "{}", Noon), None);

        Assert.That((await Processes.FindAsync(Echo, None))!.Revision.Description.Version, Is.EqualTo("2.0.0"));
    }

    [Test]
    public async Task UpdateAsync_TwoReplacementsAtOnce_CountsBoth()
    {
        await Processes.TryAddAsync(AProcess(), None);
        await using var another = Server.Another();
        var meanwhile = true;

        await Processes.UpdateAsync(
            Echo,
            changed =>
            {
                if (meanwhile) another.Processes.UpdateAsync(Echo, same => same.Replace(Description("echo", "2"), new() { Image = "a" }, "{}", Noon), None).GetAwaiter().GetResult();
                meanwhile = false;
                changed.Replace(Description("echo", "3"), new() { Image = "b" }, "{}", Noon);
            },
            None);

        Assert.That((await Processes.FindAsync(Echo, None))!.Revision, Has.Property(nameof(ProcessRevision.Number)).EqualTo(3));
    }

    [Test]
    public async Task UpdateAsync_AnUnknownProcess_GivesNull() =>
        Assert.That(await Processes.UpdateAsync(Echo, _ => { }, None), Is.Null);

    [Test]
    public async Task RemoveAsync_OfAStateThatTheCheckRefuses_KeepsTheProcess()
    {
        await Processes.TryAddAsync(AProcess(), None);
        Assert.ThrowsAsync<OgcException>(() => Processes.RemoveAsync(Echo, _ => throw new OgcException(OgcError.ProcessChanged), None));
        Assert.That(await Processes.FindAsync(Echo, None), Is.Not.Null);
    }

    [Test]
    public async Task RemoveAsync_AProcessWithJobs_KeepsItsRevisions()
    {
        var process = AProcess();
        await Processes.TryAddAsync(process, None);

        Assert.That(await Processes.RemoveAsync(Echo, _ => { }, None), Is.True);
        Assert.That(await Processes.RemoveAsync(Echo, _ => { }, None), Is.False);

        await using var another = Server.Another();
        Assert.That(await another.Processes.FindAsync(Echo, None), Is.Null);
        Assert.That(await another.Processes.FindRevisionAsync(process.Revision.Id, None), Is.Not.Null);
        Assert.That(await Processes.TryAddAsync(AProcess(), None), Is.True);
    }

    [Test]
    public async Task FindRevisionAsync_AskedTwice_ReadsItOnce()
    {
        var process = AProcess();
        await Processes.TryAddAsync(process, None);
        var first = await Processes.FindRevisionAsync(process.Revision.Id, None);
        Server.Statements.Clear();

        Assert.That(await Processes.FindRevisionAsync(process.Revision.Id, None), Is.SameAs(first));
        Assert.That(Server.Statements.Texts, Is.Empty);
    }

    [Test]
    public async Task ListAsync_PageByPage_SortsByIdentifierBothWays()
    {
        foreach (var id in (string[])["b", "B", "a.1", "a", "c"]) await Processes.TryAddAsync(AProcess(id), None);

        var first = await Processes.ListAsync(ProcessFilter.All, null, 2, None);
        var second = await Processes.ListAsync(ProcessFilter.All, first.Next, 2, None);
        var third = await Processes.ListAsync(ProcessFilter.All, second.Next, 2, None);
        var again = await Processes.ListAsync(ProcessFilter.All, third.Previous, 2, None);

        Page<Process>[] pages = [first, second, third];
        Assert.That(pages.SelectMany(Ids), Is.EqualTo(new[] { "B", "a", "a.1", "b", "c" }));
        Assert.That((first.Previous, third.Next), Is.EqualTo(((Cursor?)null, (Cursor?)null)));
        Assert.That(Ids(again), Is.EqualTo(Ids(second)));
        Assert.That(first.Items[0].Revision.Description.Id.Value, Is.EqualTo("B"));
    }

    [Test]
    public void ListAsync_AForeignCursor_IsTheClientsMistake() =>
        Assert.ThrowsAsync<OgcException>(() => Processes.ListAsync(ProcessFilter.All, new("'; drop", Backwards: false), 10, None));

    [Test]
    public async Task FindRightsAndLists_ByViewers_GiveWhatTheDomainLetsThemSee()
    {
        ProcessAccess[] accesses = [ProcessAccess.Closed, ProcessAccess.Open, new() { Users = ["bert", "anna"] }, new() { Groups = ["bert", "b"] }, new() { Users = ["bert"], Groups = ["b"] }];
        var all = accesses.SelectMany((access, i) => ((string[])["anna", "bert"]).Select(owner => AProcessOf($"p{i}-{owner}", owner, access))).ToList();
        foreach (var process in all) Assert.That(await Processes.TryAddAsync(process, None));
        Viewer[][] callers =
        [
            [], [Viewer.Everybody, Viewer.User("anna")], [Viewer.Everybody, Viewer.User("bert"), Viewer.Group("b")], [Viewer.Everybody, Viewer.User("nobody")],
            [Viewer.User("b"), .. Enumerable.Range(0, 40).Select(i => Viewer.Group($"g{i}")), Viewer.Group("b")],
        ];

        foreach (var filter in callers.SelectMany(viewers => (ProcessFilter[])[new(viewers), new(viewers, [all[2].Id, all[6].Id, Echo])]))
        {
            var seen = all.Where(process => filter.Among?.Contains(process.Id) != false && process.Viewers.Intersect(filter.Viewers!).Any()).OrderBy(process => process.Id).ToList();
            List<Page<Process>> pages = [await Processes.ListAsync(filter, null, 2, None)];
            while (pages[^1].Next is { } next) pages.Add(await Processes.ListAsync(filter, next, 2, None));
            Assert.That(pages.SelectMany(Ids), Is.EqualTo(seen.Select(process => process.Id.Value)));
            if (pages.Count > 1) Assert.That(Ids(await Processes.ListAsync(filter, pages[1].Previous, 2, None)), Is.EqualTo(Ids(pages[0])));
            Assert.That(await Processes.ListRevisionsAsync(filter, None), Is.EqualTo(seen.Select(process => process.Revision.Id)));
            foreach (var process in all)
            {
                Assert.That(
                    await Processes.FindRightsAsync(process.Id, filter, None),
                    Is.EqualTo(seen.Contains(process) ? new ProcessRights(process.Owner, true, Role.Executor) : null), process.Id.Value);
            }
        }
    }

    /// <remarks>Their times differ by no more than one row read or not: what is sent, and how it is looked up, is the same.</remarks>
    [Test]
    public async Task FindRightsAsync_OfAForeignAndOfNoProcess_SendsTheSame()
    {
        await Processes.TryAddAsync(AProcess(), None);
        ProcessFilter bert = new([Viewer.Everybody, Viewer.User("bert")]);
        var texts = new List<string>();
        foreach (var id in (ProcessId[])[Echo, new("never")])
        {
            Server.Statements.Clear();
            Assert.That(await Processes.FindRightsAsync(id, bert, None), Is.Null);
            texts.Add(string.Join('\n', Server.Statements.Texts));
        }

        Assert.That(texts[0], Does.Contain("process_viewers").And.EqualTo(texts[1]));
    }

    [Test]
    public async Task UpdateAsync_AnotherAccess_IsWhatOthersSeeAtOnce()
    {
        await Processes.TryAddAsync(AProcess(), None);
        await using var another = Server.Another();
        foreach (var (access, isBerts) in ((ProcessAccess, bool)[])[(new() { Users = ["bert", "cora"] }, true), (new() { Users = ["cora"] }, false), (ProcessAccess.Open, true), (ProcessAccess.Closed, false)])
        {
            await Processes.UpdateAsync(Echo, process => process.Share(access), None);

            Assert.That(await another.Processes.FindRightsAsync(Echo, new([Viewer.Everybody, Viewer.User("bert")]), None) is not null, Is.EqualTo(isBerts));
            Assert.That(await another.Processes.FindRightsAsync(Echo, new([Viewer.User("anna")]), None), Is.Not.Null, "its owner sees it in any case");
        }
    }

    [Test]
    public async Task UpdateAsync_SharedTwiceAtOnce_IsAsTheLaterSays()
    {
        await Processes.TryAddAsync(AProcess(), None);
        await using var another = Server.Another();
        var meanwhile = true;

        await Processes.UpdateAsync(
            Echo,
            changed =>
            {
                if (meanwhile) another.Processes.UpdateAsync(Echo, same => same.Share(new() { Users = ["bert", "cora"] }), None).GetAwaiter().GetResult();
                meanwhile = false;
                changed.Share(new() { Users = ["bert"] });
            },
            None);

        Assert.That(await Processes.FindRightsAsync(Echo, new([Viewer.User("bert")]), None), Is.Not.Null);
        Assert.That(await Processes.FindRightsAsync(Echo, new([Viewer.User("cora")]), None), Is.Null);
    }

    [Test]
    public async Task RemoveAsync_AProcessThatWasShared_LeavesNothingToWhoeverDeploysNext()
    {
        await Processes.TryAddAsync(AProcessOf("echo", "anna", new() { Users = ["bert"] }), None);
        await Processes.RemoveAsync(Echo, _ => { }, None);
        await Processes.TryAddAsync(AProcess(), None);

        Assert.That(await Processes.FindRightsAsync(Echo, new([Viewer.User("bert")]), None), Is.Null);
    }

    private static Process AProcessOf(string id, string owner, ProcessAccess access) =>
        Process.Deploy(Description(id, "1.0.0"), new() { Image = "echo:1" }, "{}", owner, mutable: true, Noon, access);

    private static IEnumerable<string> Ids(Page<Process> page) => page.Items.Select(process => process.Id.Value);
}
