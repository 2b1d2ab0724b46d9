using System.Data.Common;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>Notes what stores send to the database, and asks SQLite or PostgreSQL how it runs their queries.</summary>
internal sealed class StatementLog : DbCommandInterceptor
{
    private readonly List<Statement> _all = [];

    public IEnumerable<string> Texts => _all.Select(statement => statement.Text);

    public void Clear() => _all.Clear();

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Note(command, eventData);
        return new(result);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Note(command, eventData);
        return new(result);
    }

    /// <summary>The plans of the queries noted, and of what they change at once; saved entities are found by their keys.</summary>
    public async Task<QueryPlan> ExplainAsync(DbContext context)
    {
        var plan = new QueryPlan();
        await context.Database.OpenConnectionAsync();
        var isSqlite = context.Database.GetDbConnection() is SqliteConnection;
        foreach (var statement in _all.Where(statement => statement.Source is CommandSource.LinqQuery or CommandSource.ExecuteDelete or CommandSource.ExecuteUpdate))
        {
            await using var command = context.Database.GetDbConnection().CreateCommand();
            command.CommandText = (isSqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN (FORMAT JSON) ") + statement.Text;
            foreach (var (name, value) in statement.Parameters)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, value);
                command.Parameters.Add(parameter);
            }

            await using var reader = await command.ExecuteReaderAsync();
            var steps = new List<(int Parent, string Text)>();
            while (await reader.ReadAsync()) steps.Add(isSqlite ? (reader.GetInt32(1), reader.GetString(3)) : (0, reader.GetString(0)));
            if (isSqlite) plan.AddSqlite(steps);
            else plan.AddPostgreSql(steps[0].Text);
        }

        return plan;
    }

    private void Note(DbCommand command, CommandEventData eventData)
    {
        var parameters = command.Parameters.Cast<DbParameter>().Select(parameter => (parameter.ParameterName, parameter.Value)).ToList();
        lock (_all) _all.Add(new(command.CommandText, parameters, eventData.CommandSource));
    }

    private sealed record Statement(string Text, List<(string Name, object? Value)> Parameters, CommandSource Source);
}

/// <summary>How a database runs queries, as far as it matters how many rows there are.</summary>
internal sealed class QueryPlan
{
    private readonly List<string> _steps = [];

    /// <summary>Tables of a few pages in these tests, which PostgreSQL rather reads whole than looks into an index.</summary>
    private static readonly string[] Small = ["processes", "job_callbacks", "execution_keys", "expired_jobs"];

    /// <summary>So few rows PostgreSQL may rather sort than read in order.</summary>
    private const int Few = 2_500;

    /// <summary>Tables that are read from end to end; by PostgreSQL, those that are not small.</summary>
    public HashSet<string> WholeTables { get; } = [];

    /// <summary>Whether rows are sorted, or gathered before they are given, that no limit has left.</summary>
    public bool GathersRows { get; private set; }

    public override string ToString() => string.Join('\n', _steps);

    /// <remarks>Limits are not told: what a subquery makes is taken for bounded, since all that is sorted here once more is.</remarks>
    public void AddSqlite(List<(int Parent, string Text)> steps)
    {
        _steps.AddRange(steps.Select(step => step.Text));
        var made = steps.Where(step => step.Text.StartsWith("CO-ROUTINE ", StringComparison.Ordinal)).Select(step => step.Text.Split(' ')[1]).ToHashSet();
        var reads = steps.Where(step => step.Text.Split(' ') is ["SCAN" or "SEARCH", var name, ..] && name != "CONSTANT" && !made.Contains(name)).ToList();
        WholeTables.UnionWith(reads.Where(step => !step.Text.Contains(" USING ", StringComparison.Ordinal)).Select(step => step.Text.Split(' ')[1]));
        GathersRows |= steps.Exists(sort => sort.Text.Contains("TEMP B-TREE", StringComparison.Ordinal)
            && reads.Exists(read => read.Parent == sort.Parent && !read.Text.EndsWith("(id=?)", StringComparison.Ordinal)));
    }

    public void AddPostgreSql(string json)
    {
        using var document = JsonDocument.Parse(json);
        Add(document.RootElement[0].GetProperty("Plan"), "");
    }

    /// <returns>Whether a limit bounds how many rows come out.</returns>
    private bool Add(JsonElement node, string indent)
    {
        var type = node.GetProperty("Node Type").GetString()!;
        var facts = new[] { "Relation Name", "Index Name", "Index Cond", "Filter", "Sort Key" }
            .Where(name => node.TryGetProperty(name, out _)).Select(name => $"{name}: {node.GetProperty(name)}");
        _steps.Add($"{indent}{type} {string.Join(", ", facts)}");
        if (type == "Seq Scan" && node.GetProperty("Relation Name").GetString() is { } table && !Small.Contains(table)) WholeTables.Add(table);
        var inputs = node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().Select(plan => Add(plan, indent + "  ")).ToList() : [];
        // A join gives what its first input leaves.
        var isBounded = type == "Limit" || node.GetProperty("Plan Rows").GetDouble() <= Few || (type.Contains("Join", StringComparison.Ordinal) || type == "Nested Loop" ? inputs is [true, ..] : inputs.Count > 0 && inputs.TrueForAll(input => input));
        GathersRows |= !isBounded && (type is "Sort" or "Incremental Sort" or "Hash" or "Materialize" || type.StartsWith("Bitmap", StringComparison.Ordinal));
        return isBounded;
    }
}
