using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Npgsql;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>A database this server can keep its state in.</summary>
public enum DatabaseProvider
{
    /// <summary>Embedded; a file in the data folder, for one server node.</summary>
    Sqlite,

    /// <summary>Microsoft SQL Server, for one node or many.</summary>
    SqlServer,

    /// <summary>PostgreSQL, for one node or many.</summary>
    PostgreSql,
}

/// <summary>Where jobs and processes are recorded. Section <c>Database</c>.</summary>
public sealed class DatabaseOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Database";

    /// <summary>The kind of database.</summary>
    public DatabaseProvider Provider { get; set; }

    /// <summary>How to reach it. May be left out for Sqlite, whose file then lies in the data folder.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>For PostgreSql: how this node hears of the others (<c>LISTEN</c>), where <see cref="ConnectionString"/> leads to a pooler that can't pass it on.</summary>
    public string? ListenConnectionString { get; set; }

    /// <summary>Longest time a statement may take; for Sqlite also the longest wait for another program's write.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most statements sent to the database at once; Sqlite takes them one by one.</summary>
    [Range(1, 1_000)]
    public int MaxBatchSize { get; set; } = 42;

    /// <summary>Whether the server brings the database to its version's tables when it starts. If not, it starts on none that lacks them.</summary>
    public bool MigrateAtStart { get; set; } = true;
}

internal sealed class DatabaseOptionsValidator : IValidateOptions<DatabaseOptions>
{
    public ValidateOptionsResult Validate(string? name, DatabaseOptions options) => options switch
    {
        _ when !Enum.IsDefined(options.Provider) =>
            ValidateOptionsResult.Fail($"Database:Provider must be one of {string.Join(", ", Enum.GetNames<DatabaseProvider>())}."),
        { Provider: not DatabaseProvider.Sqlite, ConnectionString: null or "" } =>
            ValidateOptionsResult.Fail($"Database:ConnectionString is required when Database:Provider is {options.Provider}."),
        { ListenConnectionString: { } listen } when Malformed(listen) is { } reason => ValidateOptionsResult.Fail($"Database:ListenConnectionString: {reason}"),
        { Provider: not DatabaseProvider.PostgreSql, ListenConnectionString: not null } =>
            ValidateOptionsResult.Fail($"Database:ListenConnectionString is for PostgreSql only; Database:Provider is {options.Provider}."),
        _ => ValidateOptionsResult.Success,
    };

    private static string? Malformed(string connectionString)
    {
        try
        {
            _ = new NpgsqlConnectionStringBuilder(connectionString);
            return null;
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException)
        {
            return malformed.Message;
        }
    }
}
