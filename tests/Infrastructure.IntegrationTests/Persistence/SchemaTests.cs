using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
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
    public void Migrations_OfEachProvider_HaveNoDefaultsOfTheDatabase(DbContext context) =>
        Assert.That(context.Database.GenerateCreateScript(), Does.Not.Contain("DEFAULT"));

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
}
