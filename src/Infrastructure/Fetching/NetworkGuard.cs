using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace OgcProcesses.Infrastructure.Fetching;

/// <summary>Finds the addresses of a host. A seam: tests play a name server that changes its mind.</summary>
internal interface IHostResolver
{
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}

/// <summary>The system's name resolution.</summary>
internal sealed class SystemHostResolver : IHostResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        Dns.GetHostAddressesAsync(host, cancellationToken);
}

/// <summary>Opens connections to addresses that have been checked. A seam: tests see what would leave the machine.</summary>
internal interface IConnector
{
    Task<Stream> ConnectAsync(IPEndPoint target, CancellationToken cancellationToken);
}

/// <summary>Connects over TCP.</summary>
internal sealed class TcpConnector : IConnector
{
    public async Task<Stream> ConnectAsync(IPEndPoint target, CancellationToken cancellationToken)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A connection was refused by this server's own rules; the message says which.</summary>
internal sealed class ConnectionRefusedByRuleException(string reason) : Exception(reason);

/// <summary>Decides where this server may connect to on behalf of a request, and connects.</summary>
/// <remarks>A name is resolved once per connection, to an address that was checked: a second answer is never asked for.</remarks>
internal sealed class NetworkGuard(IHostResolver resolver, IConnector connector, IOptions<FetchOptions> options)
{
    private readonly IPNetwork[] _allowed = [.. options.Value.AllowedNetworks.Select(network => IPNetwork.Parse(network))];
    private readonly IPNetwork[] _denied = [.. options.Value.DeniedNetworks.Select(network => IPNetwork.Parse(network))];
    private readonly HashSet<string> _hosts =
        new(options.Value.AllowedHosts.Select(Canonical), StringComparer.OrdinalIgnoreCase);

    /// <summary>Why a link is refused before any network is asked; null when it may be tried.</summary>
    public string? Refuse(Uri link)
    {
        if (!link.IsAbsoluteUri) return "the link is not absolute";
        if (link.Scheme is not ("http" or "https")) return $"the scheme '{link.Scheme}' is not http or https";
        if (link.UserInfo.Length > 0) return "the link carries a user name or password";
        if (link.IdnHost.Length == 0) return "the link names no host";
        return Literal(link.IdnHost) is { } address ? Refuse(link.IdnHost, address) : null;
    }

    /// <summary>A handler that connects only where it may, and adds no cookies, credentials or trace headers.</summary>
    /// <remarks>Redirects are left to the caller, who must check each.</remarks>
    public SocketsHttpHandler CreateHandler() => new()
    {
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, cancellationToken),
        ConnectTimeout = options.Value.ConnectTimeout,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        Credentials = null,
        PreAuthenticate = false,
        ActivityHeadersPropagator = null,
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    };

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        var addresses = Literal(target.Host) is { } literal
            ? [literal]
            : await resolver.ResolveAsync(target.Host, cancellationToken);
        // One bad address refuses the host: a name that mixes public and private addresses is an attack or a mistake.
        foreach (var address in addresses)
            if (Refuse(target.Host, address) is { } reason)
                throw new ConnectionRefusedByRuleException(reason);
        return await ConnectAsync(addresses, target.Port, cancellationToken);
    }

    private async Task<Stream> ConnectAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        Exception failure = new SocketException((int)SocketError.HostNotFound);
        foreach (var address in addresses)
        {
            try
            {
                return await connector.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            }
            catch (SocketException exception)
            {
                failure = exception;
            }
        }
        throw failure;
    }

    private string? Refuse(string host, IPAddress address)
    {
        if (IsIn(_denied, address)) return $"the address {address} is denied by the operator (Fetch:DeniedNetworks)";
        if (_hosts.Contains(Canonical(host)) || IsIn(_allowed, address)) return null;
        if (AddressKinds.WhyNotPublic(address) is { } kind) return $"the address {address} is {kind}; the operator can allow it with Fetch:AllowedNetworks";
        return options.Value.AllowPublic ? null : "only hosts and networks that the operator names are reached (Fetch:AllowPublic)";
    }

    /// <remarks>By its own number, and by that of the IPv4 address inside.</remarks>
    private static bool IsIn(IPNetwork[] networks, IPAddress address)
    {
        var actual = AddressKinds.Unwrap(address);
        return networks.Any(network => network.Contains(address) || network.Contains(actual));
    }

    /// <summary>The address a host is without asking anyone, in any spelling (127.1, 0x7f000001, localhost); null for a name.</summary>
    private static IPAddress? Literal(string host)
    {
        var name = Canonical(host);
        if (IPAddress.TryParse(name, out var address)) return address;
        var isLocal = name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
        return isLocal ? IPAddress.Loopback : null;
    }

    private static string Canonical(string host) => host.TrimEnd('.').Trim('[', ']');
}
