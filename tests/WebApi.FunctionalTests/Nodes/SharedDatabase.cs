using OgcProcesses.PostgreSqlServer;

namespace OgcProcesses.WebApi.FunctionalTests.Nodes;

/// <summary>The database server of all clusters, each of which has a database of its own there.</summary>
[SetUpFixture]
internal sealed class SharedDatabase
{
    private static readonly Lazy<Task<DatabaseServer>> Started = new(() => DatabaseServer.StartAsync());

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (Started.IsValueCreated) await (await Started.Value).DisposeAsync();
    }

    /// <summary>Makes an empty database; ignores the test where there is no PostgreSQL.</summary>
    public static async Task<string> CreateAsync()
    {
        if (DatabaseServer.Obstacle is { } obstacle) Assert.Ignore(obstacle);
        return await (await Started.Value).CreateDatabaseAsync();
    }
}
