using System.CommandLine;
using OgcProcesses.Infrastructure;

namespace OgcProcesses.WebApi.Commands;

/// <summary>Brings the database to the present schema, or shows the SQL that does.</summary>
internal sealed class MigrateCommand : ServerCommand
{
    private readonly Option<bool> _script = new("--script") { Description = "Show the SQL, and change nothing." };

    public MigrateCommand()
        : base("migrate", "Bring the database to this version's tables.") => Add(_script);

    public override async Task RunAsync(IServiceProvider services, ParseResult parsed) =>
        await Console.Out.WriteLineAsync(parsed.GetValue(_script) ? services.MigrationScript().TrimEnd() : await services.MigrateDatabaseAsync());
}
