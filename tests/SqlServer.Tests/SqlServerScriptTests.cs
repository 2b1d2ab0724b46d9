using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.SqlServer.Dac.Model;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using OgcProcesses.Infrastructure.Persistence;

namespace OgcProcesses.SqlServer.Tests;

/// <summary>The tables' scripts, read by Microsoft's own parsers and model of a SQL Server 2022 database; no server is needed.</summary>
internal sealed class SqlServerScriptTests
{
    [Test]
    public void Scripts_OfTheTables_AreUnderstoodBySqlServer() =>
        Assert.That(TSql.Errors(SqlServerModel.CreateScript()).Concat(TSql.Errors(Migrations())), Is.Empty);

    [Test]
    public void CreateScript_AsAModelOfTheDatabase_IsValid()
    {
        using var model = SqlServerModel.OfTheTables();

        Assert.That(model.GetObjects(DacQueryScopes.UserDefined, Table.TypeClass).Count(), Is.EqualTo(14));
        Assert.That(model.Validate().Select(found => $"{found}"), Is.Empty);
    }

    [Test]
    public void Columns_OfTheTables_AreOfPlainTypes()
    {
        var types = TSql.All<ColumnDefinition>(TSql.Parse(SqlServerModel.CreateScript() + Migrations())).Select(column => ((SqlDataTypeReference)column.DataType).SqlDataTypeOption).Distinct();

        // JSON is text: the type json needs SQL Server 2025.
        Assert.That(types, Is.EquivalentTo((SqlDataTypeOption[])
            [SqlDataTypeOption.UniqueIdentifier, SqlDataTypeOption.VarChar, SqlDataTypeOption.NVarChar, SqlDataTypeOption.Int, SqlDataTypeOption.BigInt, SqlDataTypeOption.Bit, SqlDataTypeOption.DateTime2, SqlDataTypeOption.Date]));
    }

    /// <remarks>SQL Server compiles a batch before it runs it, and knows no column then that the batch itself adds; text within EXEC it compiles later.</remarks>
    [Test]
    public void MigrationScript_InNoBatch_UsesAColumnThatTheBatchAdds()
    {
        var batches = ((TSqlScript)TSql.Parse(Migrations())).Batches;
        var added = batches.Sum(batch => TSql.All<AlterTableAddTableElementStatement>(batch).Count);
        var used = batches.SelectMany(batch => Changes(batch).SelectMany(TSql.All<ColumnReferenceExpression>).Select(TSql.NameOf).Intersect(Added(batch)));

        Assert.That(added, Is.Positive);
        Assert.That(used, Is.Empty);

        static IEnumerable<string> Added(TSqlBatch batch) => TSql.All<AlterTableAddTableElementStatement>(batch)
            .SelectMany(add => add.Definition.ColumnDefinitions).Select(column => column.ColumnIdentifier.Value);

        static IEnumerable<TSqlFragment> Changes(TSqlBatch batch) => TSql.All<DataModificationStatement>(batch);
    }

    /// <remarks>sqlcmd leaves it off, and a filtered index is refused then.</remarks>
    [Test]
    public void MigrationScript_BeforeAnythingElse_SetsWhatFilteredIndexesNeed()
    {
        var first = ((TSqlScript)TSql.Parse(Migrations())).Batches[0].Statements.Single();

        Assert.That(first, Is.InstanceOf<PredicateSetStatement>());
        Assert.That(((PredicateSetStatement)first).Options, Is.EqualTo(SetOptions.QuotedIdentifier));
    }

    private static string Migrations()
    {
        using var context = new SqlServerDbContext.DesignTime().CreateDbContext([]);
        return MigrationScript.Of(context);
    }
}

/// <summary>A database of this version's tables, as SQL Server 2022 would have it.</summary>
internal static class SqlServerModel
{
    public static TSqlModel OfTheTables()
    {
        try
        {
            CultureInfo.GetCultureInfo("en-US");
        }
        catch (CultureNotFoundException)
        {
            Assert.Ignore("Needs the data of cultures: install ICU (Debian's libicu), and leave DOTNET_SYSTEM_GLOBALIZATION_INVARIANT unset.");
        }

        var model = new TSqlModel(SqlServerVersion.Sql160, new TSqlModelOptions());
        model.AddObjects(CreateScript());
        return model;
    }

    public static string CreateScript()
    {
        using var context = new SqlServerDbContext.DesignTime().CreateDbContext([]);
        return context.Database.GenerateCreateScript();
    }
}
