using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using IsolationLevel = System.Data.IsolationLevel;

namespace OgcProcesses.SqlServer.Tests;

/// <summary>
/// Stands in for SQL Server under EF Core: notes each statement, and answers it so that the stores go on. A query finds the
/// row that was inserted last into each of its tables, whatever it asks for; every change succeeds.
/// </summary>
internal sealed class SqlServerStub : DbCommandInterceptor, IDbConnectionInterceptor, IDbTransactionInterceptor
{
    private readonly List<SqlServerStatement> _statements = [];

    public IReadOnlyList<SqlServerStatement> Statements => _statements;

    /// <summary>The row of each table, by the names of its columns.</summary>
    public Dictionary<string, Dictionary<string, object>> Rows { get; } = [];

    public override InterceptionResult<DbCommand> CommandCreating(CommandCorrelatedEventData eventData, InterceptionResult<DbCommand> result) =>
        InterceptionResult<DbCommand>.SuppressWithResult(new Command(this));

    public ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        new(InterceptionResult.Suppress());

    public ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result,
        CancellationToken cancellationToken = default) => new(InterceptionResult<DbTransaction>.SuppressWithResult(new Transaction(connection)));

    private SqlServerStatement Note(Command command)
    {
        var statement = new SqlServerStatement(command.CommandText, [.. command.Parameters.Cast<SqlParameter>()]);
        _statements.Add(statement);
        foreach (var (table, row) in statement.Inserted()) Rows[table] = row;
        return statement;
    }

    private sealed class Command(SqlServerStub stub) : DbCommand
    {
        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override int CommandTimeout { get; set; }

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; }

        protected override DbParameterCollection DbParameterCollection { get; } = new SqlCommand().Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel()
        {
        }

        public override void Prepare()
        {
        }

        public override int ExecuteNonQuery()
        {
            stub.Note(this);
            return 1;
        }

        public override object? ExecuteScalar() => throw new NotSupportedException(CommandText);

        protected override DbParameter CreateDbParameter() => new SqlParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => new DataTableReader(stub.Note(this).Answer(stub.Rows));
    }

    private sealed class Transaction(DbConnection connection) : DbTransaction
    {
        public override IsolationLevel IsolationLevel => IsolationLevel.ReadCommitted;

        protected override DbConnection DbConnection => connection;

        public override void Commit()
        {
        }

        public override void Rollback()
        {
        }
    }
}

/// <summary>What EF Core sent in one command: a statement or several, and their parameters.</summary>
internal sealed class SqlServerStatement(string text, IReadOnlyList<SqlParameter> parameters)
{
    private readonly TSqlFragment _parsed = TSql.Parse(text);

    public string Text => text;

    public TSqlFragment Parsed => _parsed;

    /// <summary>The same as a procedure, whose tables and columns a model of the database resolves.</summary>
    public string AsProcedure(string name)
    {
        var declared = parameters.Select(parameter => $"{parameter.ParameterName} {TypeOf(parameter)}");
        return $"CREATE PROCEDURE [{name}] {string.Join(", ", declared)} AS BEGIN\n{text}\nEND";

        static string TypeOf(SqlParameter parameter) => parameter.SqlDbType switch
        {
            SqlDbType.NVarChar or SqlDbType.VarChar => $"{parameter.SqlDbType}({(parameter.Size is > 0 and <= 8_000 ? $"{parameter.Size}" : "max")})",
            _ => parameter.SqlDbType.ToString(),
        };
    }

    /// <summary>The rows that it inserts; the last one of each table.</summary>
    public IEnumerable<(string Table, Dictionary<string, object> Row)> Inserted()
    {
        foreach (var insert in TSql.All<InsertSpecification>(_parsed))
        {
            var values = ((ValuesInsertSource)insert.InsertSource).RowValues[^1].ColumnValues.Cast<VariableReference>()
                .Select(variable => parameters.Single(parameter => parameter.ParameterName == variable.Name).Value!);
            yield return (TSql.NameOf(insert.Target), insert.Columns.Select(TSql.NameOf).Zip(values).ToDictionary());
        }
    }

    /// <summary>The result sets that the database would give.</summary>
    public DataTable[] Answer(Dictionary<string, Dictionary<string, object>> rows)
    {
        // Changes tell by OUTPUT 1 of each row that they met.
        var changes = TSql.All<OutputClause>(_parsed).Select(_ => Row([1])).ToArray();
        if (TSql.All<SelectStatement>(_parsed).SingleOrDefault() is not { } select) return changes.Length > 0 ? changes : [new()];
        var query = select.QueryExpression;
        while (query is BinaryQueryExpression union) query = union.FirstQueryExpression;
        if (query is QueryParenthesisExpression inner) query = inner.QueryExpression;
        var specification = (QuerySpecification)query;
        var isThere = TSql.All<NamedTableReference>(select).Any(table => rows.ContainsKey(TSql.NameOf(table)));
        object[] values = [.. specification.SelectElements.Cast<SelectScalarExpression>().Select(column => ValueOf(column.Expression, select, rows, isThere))];
        // What counts, sums up or tells whether there is something gives a row in any case.
        return [isThere || specification.FromClause is null ? Row(values) : Empty(values.Length)];
    }

    private static object ValueOf(TSqlFragment expression, SelectStatement select, Dictionary<string, Dictionary<string, object>> rows, bool isThere) => expression switch
    {
        ColumnReferenceExpression { MultiPartIdentifier.Identifiers: [var alias, var column] } => TSql.TablesOf(alias.Value, select)
            .Select(table => rows.GetValueOrDefault(table)?.GetValueOrDefault(column.Value)).FirstOrDefault(value => value is not null) ?? DBNull.Value,
        SearchedCaseExpression => isThere,
        FunctionCall { FunctionName.Value: "COUNT" } => 1,
        CoalesceExpression => 1L,
        IntegerLiteral => 1,
        _ => throw new NotSupportedException($"The stub has no answer to {expression.GetType().Name}."),
    };

    private static DataTable Row(object[] values)
    {
        var table = Empty(values.Length);
        table.Rows.Add(values);
        return table;
    }

    private static DataTable Empty(int columns)
    {
        var table = new DataTable();
        for (var i = 0; i < columns; i++) table.Columns.Add($"{i}", typeof(object));
        return table;
    }
}
