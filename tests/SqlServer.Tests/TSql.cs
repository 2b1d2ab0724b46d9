using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace OgcProcesses.SqlServer.Tests;

/// <summary>Reads Transact-SQL with Microsoft's own parsers.</summary>
internal static class TSql
{
    /// <summary>The mistakes that SQL Server 2022 would find in the syntax, or 2019, which the documentation names as the oldest.</summary>
    public static IEnumerable<string> Errors(string text)
    {
        foreach (TSqlParser parser in (TSqlParser[])[new TSql160Parser(initialQuotedIdentifiers: true), new TSql150Parser(initialQuotedIdentifiers: true)])
        {
            using var reader = new StringReader(text);
            parser.Parse(reader, out var errors);
            foreach (var error in errors) yield return $"{parser.GetType().Name}: {error.Message}, line {error.Line} of\n{text}";
        }
    }

    /// <summary>As SQL Server 2022 understands it; what it does not understand is left out.</summary>
    public static TSqlFragment Parse(string text)
    {
        using var reader = new StringReader(text);
        return new TSql160Parser(initialQuotedIdentifiers: true).Parse(reader, out _);
    }

    /// <summary>All parts of a kind, in the order of the text.</summary>
    public static IReadOnlyList<T> All<T>(TSqlFragment within)
        where T : TSqlFragment
    {
        var finder = new Finder<T>();
        within.Accept(finder);
        return finder.Found;
    }

    public static string NameOf(TableReference table) => ((NamedTableReference)table).SchemaObject.BaseIdentifier.Value;

    public static string NameOf(ColumnReferenceExpression column) => column.MultiPartIdentifier.Identifiers[^1].Value;

    /// <summary>The tables by their own names.</summary>
    public static IEnumerable<string> TablesIn(TSqlFragment within)
    {
        var tables = All<NamedTableReference>(within);
        // Changes name their table by the alias that a FROM behind gives it.
        return tables.Select(NameOf).Except(tables.Select(table => table.Alias?.Value).OfType<string>());
    }

    /// <summary>The tables that an alias stands for, directly or by the query within it.</summary>
    public static IEnumerable<string> TablesOf(string alias, TSqlFragment within) =>
        All<TableReferenceWithAlias>(within).Where(table => table.Alias?.Value == alias).SelectMany(All<NamedTableReference>).Select(NameOf);

    private sealed class Finder<T> : TSqlFragmentVisitor
        where T : TSqlFragment
    {
        public List<T> Found { get; } = [];

        public override void Visit(TSqlFragment fragment)
        {
            if (fragment is T found) Found.Add(found);
        }
    }
}
