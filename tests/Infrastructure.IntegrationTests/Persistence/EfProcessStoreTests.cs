using System.Text.Json;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Processes;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

[TestFixture(DatabaseProvider.Sqlite)]
[TestFixture(DatabaseProvider.PostgreSql)]
[TestFixture(DatabaseProvider.SqlServer)]
internal sealed class EfProcessStoreTests(DatabaseProvider provider)
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly ProcessId Echo = new("echo");

    private TestServer _server = null!;

    private IProcessStore Processes => _server.Processes;

    [SetUp]
    public async Task StartAsync() => _server = await TestServer.StartAsync(provider);

    [TearDown]
    public async Task StopAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

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
        var process = Process.Deploy(description, unit, """{"a": 1}""", "anna", mutable: false, Noon);
        process.NoteImage(process.Revision.Id, ImageStatus.Pulling, "Layer 1 of 2");
        Assert.That(await Processes.TryAddAsync(process, None), Is.True);

        await using var another = _server.Another();
        var found = (await another.Processes.FindAsync(Echo, None))!;

        Assert.Multiple(() =>
        {
            Assert.That((found.Id, found.Owner, found.Mutable, found.Version), Is.EqualTo((Echo, "anna", false, process.Version)));
            Assert.That((found.Image, found.ImageMessage), Is.EqualTo((ImageStatus.Pulling, "Layer 1 of 2")));
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
        await using var another = _server.Another();

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

        await using var another = _server.Another();
        var found = (await another.Processes.FindAsync(Echo, None))!;
        Assert.That((found.Revision.Number, found.Revision.Unit.Image), Is.EqualTo((2, "new")));
        Assert.That((await another.Processes.FindRevisionAsync(process.Revision.Id, None))!.Unit.Image, Is.EqualTo("old"));
    }

    [Test]
    public async Task UpdateAsync_AReplacementOnAnotherServer_IsSeenAtOnce()
    {
        await using var another = _server.Another();
        await Processes.TryAddAsync(AProcess(), None);
        await Processes.FindAsync(Echo, None);

        await another.Processes.UpdateAsync(Echo, changed => changed.Replace(Description("echo", "2.0.0"), new() { Image = "new" }, "{}", Noon), None);

        Assert.That((await Processes.FindAsync(Echo, None))!.Revision.Description.Version, Is.EqualTo("2.0.0"));
    }

    [Test]
    public async Task UpdateAsync_TwoReplacementsAtOnce_CountsBoth()
    {
        await Processes.TryAddAsync(AProcess(), None);
        await using var another = _server.Another();
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

        await using var another = _server.Another();
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
        _server.Statements.Clear();

        Assert.That(await Processes.FindRevisionAsync(process.Revision.Id, None), Is.SameAs(first));
        Assert.That(_server.Statements.Texts, Is.Empty);
    }

    [Test]
    public async Task ListAsync_PageByPage_SortsByIdentifierBothWays()
    {
        foreach (var id in (string[])["b", "B", "a.1", "a", "c"]) await Processes.TryAddAsync(AProcess(id), None);

        var first = await Processes.ListAsync(null, 2, None);
        var second = await Processes.ListAsync(first.Next, 2, None);
        var third = await Processes.ListAsync(second.Next, 2, None);
        var again = await Processes.ListAsync(third.Previous, 2, None);

        Page<Process>[] pages = [first, second, third];
        Assert.That(pages.SelectMany(Ids), Is.EqualTo(new[] { "B", "a", "a.1", "b", "c" }));
        Assert.That((first.Previous, third.Next), Is.EqualTo(((Cursor?)null, (Cursor?)null)));
        Assert.That(Ids(again), Is.EqualTo(Ids(second)));
        Assert.That(first.Items[0].Revision.Description.Id.Value, Is.EqualTo("B"));
    }

    [Test]
    public void ListAsync_AForeignCursor_IsTheClientsMistake() =>
        Assert.ThrowsAsync<OgcException>(() => Processes.ListAsync(new("'; drop", Backwards: false), 10, None));

    private static IEnumerable<string> Ids(Page<Process> page) => page.Items.Select(process => process.Id.Value);
}
