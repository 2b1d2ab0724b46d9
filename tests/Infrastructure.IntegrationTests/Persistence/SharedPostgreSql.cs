using Microsoft.EntityFrameworkCore;
using Npgsql;
using OgcProcesses.Infrastructure.Persistence;
using OgcProcesses.PostgreSqlServer;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>One PostgreSQL server for all tests, each of which has a database of its own.</summary>
[SetUpFixture]
internal sealed class SharedPostgreSql
{
    private static readonly Lazy<Task<(DatabaseServer Server, string Template)>> Started = new(StartAsync);

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (Started.IsValueCreated) await (await Started.Value).Server.DisposeAsync();
    }

    /// <summary>Makes a database with this version's tables; ignores the test where there is no PostgreSQL.</summary>
    public static async Task<string> CreateDatabaseAsync()
    {
        var (server, template) = await GetAsync();
        return await server.CreateDatabaseAsync(template);
    }

    /// <summary>Makes an empty database; ignores the test where there is no PostgreSQL.</summary>
    public static async Task<string> CreateEmptyDatabaseAsync() => await (await GetAsync()).Server.CreateDatabaseAsync();

    public static async Task DropDatabaseAsync(string connectionString) => await (await Started.Value).Server.DropDatabaseAsync(connectionString);

    private static Task<(DatabaseServer Server, string Template)> GetAsync()
    {
        if (DatabaseServer.Obstacle is { } obstacle) Assert.Ignore(obstacle);
        return Started.Value;
    }

    /// <summary>Copies of a database are made faster than its tables.</summary>
    private static async Task<(DatabaseServer Server, string Template)> StartAsync()
    {
        var server = await DatabaseServer.StartAsync();
        var template = await server.CreateDatabaseAsync();
        var builder = new DbContextOptionsBuilder<PostgreSqlDbContext>();
        PostgreSqlDbContext.Configure(builder, new() { ConnectionString = template + ";Pooling=false" });
        await using var context = new PostgreSqlDbContext(builder.Options);
        await context.Database.MigrateAsync();
        return (server, new NpgsqlConnectionStringBuilder(template).Database!);
    }
}
