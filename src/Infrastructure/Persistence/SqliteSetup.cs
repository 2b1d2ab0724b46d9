using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Sets what SQLite forgets with each connection.</summary>
/// <remarks>
/// synchronous=FULL: an accepted job outlives a power failure; the write-ahead log of NORMAL would only outlive a crash.
/// busy_timeout: SQLite itself waits for another program's write; without it the client library sleeps 150 ms at a time.
/// </remarks>
internal sealed class SqliteSetup(TimeSpan busyTimeout) : DbConnectionInterceptor
{
    // Pooled connections keep their settings, and the pool gives the same handles again.
    private readonly ConditionalWeakTable<sqlite3, object> _done = [];

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => SetUp((SqliteConnection)connection);

    public override Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        SetUp((SqliteConnection)connection);
        return Task.CompletedTask;
    }

    private void SetUp(SqliteConnection connection)
    {
        if (connection.Handle is not { } handle || _done.TryGetValue(handle, out _)) return;
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {(long)busyTimeout.TotalMilliseconds}; PRAGMA synchronous = FULL;");
        command.ExecuteNonQuery();
        _done.AddOrUpdate(handle, connection.GetType());
    }
}
