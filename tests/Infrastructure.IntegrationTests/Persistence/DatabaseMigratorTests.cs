using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OgcProcesses.Domain.Access;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

internal sealed class DatabaseMigratorTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Test]
    public async Task MigrateAsync_ADatabaseInUse_KeepsItsJobs()
    {
        await using var server = await TestServer.StartAsync();
        var job = AJob();
        await server.Jobs.AddAsync(job, None);

        await using var another = server.Another();
        await another.Migrator.MigrateAsync(None);

        Assert.That(await another.Jobs.FindAsync(job.Id, None), Is.Not.Null);
    }

    [Test]
    public async Task MigrateAsync_Twice_TellsWhatWasMissingOnce()
    {
        await using var server = TestServer.Unstarted();
        await using var context = server.Context();

        Assert.That(await server.Migrator.MigrateAsync(None), Is.EqualTo(context.Database.GetMigrations()));
        Assert.That(await server.Migrator.MigrateAsync(None), Is.Empty);
    }

    [Test]
    public async Task PrepareAsync_WhereItMayNotMigrate_ChangesNothingAndNamesWhatIsMissing()
    {
        await using var server = TestServer.Unstarted(("Database:MigrateAtStart", "false"));
        await server.CreateFileAsync();
        await using var context = server.Context();
        await context.GetService<IMigrator>().MigrateAsync("ResultReuse");

        var refusal = Assert.ThrowsAsync<DatabaseUnavailableException>(() => server.Migrator.PrepareAsync(None));

        Assert.That(refusal!.Message, Does.Contain("_Retention").And.Not.Contain("_ResultReuse").And.Contain("Database:MigrateAtStart").And.Contain("OgcProcesses.WebApi.dll migrate"));
        Assert.That((await context.Database.GetAppliedMigrationsAsync()).Last(), Does.EndWith("_ResultReuse"));
    }

    [Test]
    public async Task PrepareAsync_WhereItMayNotMigrateAndThereIsNoDatabase_MakesNone()
    {
        await using var server = TestServer.Unstarted(("Database:MigrateAtStart", "false"));

        var refusal = Assert.ThrowsAsync<DatabaseUnavailableException>(() => server.Migrator.PrepareAsync(None));

        Assert.That(refusal!.Message, Does.Contain("_Initial").And.Contain("OgcProcesses.WebApi.dll migrate"));
        Assert.That(Directory.EnumerateFiles(server.Folder), Is.Empty);
    }

    [Test]
    public async Task PrepareAsync_WhereItMayNotMigrateAndNeedNot_Succeeds()
    {
        await using var server = TestServer.Unstarted(("Database:MigrateAtStart", "false"));
        await server.Migrator.MigrateAsync(None);

        await server.Migrator.PrepareAsync(None);

        await server.Jobs.AddAsync(AJob(), None);
    }

    [Test]
    public async Task Script_OfSqlite_IsRefusedWithWhatToDoInstead()
    {
        await using var server = TestServer.Unstarted();

        Assert.That(server.Migrator.Script, Throws.TypeOf<DatabaseUnavailableException>().With.Message.Contain("migrate"));
    }

    [TestCase("2026-01-31 12:00:00", "2026-01-31 12:00:00.000001", 1)]
    [TestCase("2026-01-31 23:59:59.5", "2026-02-01 00:00:01.25", 1_750_000)]
    [TestCase("2026-01-31 12:00:00.123456", "2026-01-31 13:00:00", 3_599_876_544L)]
    [TestCase(null, "2026-01-31 13:00:00", null)]
    public async Task MigrateAsync_JobsOfAnEarlierVersion_GetTheirDurations(string? started, string finished, long? microseconds)
    {
        await using var server = TestServer.Unstarted();
        await server.CreateFileAsync();
        var id = Guid.NewGuid().ToString().ToUpperInvariant();
        await using (var context = server.Context())
        {
            await context.GetService<IMigrator>().MigrateAsync("Initial");
            await context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO jobs (id, process_id, revision_id, owner, status, progress, created, updated, started, finished, attempt, version)
                VALUES ({id}, 'echo', {id}, 'anna', 'failed', 0, {finished}, {finished}, {started}, {finished}, 1, 3)
                """);
        }

        await server.Migrator.MigrateAsync(None);

        var job = (await server.Jobs.ListAsync(new(), null, 1, None)).Items.Single();
        Assert.That(job.Duration?.Ticks, Is.EqualTo(microseconds * TimeSpan.TicksPerMicrosecond));
        Assert.That(job.Duration, Is.EqualTo(job.Finished - job.Started));
    }

    [Test]
    public async Task MigrateAsync_JobsOfAnEarlierVersion_GetTheSizeOfTheirFiles()
    {
        await using var server = TestServer.Unstarted();
        await server.CreateFileAsync();
        var id = Guid.NewGuid().ToString().ToUpperInvariant();
        await using (var context = server.Context())
        {
            await context.GetService<IMigrator>().MigrateAsync("Initial");
            await context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO jobs (id, process_id, revision_id, owner, status, progress, created, updated, attempt, version)
                VALUES ({id}, 'echo', {id}, 'anna', 'successful', 100, '2026-01-31 12:00:00', '2026-01-31 12:00:00', 1, 3);
                INSERT INTO job_outputs (job_id, ordinal, output_id, "index", media_type, file_key, file_name, file_length, file_sha256)
                VALUES ({id}, 0, 'a', 0, 'image/tiff', 'k', 'a.tif', 700, ''), ({id}, 1, 'a', 1, 'image/tiff', 'l', 'b.tif', 77, '');
                """);
        }

        await server.Migrator.MigrateAsync(None);

        Assert.That((await server.Jobs.ListAsync(new(), null, 1, None)).Items.Single().StoredBytes, Is.EqualTo(777));
    }

    [Test]
    public async Task MigrateAsync_ProcessesOfAnEarlierVersion_AreForTheirOwners_AndBuiltInOnesForAll()
    {
        await using var server = TestServer.Unstarted();
        await server.CreateFileAsync();
        await using (var context = server.Context())
        {
            await context.GetService<IMigrator>().MigrateAsync("Initial");
            foreach (var (process, mutable) in ((string, bool)[])[("own", true), ("built-in", false)])
            {
                var id = Guid.NewGuid().ToString().ToUpperInvariant();
                await context.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO process_revisions (id, process_id, number, description, unit, package, created) VALUES ({id}, {process}, 1, '[]', '[]', '[]', '2026-01-31 12:00:00');
                    INSERT INTO processes (id, revision_id, owner, mutable, image, created, updated, version)
                    VALUES ({process}, {id}, 'anna', {mutable}, 'present', '2026-01-31 12:00:00', '2026-01-31 12:00:00', 1)
                    """);
            }
        }

        await server.Migrator.MigrateAsync(None);

        foreach (var (process, viewer, sees) in ((string, Viewer, bool)[])[("own", Viewer.User("anna"), true), ("own", Viewer.Everybody, false), ("built-in", Viewer.Everybody, true)])
            Assert.That(await server.Processes.FindRightsAsync(new(process), new([viewer]), None) is not null, Is.EqualTo(sees), $"{process} by {viewer}");
    }

    [Test]
    public async Task MigrateAsync_ANewDatabase_IsSafeAgainstPowerFailure()
    {
        await using var server = await TestServer.StartAsync();
        await using var context = server.Context();

        Assert.Multiple(async () =>
        {
            Assert.That(await PragmaAsync<string>(context, "journal_mode"), Is.EqualTo("wal"));
            Assert.That(await PragmaAsync<long>(context, "synchronous"), Is.EqualTo(2));
            Assert.That(await PragmaAsync<long>(context, "foreign_keys"), Is.EqualTo(1));
            Assert.That(await PragmaAsync<long>(context, "busy_timeout"), Is.EqualTo(30_000));
        });
    }

    [Test]
    public async Task MigrateAsync_AfterAMigrationThatWasKilled_DoesNotWaitForItsLock()
    {
        await using var server = TestServer.Unstarted();
        await server.CreateFileAsync();
        await using (var context = server.Context())
        {
            await context.Database.ExecuteSqlRawAsync(
                """CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER PRIMARY KEY, "Timestamp" TEXT NOT NULL); INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01')""");
        }

        await server.Migrator.MigrateAsync(None).WaitAsync(TimeSpan.FromSeconds(30));

        await server.Jobs.AddAsync(AJob(), None);
    }

    [Test]
    public async Task MigrateAsync_ADatabaseOfANewerServer_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        await using (var context = server.Context())
            await context.Database.ExecuteSqlRawAsync("""INSERT INTO "__EFMigrationsHistory" VALUES ('29990101000000_Later', '99')""");

        var refusal = Assert.ThrowsAsync<DatabaseUnavailableException>(() => server.Migrator.MigrateAsync(None));

        Assert.That(refusal!.Message, Does.Contain("29990101000000_Later").And.Contain("newer"));
    }

    [Test]
    public async Task MigrateAsync_AFileThatIsNoDatabase_SaysWhichSettingLeadsThere()
    {
        await using var server = TestServer.Unstarted();
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "ogcprocesses.db"), new string('x', 4_096));

        var refusal = Assert.ThrowsAsync<DatabaseUnavailableException>(() => server.Migrator.MigrateAsync(None));

        Assert.That(refusal!.Message, Does.Contain("Sqlite").And.Contain("Data:Directory").And.Contain("not a database"));
    }

    [TestCase("SqlServer", "Sever=a")]
    [TestCase("PostgreSql", "Host=a;Port=x")]
    [TestCase("Sqlite", "data.db")]
    public async Task MigrateAsync_AConnectionStringThatIsNone_NamesTheSetting(string provider, string connection)
    {
        await using var services = new ServiceCollection().AddLogging().AddPersistence().AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Database:Provider"] = provider, ["Database:ConnectionString"] = connection, ["Data:Directory"] = Path.GetTempPath() }).Build())
            .BuildServiceProvider();

        Assert.That(() => services.GetRequiredService<DatabaseMigrator>().MigrateAsync(None),
            Throws.TypeOf<DatabaseUnavailableException>().With.Message.Contain("Database:ConnectionString"));
    }

    [TestCase("Database:Provider", "SqlServer", "Database:ConnectionString")]
    [TestCase("Database:Provider", "17", "Database:Provider")]
    [TestCase("Database:ListenConnectionString", "Host=db", "is for PostgreSql only")]
    [TestCase("Database:ListenConnectionString", "Hots=db", "Database:ListenConnectionString: Couldn't set hots")]
    [TestCase("Database:CommandTimeout", "00:00:00", "CommandTimeout")]
    [TestCase("Data:Directory", "", "Data:Directory")]
    [TestCase("Data:Directory", "/dev/null/x", "Data:Directory '/dev/null/x'")]
    [TestCase("Logs:MaxBytes", "0", "MaxBytes")]
    public void Settings_ThatCanNotWork_AreNamedAtTheStart(string key, string value, string named)
    {
        using var services = TestServices.Of((key, value));

        var refusal = Assert.Throws<OptionsValidationException>(services.ValidateOptions);

        Assert.That(refusal!.Message, Does.Contain(named));
    }

    private static async Task<T> PragmaAsync<T>(DbContext context, string pragma)
    {
        await context.Database.OpenConnectionAsync();
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"PRAGMA {pragma}";
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
