using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Npgsql;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>PostgreSQL.</summary>
internal sealed class PostgreSqlDbContext(DbContextOptions<PostgreSqlDbContext> options) : OgcDbContext(options)
{
    /// <summary>Tells a context how to reach the database.</summary>
    public static void Configure(DbContextOptionsBuilder builder, DatabaseOptions database)
    {
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        connection.ApplicationName ??= "OgcProcesses";
        builder.UseNpgsql(connection.ConnectionString, postgreSql => postgreSql
            .CommandTimeout((int)database.CommandTimeout.TotalSeconds)
            .MaxBatchSize(database.MaxBatchSize)
            .EnableRetryOnFailure(MostRetries, LongestRetryDelay, null));
    }

    /// <summary>How to reach the database for a connection that only listens.</summary>
    /// <param name="database">The settings.</param>
    /// <param name="keepAlive">Seconds of silence after which the connection is tried, where the settings don't say.</param>
    public static string ListenConnectionString(DatabaseOptions database, int keepAlive)
    {
        var connection = new NpgsqlConnectionStringBuilder(database.ListenConnectionString ?? database.ConnectionString) { Pooling = false };
        connection.ApplicationName ??= "OgcProcesses";
        if (connection.KeepAlive == 0) connection.KeepAlive = keepAlive;
        return connection.ConnectionString;
    }

    public override bool IsDuplicate(DbUpdateException failure) =>
        failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<string>().HaveConversion<StorableTextConverter>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        // Identifiers sort by their bytes, as on every other database, whatever the database's own language.
        foreach (var text in TextsOf(modelBuilder)) text.SetCollation("C");
    }

    internal sealed class DesignTime : IDesignTimeDbContextFactory<PostgreSqlDbContext>
    {
        public PostgreSqlDbContext CreateDbContext(string[] args)
        {
            var builder = new DbContextOptionsBuilder<PostgreSqlDbContext>();
            Configure(builder, new() { ConnectionString = "Host=localhost" });
            return new(builder.Options);
        }
    }
}
