using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace OgcProcesses.Infrastructure.Persistence;

/// <summary>The migrations as SQL that an administrator reads and runs.</summary>
internal static class MigrationScript
{
    /// <summary>Makes the tables, or changes those of any earlier version; run again, it changes nothing.</summary>
    public static string Of(OgcDbContext context)
    {
        var script = context.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);
        return $"{Opening(context)}\n{script}".ReplaceLineEndings("\n").TrimEnd() + "\n";
    }

    private static string Opening(OgcDbContext context) => context.Database.IsSqlServer()
        ? """
          -- Tables of OgcProcesses in SQL Server: makes them, or changes those of any earlier version. Run again, it changes nothing.
          -- sqlcmd -b -d DATABASE -i FILE    (-b: the first error ends it)
          -- Filtered indexes need this setting, which sqlcmd leaves off.
          SET QUOTED_IDENTIFIER ON;
          GO

          """
        : """
          -- Tables of OgcProcesses in PostgreSQL: makes them, or changes those of any earlier version. Run again, it changes nothing.
          -- psql -v ON_ERROR_STOP=1 -d DATABASE -f FILE    (the first error ends it)

          """;
}
