using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>The database can't be used; the message says which and why.</summary>
public sealed class DatabaseUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Brings the database to this version's tables.</summary>
public sealed partial class DatabaseMigrator
{
    private readonly IDbContextFactory<OgcDbContext> _contexts;
    private readonly DatabaseOptions _database;
    private readonly DataOptions _data;
    private readonly ILogger<DatabaseMigrator> _logger;

    internal DatabaseMigrator(
        IDbContextFactory<OgcDbContext> contexts,
        IOptions<DatabaseOptions> database,
        IOptions<DataOptions> data,
        ILogger<DatabaseMigrator> logger) => (_contexts, _database, _data, _logger) = (contexts, database.Value, data.Value, logger);

    /// <summary>Makes the database and its tables, or changes them to this version's; does nothing when they are.</summary>
    /// <remarks>To be awaited before anything else uses the database.</remarks>
    /// <exception cref="DatabaseUnavailableException">It can't be reached or changed, or a newer version of this server made it.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var context = _contexts.CreateDbContext();
            using var alone = _database.Provider == DatabaseProvider.Sqlite ? await PrepareFileAsync(context, cancellationToken) : null;
            await BringUpToDateAsync(context, cancellationToken);
        }
        catch (Exception failure) when (failure is DbException or RetryLimitExceededException)
        {
            var cause = failure is RetryLimitExceededException { InnerException: { } inner } ? inner : failure;
            var settings = _database.Provider == DatabaseProvider.Sqlite ? "Data:Directory and Database:ConnectionString" : "Database:ConnectionString";
            throw new DatabaseUnavailableException(
                $"The {_database.Provider} database can't be used: {cause.Message} Check {settings}.", failure);
        }
    }

    private async Task BringUpToDateAsync(OgcDbContext context, CancellationToken cancellationToken)
    {
        var known = context.Database.GetMigrations().ToList();
        var applied = (await context.Database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        if (applied.Except(known).FirstOrDefault() is { } unknown)
        {
            throw new DatabaseUnavailableException(
                $"A newer version of this server made the {_database.Provider} database: this version does not know the migration '{unknown}'.");
        }

        var pending = known.Except(applied).ToList();
        if (pending.Count == 0)
        {
            LogCurrent(_database.Provider, applied[^1]);
            return;
        }

        LogMigrating(_database.Provider, string.Join(", ", pending));
        await context.Database.MigrateAsync(cancellationToken);
        LogMigrated(_database.Provider);
    }

    /// <summary>Makes the file, and removes the lock that a killed migration left in it; EF Core would wait for it for ever.</summary>
    /// <returns>What keeps a second server from doing the same until the migration is over.</returns>
    /// <remarks>https://learn.microsoft.com/ef/core/providers/sqlite/limitations#concurrent-migrations-protection</remarks>
    private async Task<IDisposable> PrepareFileAsync(OgcDbContext context, CancellationToken cancellationToken)
    {
        PrivateFolder.Create(_data.Root);
        FileStream alone;
        try
        {
            alone = new(
                _data.Of("migration.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException inUse)
        {
            throw new DatabaseUnavailableException(
                $"Another server is migrating the database in '{_data.Root}', or the folder can't be written to: {inUse.Message}", inUse);
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

    [LoggerMessage(LogLevel.Information, "The {Provider} database is migrated")]
    private partial void LogMigrated(DatabaseProvider provider);
}
