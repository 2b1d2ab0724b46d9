using Microsoft.EntityFrameworkCore;
using Npgsql;
using OgcProcesses.Infrastructure.Persistence;
using static OgcProcesses.Infrastructure.IntegrationTests.Persistence.Build;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>Migrations of a database that several nodes share.</summary>
internal sealed class PostgreSqlMigratorTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private TestServer _server = null!;
    private string _connection = "";

    [SetUp]
    public async Task StartAsync()
    {
        _connection = await SharedPostgreSql.CreateEmptyDatabaseAsync();
        _server = TestServer.Unstarted(("Database:Provider", nameof(DatabaseProvider.PostgreSql)), ("Database:ConnectionString", _connection));
    }

    // Null where there is no PostgreSQL, and the test is ignored.
    [TearDown]
    public async Task StopAsync() => await (_server?.DisposeAsync() ?? default);

    [TestCase(true)]
    [TestCase(false)]
    public async Task MigrateAsync_OfManyNodesAtOnce_IsDoneByOneAndAwaitedByAll(bool isThereADatabase)
    {
        if (!isThereADatabase) await SharedPostgreSql.DropDatabaseAsync(_connection);
        var nodes = Enumerable.Range(0, 8).Select(_ => _server.Another()).ToList();

        await Task.WhenAll(nodes.Select(node => Task.Run(() => node.Migrator.MigrateAsync(None))));

        await using var context = _server.Context();
        Assert.That(await context.Database.GetAppliedMigrationsAsync(), Is.EqualTo(context.Database.GetMigrations()));
        await _server.Jobs.AddAsync(AJob(), None);
        foreach (var node in nodes) await node.DisposeAsync();
    }

    [Test]
    public async Task MigrateAsync_WhileANewerNodeMigrates_WaitsAndIsRefused()
    {
        await using var newer = new NpgsqlConnection(_connection);
        await newer.OpenAsync();
        await using var context = _server.Context();
        await ExecuteAsync(newer, """CREATE TABLE "__EFMigrationsHistory" ("MigrationId" varchar(150) PRIMARY KEY, "ProductVersion" varchar(32) NOT NULL)""");
        await using var transaction = await newer.BeginTransactionAsync();
        foreach (var migration in context.Database.GetMigrations().Append("29990101000000_Later"))
            await ExecuteAsync(newer, $"""INSERT INTO "__EFMigrationsHistory" VALUES ('{migration}', '99')""");

        var older = _server.Migrator.MigrateAsync(None);
        await UntilAwaitedAsync(newer, "relation");
        await transaction.CommitAsync();

        var refusal = Assert.ThrowsAsync<DatabaseUnavailableException>(() => older);
        Assert.That(refusal!.Message, Does.Contain("29990101000000_Later").And.Contain("newer"));
    }

    [Test]
    public async Task MigrateAsync_WhileAnotherNodeHasItsTurn_Waits()
    {
        await using var another = new NpgsqlConnection(_connection);
        await another.OpenAsync();
        await using var turn = await another.BeginTransactionAsync();
        await ExecuteAsync(another, $"SELECT pg_advisory_xact_lock({DatabaseMigrator.TurnKey})");

        var waiting = _server.Migrator.MigrateAsync(None);
        await UntilAwaitedAsync(another, "advisory");
        await turn.CommitAsync();

        await waiting;
        await _server.Jobs.AddAsync(AJob(), None);
    }

    [Test]
    public async Task Script_RunTwice_MakesWhatTheMigratorMakes()
    {
        await using var connection = new NpgsqlConnection(_connection);
        await connection.OpenAsync();
        for (var i = 0; i < 2; i++) await ExecuteAsync(connection, _server.Migrator.Script());

        Assert.That(await _server.Migrator.MigrateAsync(None), Is.Empty);
        var job = AJob();
        await _server.Jobs.AddAsync(job, None);
        Assert.That(await _server.Jobs.FindAsync(job.Id, None), Is.Not.Null);
    }

    [Test]
    public async Task PrepareAsync_ByALoginThatMayOnlyWork_Succeeds()
    {
        await using var owner = new NpgsqlConnection(_connection);
        await owner.OpenAsync();
        var login = $"ogc_{Guid.NewGuid():N}";
        await ExecuteAsync(owner, $"{_server.Migrator.Script()}; CREATE ROLE {login} LOGIN; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {login}");
        var connection = new NpgsqlConnectionStringBuilder(_connection) { Username = login }.ConnectionString;
        await using var worker = TestServer.Unstarted(("Database:Provider", nameof(DatabaseProvider.PostgreSql)), ("Database:ConnectionString", connection));

        await worker.Migrator.PrepareAsync(None);

        await worker.Jobs.AddAsync(AJob(), None);
        Assert.That((await worker.Jobs.ListAsync(new(), null, 1, None)).Items, Has.Count.EqualTo(1));
        await ExecuteAsync(owner, "DROP TABLE expired_jobs; DELETE FROM \"__EFMigrationsHistory\"");
        Assert.That(() => worker.Migrator.PrepareAsync(None), Throws.TypeOf<DatabaseUnavailableException>().With.Message.EqualTo(
            "The PostgreSql database can't be used: permission denied for schema public. Check Database:ConnectionString, and the rights of its login."));
    }

    private static async Task UntilAwaitedAsync(NpgsqlConnection connection, string kindOfLock)
    {
        for (var deadline = DateTime.UtcNow + Patience; DateTime.UtcNow < deadline; await Task.Delay(20))
        {
            await using var waits = new NpgsqlCommand($"SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = '{kindOfLock}')", connection);
            if ((bool)(await waits.ExecuteScalarAsync())!) return;
        }

        Assert.Fail($"Nobody waits for a lock of the kind '{kindOfLock}'.");
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync();
    }
}
