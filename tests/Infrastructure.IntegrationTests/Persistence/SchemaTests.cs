using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using OgcProcesses.Infrastructure.Persistence;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>What the tables are, as far as that can be known without a server.</summary>
internal sealed class SchemaTests
{
    private static OgcDbContext[] Contexts =>
    [
        new SqliteDbContext.DesignTime().CreateDbContext([]),
        new SqlServerDbContext.DesignTime().CreateDbContext([]),
        new PostgreSqlDbContext.DesignTime().CreateDbContext([]),
    ];

    [TestCaseSource(nameof(Contexts))]
    public void Migrations_OfEachProvider_MakeWhatTheModelSays(DbContext context) =>
        Assert.That(context.Database.HasPendingModelChanges(), Is.False, "Run: dotnet ef migrations add NAME -c CONTEXT -o Persistence/Migrations/PROVIDER");

    [TestCaseSource(nameof(Contexts))]
    public void Model_OfEachProvider_LeavesNothingToTheDatabase(DbContext context)
    {
        var columns = context.GetService<IDesignTimeModel>().Model.GetEntityTypes().SelectMany(entity => entity.GetFlattenedProperties()).ToList();

        Assert.That(columns, Is.Not.Empty);
        Assert.That(columns.Where(column => column.ValueGenerated != ValueGenerated.Never), Is.Empty, "keys and versions come from us");
        Assert.That(columns.Where(column => column.GetDefaultValueSql() is not null || column.TryGetDefaultValue(out _)), Is.Empty);
        Assert.That(columns.Where(column => column.GetComputedColumnSql() is not null), Is.Empty);
        Assert.That(columns.Where(column => (Nullable.GetUnderlyingType(column.ClrType) ?? column.ClrType) == typeof(DateTimeOffset)).Select(column => column.GetPrecision()), Is.All.EqualTo(6));
        Assert.That(columns.Where(column => column.IsConcurrencyToken).Select(column => $"{column.DeclaringType.ShortName()}.{column.Name} {column.ClrType.Name}"),
            Is.EquivalentTo((string[])["Job.Version Int32", "Job.Status JobStatus", "Job.LeaseUntil Nullable`1", "Process.Version Int32", "Callback.Version Int32"]));
        Assert.That(context.Database.GenerateCreateScript(), Does.Not.Contain("DEFAULT").And.Not.Contain("IDENTITY").And.Not.Contain("AUTOINCREMENT"));
    }

    /// <remarks>Nodes of the version before go on upon the new tables: docs/decisions/0030.</remarks>
    [TestCaseSource(nameof(Contexts))]
    public void Migrations_OfEachProvider_OnlyAdd(DbContext context)
    {
        var migrations = context.GetService<IMigrationsAssembly>();
        var operations = migrations.Migrations.Values
            .SelectMany(type => migrations.CreateMigration(type, context.Database.ProviderName!).UpOperations).ToList();

        Assert.That(operations.OfType<CreateTableOperation>(), Is.Not.Empty);
        Assert.That(operations.Where(operation =>
            operation is RenameIndexOperation or RenameColumnOperation or RenameTableOperation or DropTableOperation or DropColumnOperation), Is.Empty);
        Assert.That(operations.OfType<AddColumnOperation>().Where(column => column is { IsNullable: false, DefaultValue: null, DefaultValueSql: null }).Select(column => column.Name),
            Is.Empty, "rows that an older node writes");
    }

    /// <remarks>With OGC_UPDATE_DOCS set, writes build/sql anew.</remarks>
    [TestCase("SqlServer")]
    [TestCase("PostgreSql")]
    public async Task Script_ForAdministrators_IsWhatTheMigrationsSay(string provider)
    {
        await using var context = Contexts.Single(context => context.GetType().Name == $"{provider}DbContext");
        var file = Path.Combine(Repository(), "build", "sql", $"{provider.ToLowerInvariant()}.sql");
        var current = MigrationScript.Of(context);

        if (Environment.GetEnvironmentVariable("OGC_UPDATE_DOCS") is not null) await File.WriteAllTextAsync(file, current);
        else Assert.That(await File.ReadAllTextAsync(file), Is.EqualTo(current), "Migrations have changed. OGC_UPDATE_DOCS=1 dotnet test --filter Persistence.SchemaTests writes the scripts anew.");
    }

    [TestCase("[request] nvarchar(max)")]
    [TestCase("[description] nvarchar(max)")]
    [TestCase("[created] datetime2(6) NOT NULL")]
    [TestCase("[process_id] varchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL")]
    [TestCase("CONSTRAINT [PK_jobs] PRIMARY KEY NONCLUSTERED ([id])")]
    [TestCase("CREATE CLUSTERED INDEX [ix_jobs_created] ON [jobs] ([created], [id])")]
    [TestCase("INDEX [ix_jobs_status] ON [jobs] ([status], [created], [id], [process_id], [duration])")]
    [TestCase("INDEX [ix_jobs_process] ON [jobs] ([process_id], [created], [id])")]
    [TestCase("INDEX [ix_jobs_process_status] ON [jobs] ([process_id], [status], [created], [id], [duration])")]
    public void SqlServerScript_OfTheModelAndOfTheMigrations_Holds(string fact)
    {
        using var context = new SqlServerDbContext.DesignTime().CreateDbContext([]);

        Assert.That(context.Database.GenerateCreateScript(), Does.Contain(fact));
        Assert.That(context.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent), Does.Contain(fact));
    }

    [Test]
    public void SqlServerQuery_OfSeveralStatuses_ComparesWithinTheDatabase()
    {
        using var context = new SqlServerDbContext.DesignTime().CreateDbContext([]);

        var query = context.Page(new(null, [Domain.Jobs.JobStatus.Failed, Domain.Jobs.JobStatus.Running]), new(JobPlace.KeyOf(Build.AJob()), Backwards: false), 10).ToQueryString();

        Assert.That(query, Does.Contain("UNION ALL").And.Contain("[id] < @"));
    }

    [Test]
    public void SqlServerQuery_OfDurationsAndOfDueCallbacks_ComparesWithinTheDatabase()
    {
        using var context = new SqlServerDbContext.DesignTime().CreateDbContext([]);

        var lasting = context.Page(new(Duration: new(TimeSpan.Zero, TimeSpan.FromDays(2), Build.Noon)), null, 10).ToQueryString();
        var due = EfCallbackStore.DueIn(context.Callbacks, Build.Noon).ToQueryString();

        Assert.That(lasting, Does.Contain("[duration] <= @").And.Contain("172800000000").And.Contain("[started] >= @"));
        Assert.That(due, Does.Contain("[due] <= @").And.Contain("NOT EXISTS"));
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "OgcProcesses.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
