using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>The database can't be used; the message says which and why.</summary>
public sealed class DatabaseUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Brings the database to this version's tables, or sees to it that it has them.</summary>
public sealed partial class DatabaseMigrator
{
    /// <summary>What migrates a database without starting the server.</summary>
    private const string Command = "dotnet OgcProcesses.WebApi.dll migrate";

    /// <summary>"OGCMIGR": the lock's number among those of other programs in the same database.</summary>
    internal const long TurnKey = 0x4F_47_43_4D_49_47_52;

    private readonly IDbContextFactory<OgcDbContext> _contexts;
    private readonly DatabaseOptions _database;
    private readonly IOptions<DataOptions> _data;
    private readonly ILogger<DatabaseMigrator> _logger;

    internal DatabaseMigrator(
        IDbContextFactory<OgcDbContext> contexts,
        IOptions<DatabaseOptions> database,
        IOptions<DataOptions> data,
        ILogger<DatabaseMigrator> logger) => (_contexts, _database, _data, _logger) = (contexts, database.Value, data, logger);

    /// <summary>Migrates the database, or only checks it where <see cref="DatabaseOptions.MigrateAtStart"/> forbids more.</summary>
    /// <remarks>To be awaited before anything else uses the database.</remarks>
    /// <exception cref="DatabaseUnavailableException">It can't be reached or changed, is not up to date, or a newer version of this server made it.</exception>
    public Task PrepareAsync(CancellationToken cancellationToken) =>
        _database.MigrateAtStart ? MigrateAsync(cancellationToken) : UseAsync(context => CheckAsync(context, cancellationToken));

    /// <summary>Makes the database and its tables, or changes them to this version's; does nothing when they are.</summary>
    /// <remarks>Several nodes may do so at once: one of them migrates, and the others wait and find nothing to do.</remarks>
    /// <returns>The migrations that were missing.</returns>
    /// <exception cref="DatabaseUnavailableException">It can't be reached or changed, or a newer version of this server made it.</exception>
    public Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken) => UseAsync(async context =>
    {
        using var alone = _database.Provider == DatabaseProvider.Sqlite ? await PrepareFileAsync(context, cancellationToken) : null;
        if (alone is null) await PrepareServerAsync(context, cancellationToken);
        return await BringUpToDateAsync(context, cancellationToken);
    });

    /// <summary>The SQL that does the same by somebody's hand; needs no database.</summary>
    /// <exception cref="DatabaseUnavailableException">There is none for Sqlite.</exception>
    public string Script()
    {
        using var context = _contexts.CreateDbContext();
        return _database.Provider == DatabaseProvider.Sqlite
            ? throw new DatabaseUnavailableException($"Sqlite has no script; '{Command}' migrates its file.")
            : MigrationScript.Of(context);
    }

    private async Task<T> UseAsync<T>(Func<OgcDbContext, Task<T>> use)
    {
        try
        {
            await using var context = _contexts.CreateDbContext();
            return await use(context);
        }
        // SQL Server's lock tells by a TimeoutException that it was not given; a malformed connection string is an argument or format.
        catch (Exception failure) when (failure is DbException or RetryLimitExceededException or TimeoutException or ArgumentException or FormatException)
        {
            var cause = failure is RetryLimitExceededException { InnerException: { } inner } ? inner : failure;
            // Npgsql's own message ends with the place in a statement that nobody here has written.
            var reason = cause is PostgresException refused ? refused.MessageText : cause.Message;
            var toCheck = _database.Provider == DatabaseProvider.Sqlite
                ? "Data:Directory and Database:ConnectionString"
                : "Database:ConnectionString, and the rights of its login";
            throw new DatabaseUnavailableException($"The {_database.Provider} database can't be used: {reason.TrimEnd('.')}. Check {toCheck}.", failure);
        }
    }

    private async Task<IReadOnlyList<string>> CheckAsync(OgcDbContext context, CancellationToken cancellationToken)
    {
        var missing = await MissingAsync(context, cancellationToken);
        return missing.Count == 0
            ? missing
            : throw new DatabaseUnavailableException(
                $"The {_database.Provider} database lacks {string.Join(", ", missing)}, and Database:MigrateAtStart is false: run '{Command}' first.");
    }

    private async Task<IReadOnlyList<string>> BringUpToDateAsync(OgcDbContext context, CancellationToken cancellationToken)
    {
        var missing = await MissingAsync(context, cancellationToken);
        if (missing.Count == 0) return missing;
        LogMigrating(_database.Provider, string.Join(", ", missing));
        await using var turn = _database.Provider == DatabaseProvider.PostgreSql ? await TakeTurnAsync(context, cancellationToken) : null;
        await context.Database.MigrateAsync(cancellationToken);
        // A newer node may have migrated while this one waited for its turn.
        await MissingAsync(context, cancellationToken);
        return missing;
    }

    /// <summary>The migrations that the database lacks; one that has more than this version knows is refused.</summary>
    private async Task<IReadOnlyList<string>> MissingAsync(OgcDbContext context, CancellationToken cancellationToken)
    {
        var known = context.Database.GetMigrations().ToList();
        var applied = (await context.Database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        if (applied.Except(known).FirstOrDefault() is { } unknown)
        {
            throw new DatabaseUnavailableException(
                $"A newer version of this server made the {_database.Provider} database: this version does not know the migration '{unknown}'.");
        }

        var missing = known.Except(applied).ToList();
        if (missing.Count == 0) LogCurrent(_database.Provider, applied[^1]);
        return missing;
    }

    /// <summary>Makes the database where the login may, and takes the time that large tables need.</summary>
    private static async Task PrepareServerAsync(OgcDbContext context, CancellationToken cancellationToken)
    {
        // Statements of migrations rewrite tables, and the wait for another node's turn is a statement, too.
        context.Database.SetCommandTimeout(TimeSpan.Zero);
        var creator = context.GetService<IRelationalDatabaseCreator>();
        if (await creator.ExistsAsync(cancellationToken)) return;
        try
        {
            await creator.CreateAsync(cancellationToken);
        }
        catch (DbException)
        {
            // Another node may have been faster.
            if (!await creator.ExistsAsync(cancellationToken)) throw;
        }
    }

    /// <summary>Waits until no other node migrates, and keeps them waiting until it is disposed.</summary>
    /// <remarks>EF Core locks PostgreSQL for one migration at a time, and does not look again what others did between two of them.</remarks>
    private static async Task<IAsyncDisposable> TakeTurnAsync(OgcDbContext context, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(context.Database.GetConnectionString());
        try
        {
            await connection.OpenAsync(cancellationToken);
            // The lock goes with the transaction, and that with the connection, however this process ends; also behind a pooler.
            await connection.BeginTransactionAsync(cancellationToken);
            await using var wait = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({TurnKey})", connection) { CommandTimeout = 0 };
            await wait.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the file, and removes the lock that a killed migration left in it; EF Core would wait for it for ever.</summary>
    /// <returns>What keeps a second server from doing the same until the migration is over.</returns>
    /// <remarks>https://learn.microsoft.com/ef/core/providers/sqlite/limitations#concurrent-migrations-protection</remarks>
    private async Task<IDisposable> PrepareFileAsync(OgcDbContext context, CancellationToken cancellationToken)
    {
        PrivateFolder.Create(_data.Value.Root);
        FileStream alone;
        try
        {
            alone = new(
                _data.Value.Of("migration.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException inUse)
        {
            throw new DatabaseUnavailableException(
                $"Another server is migrating the database in '{_data.Value.Root}', or the folder can't be written to: {inUse.Message}", inUse);
        }

        try
        {
            await CreateFileAsync(context.Database.GetConnectionString()!, cancellationToken);
            await context.Database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock" """, cancellationToken);
            // Kept by the file from now on: readers and the writer don't wait for each other.
            await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);
            return alone;
        }
        catch
        {
            await alone.DisposeAsync();
            throw;
        }
    }

    private static async Task CreateFileAsync(string connectionString, CancellationToken cancellationToken)
    {
        var creating = new SqliteConnectionStringBuilder(connectionString) { Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false };
        await using var connection = new SqliteConnection(creating.ConnectionString);
        await connection.OpenAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "The {Provider} database is up to date at {Migration}")]
    private partial void LogCurrent(DatabaseProvider provider, string migration);

    [LoggerMessage(LogLevel.Information, "Migrating the {Provider} database: {Migrations}")]
    private partial void LogMigrating(DatabaseProvider provider, string migrations);
}
