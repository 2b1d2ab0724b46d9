using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>Gives contexts of the configured database from a pool.</summary>
internal sealed class OgcContextFactory(
    IOptions<DatabaseOptions> database, IOptions<DataOptions> data, ILoggerFactory loggers, IEnumerable<IInterceptor> interceptors)
    : IDbContextFactory<OgcDbContext>
{
    private const string DatabaseFile = "ogcprocesses.db";

    private readonly Lazy<Func<OgcDbContext>> _create = new(() => database.Value.Provider switch
    {
        DatabaseProvider.SqlServer => new PooledDbContextFactory<SqlServerDbContext>(
            Options<SqlServerDbContext>(loggers, interceptors, builder => SqlServerDbContext.Configure(builder, database.Value)))
            .CreateDbContext,
        DatabaseProvider.PostgreSql => new PooledDbContextFactory<PostgreSqlDbContext>(
            Options<PostgreSqlDbContext>(loggers, interceptors, builder => PostgreSqlDbContext.Configure(builder, database.Value)))
            .CreateDbContext,
        _ => new PooledDbContextFactory<SqliteDbContext>(
            Options<SqliteDbContext>(
                loggers, interceptors, builder => SqliteDbContext.Configure(builder, database.Value, data.Value.Of(DatabaseFile))))
            .CreateDbContext,
    });

    public OgcDbContext CreateDbContext() => _create.Value();

    private static DbContextOptions<T> Options<T>(
        ILoggerFactory loggers, IEnumerable<IInterceptor> interceptors, Action<DbContextOptionsBuilder> configure)
        where T : OgcDbContext
    {
        var builder = new DbContextOptionsBuilder<T>();
        builder.UseLoggerFactory(loggers)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            // Whoever sent a statement tells of its failure, or counts on it, as where two nodes add the same.
            .ConfigureWarnings(events => events
                .Log(
                    (RelationalEventId.CommandExecuted, LogLevel.Debug),
                    (RelationalEventId.CommandError, LogLevel.Debug),
                    (CoreEventId.SaveChangesFailed, LogLevel.Debug))
                // The first of two tables of which one at most has the row.
                .Ignore(CoreEventId.FirstWithoutOrderByAndFilterWarning))
            .AddInterceptors(interceptors);
        configure(builder);
        return builder.Options;
    }
}
