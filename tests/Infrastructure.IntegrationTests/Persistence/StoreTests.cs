using OgcProcesses.Infrastructure.Persistence;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>Tests of a store, on each kind of database that is here; every test has a database of its own.</summary>
[TestFixture(DatabaseProvider.Sqlite)]
[TestFixture(DatabaseProvider.PostgreSql)]
[TestFixture(DatabaseProvider.SqlServer)]
internal abstract class StoreTests(DatabaseProvider provider)
{
    protected static readonly CancellationToken None = CancellationToken.None;

    protected TestServer Server { get; private set; } = null!;

    [SetUp]
    public async Task StartAsync() => Server = await TestServer.StartAsync(provider);

    [TearDown]
    public async Task StopAsync()
    {
        // Null where the fixture's database is not here.
        if (Server is not null) await Server.DisposeAsync();
    }
}
