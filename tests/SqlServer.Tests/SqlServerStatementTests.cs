using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Access.Keys;
using OgcProcesses.Application.Access.Links;
using OgcProcesses.Application.Access.Sessions;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Application.Common.Paging;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Execute;
using OgcProcesses.Application.Jobs.Quotas;
using OgcProcesses.Application.Jobs.Retention;
using OgcProcesses.Application.Processes;
using OgcProcesses.Domain.Access;
using OgcProcesses.Domain.Jobs;
using OgcProcesses.Domain.Processes;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.SqlServer.Tests;

/// <summary>Everything that the stores send to SQL Server, read by Microsoft's own parsers and model of a database; no server is needed.</summary>
internal sealed class SqlServerStatementTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly ProcessId Echo = new("echo");

    private readonly HashSet<MethodInfo> _called = [];
    private readonly SqlServerStub _server = new();
    private IReadOnlyList<SqlServerStatement> _claim = [];

    [OneTimeSetUp]
    public async Task CallTheStoresAsync()
    {
        await using var services = ServicesOn(_server);
        await CallAsync(Noted<IProcessStore>(services));
        await CallAsync(Noted<IJobStore>(services));
        await CallAsync(Noted<IExecutionKeyStore>(services));
        await CallAsync(Noted<IApiKeyStore>(services));
        await CallAsync(Noted<ICallbackStore>(services), Noted<IJobStore>(services));
        await CallAsync(Noted<IRetentionStore>(services));
        await CallAsync(Noted<IUsageStore>(services));
        await CallAsync(Noted<IResultLinkKeyStore>(services));
        await CallAsync(Noted<IProtectionKeyStore>(services));
        await CallAsync(Noted<IAuditStore>(services));
        await CallOnDamagedRowsAsync(services);
        _claim = await ClaimAsync();
    }

    [Test]
    public void Methods_OfEveryStore_AreCalled()
    {
        var stores = typeof(OgcDbContext).Assembly.GetTypes().Where(UsesTheDatabase).SelectMany(type => type.GetInterfaces())
            .Where(seam => seam.Assembly == typeof(IJobStore).Assembly).ToList();

        Assert.That(stores, Is.SupersetOf((Type[])[typeof(IJobStore), typeof(IProcessStore), typeof(IRetentionStore)]));
        Assert.That(stores.SelectMany(seam => seam.GetMethods()).Except(_called).Select(method => $"{method.DeclaringType!.Name}.{method.Name}"), Is.Empty);

        static bool UsesTheDatabase(Type type) => type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .SelectMany(constructor => constructor.GetParameters()).Any(parameter => parameter.ParameterType == typeof(IDbContextFactory<OgcDbContext>));
    }

    [Test]
    public void Statements_OfTheStores_AreOfEveryKindAndOnEveryTable()
    {
        string[] kinds = [.. _server.Statements.SelectMany(statement => TSql.All<TSqlStatement>(statement.Parsed)).Select(part => part.GetType().Name).Distinct()];
        var tables = _server.Statements.SelectMany(statement => TSql.TablesIn(statement.Parsed)).Distinct();
        using var context = new SqlServerDbContext.DesignTime().CreateDbContext([]);

        Assert.That(kinds, Is.SupersetOf((string[])["SelectStatement", "InsertStatement", "UpdateStatement", "DeleteStatement"]));
        Assert.That(tables, Is.EquivalentTo(context.Model.GetEntityTypes().Select(entity => entity.GetTableName()).Distinct()));
    }

    [Test]
    public void Statements_OfTheStores_AreUnderstoodBySqlServer() =>
        Assert.That(_server.Statements.SelectMany(statement => TSql.Errors(statement.Text)), Is.Empty);

    [Test]
    public void Statements_OfTheStores_NameTablesAndColumnsThatAreThere()
    {
        using var model = SqlServerModel.OfTheTables();
        var number = 0;
        foreach (var statement in _server.Statements.DistinctBy(statement => statement.Text)) model.AddObjects(statement.AsProcedure($"statement_{++number}"));

        Assert.That(model.Validate().Select(found => $"{found}"), Is.Empty);
    }

    [Test]
    public void Statements_OfTheStores_HintAtNoLocks() =>
        Assert.That(_server.Statements.SelectMany(statement => TSql.All<TableHint>(statement.Parsed).Cast<TSqlFragment>().Concat(TSql.All<OptimizerHint>(statement.Parsed))), Is.Empty);

    [Test]
    public void Claim_OfAJob_ChecksAgainThatNobodyHasIt()
    {
        var update = _claim.SelectMany(statement => TSql.All<UpdateSpecification>(statement.Parsed)).Single(change => TSql.NameOf(change.Target) == "jobs");

        Assert.That(update.SetClauses.Cast<AssignmentSetClause>().Select(set => TSql.NameOf(set.Column)), Is.SupersetOf((string[])["status", "node", "lease_until", "version"]));
        Assert.That(TSql.All<ColumnReferenceExpression>(update.WhereClause).Select(TSql.NameOf), Is.EquivalentTo((string[])["id", "status", "version", "lease_until"]));
        Assert.That(TSql.All<OutputClause>(update), Has.Count.EqualTo(1), "which tells whether it met the row");
    }

    [TestCase("1", 3)]
    [TestCase("42", 1)]
    public async Task MaxBatchSize_AsSet_BoundsWhatIsSentAtOnce(string most, int commands)
    {
        var server = new SqlServerStub();
        await using var services = ServicesOn(server, ("Database:MaxBatchSize", most));
        var job = ARunningJobThatTells();

        await services.GetRequiredService<IJobStore>().AddAsync(job, None);

        Assert.That(server.Statements.SelectMany(statement => TSql.All<InsertSpecification>(statement.Parsed)), Is.Not.Empty);
        Assert.That(server.Statements, Has.Count.EqualTo(commands));
    }

    private static ServiceProvider ServicesOn(SqlServerStub server, params (string Key, string Value)[] settings)
    {
        var all = settings.ToDictionary(setting => setting.Key, string? (setting) => setting.Value);
        all["Database:Provider"] = nameof(DatabaseProvider.SqlServer);
        all["Database:ConnectionString"] = "Server=nowhere.example";
        var services = new ServiceCollection().AddLogging().AddPersistence();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(all).Build());
        services.AddSingleton<IInterceptor>(server);
        return services.BuildServiceProvider();
    }

    private static async Task CallAsync(IApiKeyStore keys)
    {
        var key = ApiKey.Make("k", new('0', 64), "tests", "anna", Role.Executor, ["ice"], [Echo], Noon, Noon.AddDays(1));
        await keys.AddAsync(key, None);
        await keys.FindAsync(key.Id, None);
        foreach (var cursor in (Cursor?[])[null, new("k", Backwards: false), new("k", Backwards: true)]) await keys.ListAsync(cursor, 10, None);
        await keys.NoteUseAsync(key.Id, Noon, None);
        await keys.RevokeAsync(key.Id, Noon, None);
    }

    private static async Task CallAsync(IProcessStore processes)
    {
        await processes.FindAsync(Echo, None);
        await processes.TryAddAsync(AProcess(), None);
        await processes.FindAsync(Echo, None);
        await processes.FindRevisionAsync(Guid.NewGuid(), None);
        ProcessFilter[] filters = [ProcessFilter.All, new(Among: [Echo]), new([Viewer.Everybody, Viewer.User("anna"), Viewer.Group("a")]), new([Viewer.User("anna")], [Echo]), new([])];
        foreach (var filter in filters)
        {
            await processes.FindRightsAsync(Echo, filter, None);
            await processes.ListRevisionsAsync(filter, None);
            foreach (var cursor in (Cursor?[])[null, new("echo", Backwards: false), new("echo", Backwards: true)]) await processes.ListAsync(filter, cursor, 10, None);
        }

        await processes.UpdateAsync(Echo, process => process.Replace(Description("echo", "2.0.0"), new() { Image = "echo:2" }, "{}", Noon), None);
        await processes.UpdateAsync(Echo, process => process.Share(new() { Users = ["bert"], Groups = ["a"] }), None);
        await processes.RemoveAsync(Echo, _ => { }, None);
    }

    private static async Task CallAsync(IJobStore jobs)
    {
        ProcessId[] few = [Echo, new("ndvi")];
        ProcessId[] many = [.. Enumerable.Range(0, 40).Select(number => new ProcessId($"p{number}"))];
        var someTime = new DurationRange(TimeSpan.Zero, TimeSpan.FromSeconds(5), Noon);
        var job = ARunningJob();
        await jobs.AddAsync(job, None);

        JobFilter[] filters =
        [
            new(), new([Echo]), new(null, [JobStatus.Running]), new([Echo], [JobStatus.Failed]), new(few, [JobStatus.Failed, JobStatus.Running]), new(many, [JobStatus.Failed, JobStatus.Running]),
            new(From: Noon, To: Noon), new(Duration: someTime), new([Echo], [JobStatus.Running], Duration: someTime), new(many, Duration: someTime), new([], []),
            new() { Owner = "anna" }, new() { Unpinned = true }, new([Echo], [JobStatus.Accepted]) { Owner = "anna" },
        ];
        foreach (var filter in filters)
        {
            foreach (var cursor in (Cursor?[])[null, new(JobPlace.KeyOf(job), Backwards: false), new(JobPlace.KeyOf(job), Backwards: true)]) await jobs.ListAsync(filter, cursor, 10, None);
            await jobs.CountAsync(filter, 10, None);
        }

        await jobs.FindAsync(job.Id, None);
        await jobs.FindExpiredAsync(job.Id, None);
        await jobs.FindOwnerAsync(job.Id, None);
        foreach (var owner in (string?[])[null, "anna"]) await jobs.FindProcessAsync(job.Id, owner, None);
        await jobs.FindSuccessfulAsync(new('0', 64), "anna", Noon, None);
        await jobs.ListWaitingAsync([], Noon, null, 10, None);
        await jobs.ListWaitingAsync(few, Noon, "anna", 10, None);
        await jobs.ListWaitingBehindAsync(new(job.Id, "anna", Noon, Echo, job.RevisionId), few, Noon, 10, None);
        await jobs.CountRunningAsync(None);
        await jobs.CountWaitingBeforeAsync(job, 10, None);
        await jobs.ListAbandonedAsync(Node, [], Noon, None);
        await jobs.ListWithoutOutputsAsync([job.Id, JobId.New()], [JobStatus.Dismissed, JobStatus.Failed], None);
        await jobs.ListHeldAsync(Node, [job.Id, JobId.New()], None);
        await jobs.ListVersionsAsync([job.Id, JobId.New()], None);
        await jobs.RenewLeasesAsync(Node, [job.Id, JobId.New()], Noon, None);

        // Each change writes other columns; the last finds the outputs that the one before has added.
        await jobs.UpdateAsync(job.Id, changed => changed.Report(FirstClaim, "Half", 50, Noon), None);
        await jobs.UpdateAsync(job.Id, changed => changed.NoteUsage(FirstClaim, new(TimeSpan.FromSeconds(1), 1, 1, 1)), None);
        await jobs.UpdateAsync(job.Id, changed => changed.Fail(FirstClaim, new(JobFailureKind.ExitCode, "x", 3, "y"), Noon), None);
        await jobs.UpdateAsync(job.Id, changed => changed.Succeed(FirstClaim, [new("a", 0, "text/plain", "1", null), new("a", 1, "image/tiff", null, new("k", "a.tif", 1, new('0', 64)))], Noon), None);
        await jobs.UpdateAsync(job.Id, changed => changed.Dismiss(Noon), None);
    }

    private static async Task CallAsync(IExecutionKeyStore keys)
    {
        var job = AJob();
        await keys.TryAddAsync(job, new("anna", "k", new('0', 64), job.Id, Noon), Noon, None);
        await keys.FindAsync("anna", "k", Noon, None);
        await keys.ForgetAsync(Noon, 10, None);
    }

    private static async Task CallAsync(ICallbackStore callbacks, IJobStore jobs)
    {
        var job = ARunningJobThatTells();
        await jobs.AddAsync(job, None);
        await jobs.UpdateAsync(job.Id, changed => changed.Dismiss(Noon), None);
        await callbacks.ListAsync(job.Id, None);
        await callbacks.TakeDueAsync(10, Noon, Noon.AddMinutes(1), None);
        await callbacks.UpdateAsync(job.Id, CallbackKind.InProgress, callback => callback.Acknowledge(new(callback.EventId, 1, Noon, 200, null)), None);
    }

    private static async Task CallAsync(IUsageStore usage)
    {
        await usage.GetCpuTimeAsync("anna", new(2026, 1, 31), None);
        await usage.SumStoredBytesAsync("anna", None);
    }

    private static async Task CallAsync(IRetentionStore retention)
    {
        await retention.SumStoredBytesAsync(None);
        await retention.ExpireAsync(Noon, Noon, _ => "old", 10, None);
        await retention.ExpireOldestAsync(1, Noon, "full", 10, None);
        await retention.ListWithFilesAsync(10, None);
        await retention.NoteFilesRemovedAsync([JobId.New(), JobId.New()], None);
        await retention.ForgetAsync(Noon, 10, None);
    }

    private static async Task CallAsync(IResultLinkKeyStore keys)
    {
        var first = new ResultLinkKey(1, "secret", Noon);
        await keys.TryReplaceAsync(first, null, None);
        await keys.FindAsync(None);
        await keys.TryReplaceAsync(new(2, "secret", Noon), first, None);
    }

    private static async Task CallAsync(IProtectionKeyStore keys)
    {
        await keys.TryAddAsync(new(1, "<key />"), None);
        await keys.ListAsync(None);
    }

    private static async Task CallAsync(IAuditStore audit)
    {
        AuditEvent[] events = [.. Enumerable.Range(0, 2).Select(number => new AuditEvent($"{number}", Noon, "anna", "open", "job.pin") { Subject = "s", Process = "echo" })];
        await audit.AddAsync(events, None);
        foreach (var filter in (AuditFilter[])[new(), new(Noon, Noon, "anna", "job.pin", "s")])
            foreach (var cursor in (Cursor?[])[null, new("0", Backwards: false), new("0", Backwards: true)]) await audit.ListAsync(filter, cursor, 10, None);
    }

    /// <summary>Where a row can't be read, others are looked for one by one.</summary>
    private async Task CallOnDamagedRowsAsync(ServiceProvider services)
    {
        await services.GetRequiredService<IProcessStore>().TryAddAsync(AProcess("damaged"), None);
        foreach (var row in _server.Rows.Values.Where(row => row.ContainsKey("status"))) row["status"] = "damaged";
        _server.Rows["process_revisions"]["description"] = "damaged";
        await services.GetRequiredService<IJobStore>().ListAsync(new(), null, 10, None);
        await services.GetRequiredService<IProcessStore>().ListAsync(ProcessFilter.All, null, 10, None);
        await services.GetRequiredService<ICallbackStore>().TakeDueAsync(10, Noon, Noon.AddMinutes(1), None);
    }

    private static async Task<IReadOnlyList<SqlServerStatement>> ClaimAsync()
    {
        var server = new SqlServerStub();
        await using var services = ServicesOn(server);
        var jobs = services.GetRequiredService<IJobStore>();
        var job = AJob();
        await jobs.AddAsync(job, None);
        await jobs.UpdateAsync(job.Id, waiting => waiting.Start(Node, Noon.AddMinutes(1), Noon), None);
        return server.Statements;
    }

    private T Noted<T>(ServiceProvider services)
        where T : class
    {
        var store = DispatchProxy.Create<T, NotingCalls>();
        ((NotingCalls)(object)store).Fill(services.GetRequiredService<T>(), _called);
        return store;
    }

    internal class NotingCalls : DispatchProxy
    {
        private object _store = null!;
        private HashSet<MethodInfo> _called = null!;

        public void Fill(object store, HashSet<MethodInfo> called) => (_store, _called) = (store, called);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            _called.Add(targetMethod!);
            return targetMethod!.Invoke(_store, args);
        }
    }
}
