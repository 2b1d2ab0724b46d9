using System.CommandLine;
using OgcProcesses.Application.Common.Access;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.Infrastructure;

namespace OgcProcesses.WebApi.Commands;

/// <summary>Does what an admin may, whom the operator is at the command line.</summary>
internal abstract class AdminCommand(string name, string description) : ServerCommand(name, description)
{
    public override async Task RunAsync(IServiceProvider services, ParseResult parsed)
    {
        await services.UseDatabaseAsync();
        using var acting = services.GetRequiredService<ICaller>().ActFor(Caller.Server);
        await using var scope = services.CreateAsyncScope();
        try
        {
            await DoAsync(scope.ServiceProvider, parsed);
        }
        catch (OgcException refusal) when (refusal.Violations.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", refusal.Violations.Select(violation => $"{violation.Pointer?.TrimStart('/') ?? violation.Parameter} {violation.Detail}")), refusal);
        }
    }

    protected abstract Task DoAsync(IServiceProvider services, ParseResult parsed);
}
