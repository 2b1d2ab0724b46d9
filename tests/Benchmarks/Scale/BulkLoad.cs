using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using OgcProcesses.Infrastructure.Persistence;

namespace OgcProcesses.Benchmarks.Scale;

/// <summary>Fills an empty database as fast as it takes rows: its indexes are made again afterwards.</summary>
internal static class BulkLoad
{
    /// <summary>Writes processes and jobs into the tables of a context's model.</summary>
    public static async Task LoadAsync(OgcDbContext context, ManyJobs jobs)
    {
        context.AddRange(jobs.Processes);
        context.AddRange(jobs.Processes.SelectMany(ProcessViewerRow.Of));
        await context.SaveChangesAsync();
        await context.Database.OpenConnectionAsync();
        var connection = context.Database.GetDbConnection();
        var tables = context.Model.GetEntityTypes().ToDictionary(type => type.ClrType, type => new Table(type));
        if (connection is SqliteConnection sqlite)
        {
            var indexes = await ReadAsync(sqlite, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL");
            await ExecuteAsync(sqlite, "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000");
            await DropAsync(sqlite, indexes);
            await using (var transaction = await sqlite.BeginTransactionAsync())
            {
                Write(sqlite, tables, jobs);
                await transaction.CommitAsync();
            }

            foreach (var (_, sql) in indexes) await ExecuteAsync(sqlite, sql);
            await ExecuteAsync(sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
            // A connection that knows no foreign keys must not go back to the pool.
            SqliteConnection.ClearPool(sqlite);
        }
        else if (connection is NpgsqlConnection postgreSql)
        {
            var indexes = await ReadAsync(postgreSql, "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef NOT LIKE '%UNIQUE%'");
            await DropAsync(postgreSql, indexes);
            await CopyAsync(postgreSql.ConnectionString, tables, jobs);
            foreach (var (_, sql) in indexes) await ExecuteAsync(postgreSql, sql);
        }
    }

    private static void Write(SqliteConnection connection, Dictionary<Type, Table> tables, ManyJobs jobs)
    {
        var inserts = new Dictionary<Type, SqliteCommand>();
        foreach (var row in jobs.Rows())
        {
            var table = tables[row.GetType()];
            if (!inserts.TryGetValue(row.GetType(), out var insert))
            {
                insert = inserts[row.GetType()] = connection.CreateCommand();
                insert.CommandText = $"INSERT INTO {table.Name} ({table.ColumnNames}) VALUES ({string.Join(", ", table.Columns.Select((_, i) => $"@{i}"))})";
                for (var i = 0; i < table.Columns.Count; i++) insert.Parameters.Add(new() { ParameterName = $"@{i}" });
            }

            for (var i = 0; i < table.Columns.Count; i++) insert.Parameters[i].Value = table.Columns[i].ValueOf(row) ?? DBNull.Value;
            insert.ExecuteNonQuery();
        }

        foreach (var insert in inserts.Values) insert.Dispose();
    }

    /// <remarks>Each table by a connection of its own, since all are filled at once; parents are not looked for, as children may come first.</remarks>
    private static async Task CopyAsync(string connectionString, Dictionary<Type, Table> tables, ManyJobs jobs)
    {
        var copies = new Dictionary<Type, (NpgsqlConnection Connection, NpgsqlBinaryImporter Import)>();
        foreach (var row in jobs.Rows())
        {
            var table = tables[row.GetType()];
            if (!copies.TryGetValue(row.GetType(), out var copy))
            {
                var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
                await connection.OpenAsync();
                await ExecuteAsync(connection, "SET session_replication_role = replica");
                copy = copies[row.GetType()] = (connection, await connection.BeginBinaryImportAsync($"COPY {table.Name} ({table.ColumnNames}) FROM STDIN (FORMAT BINARY)"));
            }

            await copy.Import.StartRowAsync();
            foreach (var column in table.Columns)
            {
                if (column.ValueOf(row) is { } value) await copy.Import.WriteAsync(value);
                else await copy.Import.WriteNullAsync();
            }
        }

        foreach (var (connection, import) in copies.Values)
        {
            await import.CompleteAsync();
            await import.DisposeAsync();
            await connection.DisposeAsync();
        }
    }

    private static async Task<List<(string Name, string Sql)>> ReadAsync(DbConnection connection, string query)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = query;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<(string Name, string Sql)>();
        while (await reader.ReadAsync()) rows.Add((reader.GetString(0), reader.GetString(1)));
        return rows;
    }

    private static async Task DropAsync(DbConnection connection, List<(string Name, string Sql)> indexes)
    {
        foreach (var (name, _) in indexes) await ExecuteAsync(connection, $"DROP INDEX \"{name}\"");
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 0);
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Table(IEntityType type)
    {
        public string Name => $"\"{type.GetTableName()}\"";

        public List<Column> Columns { get; } = [.. type.GetFlattenedProperties().Where(property => !property.IsShadowProperty()).Select(property => new Column(property))];

        public string ColumnNames => string.Join(", ", Columns.Select(column => column.Name));
    }

    private sealed class Column(IProperty property)
    {
        private readonly IClrPropertyGetter _getter = property.GetGetter();
        private readonly Func<object?, object?>? _convert = property.GetTypeMapping().Converter?.ConvertToProvider;

        public string Name => $"\"{property.GetColumnName()}\"";

        public object? ValueOf(object row)
        {
            var value = _getter.GetClrValueUsingContainingEntity(row);
            return _convert is null || value is null ? value : _convert(value);
        }
    }
}
