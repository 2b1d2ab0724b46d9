using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace OgcProcesses.Infrastructure.IntegrationTests.Persistence;

/// <summary>Notes the queries that stores send, and asks SQLite how it runs them.</summary>
internal sealed class StatementLog : DbCommandInterceptor
{
    private readonly List<(string Text, List<(string Name, object? Value)> Parameters)> _all = [];

    public IEnumerable<string> Texts => _all.Select(statement => statement.Text);

    public void Clear() => _all.Clear();

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        lock (_all) _all.Add((command.CommandText, [.. command.Parameters.Cast<DbParameter>().Select(one => (one.ParameterName, one.Value))]));
        return new(result);
    }

    /// <summary>The query plan of everything noted, one step per line.</summary>
    public async Task<string> ExplainAsync(DbContext context)
    {
        var steps = new List<string>();
        await context.Database.OpenConnectionAsync();
        foreach (var (text, parameters) in _all)
        {
            await using var command = context.Database.GetDbConnection().CreateCommand();
            command.CommandText = "EXPLAIN QUERY PLAN " + text;
            foreach (var (name, value) in parameters)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, value);
                command.Parameters.Add(parameter);
            }

            await using var plan = await command.ExecuteReaderAsync();
            while (await plan.ReadAsync()) steps.Add(plan.GetString(3));
        }

        return string.Join('\n', steps);
    }
}
