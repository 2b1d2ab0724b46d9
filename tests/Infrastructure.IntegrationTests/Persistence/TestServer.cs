using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Access.Keys;
using OgcProcesses.Application.Access.Links;
using OgcProcesses.Application.Access.Sessions;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Execute;
using OgcProcesses.Application.Jobs.Quotas;
using OgcProcesses.Application.Jobs.Retention;
using OgcProcesses.Application.Processes;
using OgcProcesses.Infrastructure.Persistence;
using OgcProcesses.Infrastructure.Storage;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>The stores as the server registers them, on a database of their own in a temporary folder.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const string SqlServerVariable = "OGC_TEST_SQLSERVER";

    private readonly ServiceProvider _services;
    private readonly Dictionary<string, string?> _settings;
    private readonly bool _isFirst;

    private TestServer(Dictionary<string, string?> settings, bool isFirst)
    {
        (_settings, _isFirst) = (settings, isFirst);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(Warnings));
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.AddPersistence().AddStorage();
        services.AddSingleton<IInterceptor>(Statements);
        services.AddSingleton<IInterceptor>(Answers);
        _services = services.BuildServiceProvider();
    }

    public StatementLog Statements { get; } = new();

    public LostAnswers Answers { get; } = new();

    public Warnings Warnings { get; } = new();

    public IJobStore Jobs => _services.GetRequiredService<IJobStore>();

    public IProcessStore Processes => _services.GetRequiredService<IProcessStore>();

    public ICallbackStore Callbacks => _services.GetRequiredService<ICallbackStore>();

    public IExecutionKeyStore Keys => _services.GetRequiredService<IExecutionKeyStore>();

    public IApiKeyStore ApiKeys => _services.GetRequiredService<IApiKeyStore>();

    public IRetentionStore Retention => _services.GetRequiredService<IRetentionStore>();

    public IResultLinkKeyStore ResultLinkKeys => _services.GetRequiredService<IResultLinkKeyStore>();

    public IProtectionKeyStore ProtectionKeys => _services.GetRequiredService<IProtectionKeyStore>();

    public IUsageStore Usage => _services.GetRequiredService<IUsageStore>();

    public IAuditStore Audit => _services.GetRequiredService<IAuditStore>();

    public IOutputStore Outputs => _services.GetRequiredService<IOutputStore>();

    public ILogStore Logs => _services.GetRequiredService<ILogStore>();

    public JobSignals Signals => _services.GetRequiredService<JobSignals>();

    public PostgreSqlNotices Notices => _services.GetRequiredService<PostgreSqlNotices>();

    public DatabaseMigrator Migrator => _services.GetRequiredService<DatabaseMigrator>();

    public OgcDbContext Context() => _services.GetRequiredService<IDbContextFactory<OgcDbContext>>().CreateDbContext();

    private string? Provider => _settings.GetValueOrDefault("Database:Provider");

    public string Folder => _settings["Data:Directory"]!;

    /// <summary>An empty database, which only the migrator makes otherwise.</summary>
    public Task CreateFileAsync() => File.WriteAllBytesAsync(Path.Combine(Folder, "ogcprocesses.db"), []);

    /// <summary>A server whose database is not made yet.</summary>
    public static TestServer Unstarted(params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?> { ["Data:Directory"] = Directory.CreateTempSubdirectory("ogc-").FullName };
        foreach (var (key, value) in settings) all[key] = value;
        return new(all, isFirst: true);
    }

    public static async Task<TestServer> StartAsync(DatabaseProvider provider = DatabaseProvider.Sqlite)
    {
        var settings = new List<(string Key, string Value)> { ("Database:Provider", provider.ToString()) };
        if (provider == DatabaseProvider.SqlServer)
        {
            var connection = Environment.GetEnvironmentVariable(SqlServerVariable);
            if (connection is null) Assert.Ignore($"Needs a SQL Server: set {SqlServerVariable} to a connection string that may create databases.");
            var own = new SqlConnectionStringBuilder(connection) { InitialCatalog = $"ogc_test_{Guid.NewGuid():N}" };
            settings.Add(("Database:ConnectionString", own.ConnectionString));
        }
        else if (provider == DatabaseProvider.PostgreSql)
        {
            settings.Add(("Database:ConnectionString", await SharedPostgreSql.CreateDatabaseAsync()));
        }

        var server = Unstarted([.. settings]);
        await server.Migrator.MigrateAsync(CancellationToken.None);
        return server;
    }

    /// <summary>Another server on the same database: it shares nothing in memory, as after a restart or on another node.</summary>
    public TestServer Another(params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>(_settings);
        foreach (var (key, value) in settings) all[key] = value;
        return new(all, isFirst: false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isFirst && Provider == nameof(DatabaseProvider.SqlServer))
        {
            await using var context = Context();
            await context.Database.EnsureDeletedAsync();
        }

        if (_isFirst && Provider == nameof(DatabaseProvider.PostgreSql)) await SharedPostgreSql.DropDatabaseAsync(_settings["Database:ConnectionString"]!);
        await _services.DisposeAsync();
        if (!_isFirst) return;
        SqliteConnection.ClearAllPools();
        if (Directory.Exists(Folder)) FileTree.Delete(Folder);
    }
}
