using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
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

    [TestCase("Database:Provider", "SqlServer", "Database:ConnectionString")]
    [TestCase("Database:Provider", "17", "Database:Provider")]
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
