using System.CommandLine;
using MediatR;
using OgcProcesses.Application.Access.Links;

namespace OgcProcesses.WebApi.Commands;

/// <summary>Withdraws all signed links to results.</summary>
internal sealed class RotateLinksCommand() : AdminCommand("rotate", "Withdraw all signed links to results, and sign the next by a new key.")
{
    protected override async Task DoAsync(IServiceProvider services, ParseResult parsed)
    {
        var rotated = await services.GetRequiredService<IMediator>().Send(new RotateResultLinks());
        await Console.Out.WriteLineAsync($"All signed links are withdrawn, on nodes that run within five seconds; key {rotated.Key} signs the next.");
    }
}
