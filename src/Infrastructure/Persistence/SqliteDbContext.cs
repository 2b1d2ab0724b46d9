using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using static SQLitePCL.raw;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>The embedded database.</summary>
internal sealed class SqliteDbContext(DbContextOptions<SqliteDbContext> options) : OgcDbContext(options)
{
    /// <summary>Tells a context how to reach the database.</summary>
    public static void Configure(DbContextOptionsBuilder builder, DatabaseOptions database, string defaultFile)
    {
        var connection = new SqliteConnectionStringBuilder(database.ConnectionString ?? "")
        {
            ForeignKeys = true,
            DefaultTimeout = (int)database.CommandTimeout.TotalSeconds,
        };
        if (connection.DataSource.Length == 0) connection.DataSource = defaultFile;
        // A file that somebody moved away must not be replaced by an empty one; the migrator makes it.
        if (connection.Mode == SqliteOpenMode.ReadWriteCreate) connection.Mode = SqliteOpenMode.ReadWrite;
        builder.UseSqlite(connection.ConnectionString, sqlite => sqlite
            .CommandTimeout(connection.DefaultTimeout)
            .MaxBatchSize(database.MaxBatchSize));
        builder.AddInterceptors(new SqliteSetup(database.CommandTimeout));
    }

    public override bool IsDuplicate(DbUpdateException failure) =>
        failure.InnerException is SqliteException { SqliteExtendedErrorCode: SQLITE_CONSTRAINT_PRIMARYKEY or SQLITE_CONSTRAINT_UNIQUE };

    internal sealed class DesignTime : IDesignTimeDbContextFactory<SqliteDbContext>
    {
        public SqliteDbContext CreateDbContext(string[] args)
        {
            var builder = new DbContextOptionsBuilder<SqliteDbContext>();
            Configure(builder, new(), "design.db");
            return new(builder.Options);
        }
    }
}
