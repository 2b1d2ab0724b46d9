using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using OgcProcesses.Application.Common.Errors;
using OgcProcesses.WebApi.Http;

namespace OgcProcesses.WebApi.Security;

/// <summary>Keeps a server that asks nobody who they are to its own machine, unless the operator says that the network may have it.</summary>
/// <remarks>
/// It listens on the loopback alone, and answers to the loopback's names alone: a web page whose own name is made to lead to 127.0.0.1
/// (DNS rebinding) reaches it through a browser on the machine, but the name it was asked under stays the page's.
/// </remarks>
internal static class OwnMachine
{
    public static IServiceCollection AddOwnMachine(this IServiceCollection services)
    {
        // Asked for every address before it is bound, wherever it is configured, and again when that changes while the server runs.
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<SecurityOptions>>((kestrel, security) =>
        {
            if (security.Value.IsOnOwnMachine) kestrel.ConfigureEndpointDefaults(Refuse);
        });
        return services;
    }

    public static void UseOwnMachine(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<IOptions<SecurityOptions>>().Value.IsOnOwnMachine) return;
        var publicUrl = app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.PublicUrl;
        var own = publicUrl is null ? null : HostString.FromUriComponent(publicUrl).Host;
        List<StringSegment> allowed = [.. app.Services.GetRequiredService<IOptions<HostFilteringOptions>>().Value.AllowedHosts.Where(host => host != "*")];
        app.Use((context, next) =>
        {
            var host = context.Request.Host;
            // Only HTTP/1.0 has none, which no browser speaks.
            if (!host.HasValue || IsLoopback(host.Host) || host.Host.Equals(own, StringComparison.OrdinalIgnoreCase) || HostString.MatchesAny(host.Host, allowed))
                return next(context);
            throw new OgcException(
                OgcError.Misdirected,
                $"This server asks nobody who they are (Security:Mode is Open), and so answers under the names of its own machine alone, not as '{host.Host}'. "
                + "Its operator can name others in AllowedHosts or Api:PublicUrl.");
        });
    }

    private static void Refuse(ListenOptions address)
    {
        if (address.EndPoint is UnixDomainSocketEndPoint || (address.EndPoint is IPEndPoint { Address: var ip } && IPAddress.IsLoopback(ip))) return;
        throw new InvalidOperationException(
            $"Security:Mode is Open, so that everybody may do everything who reaches {address.EndPoint}, and that is not of this machine alone. "
            + "Listen on 127.0.0.1, have callers say who they are (Security:Mode), or set Security:AllowOpenOnNetwork to true.");
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
