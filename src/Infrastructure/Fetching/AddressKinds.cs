using System.Net;
using System.Net.Sockets;

namespace OgcProcesses.Infrastructure.Fetching;

/// <summary>Tells public addresses from all others.</summary>
/// <remarks>
/// The special-purpose registries of IANA (RFC 6890 and what followed). For IPv6 only global unicast (2000::/3) counts as public.
/// Forms that carry an IPv4 address inside are judged by that address.
/// </remarks>
internal static class AddressKinds
{
    private static readonly (IPNetwork Network, string Kind)[] Special =
    [
        .. Of("unspecified", "0.0.0.0/8", "::/128"),
        .. Of("loopback", "127.0.0.0/8", "::1/128"),
        .. Of("private", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
        .. Of("link-local", "169.254.0.0/16", "fe80::/10"),
        .. Of("site-local", "fec0::/10"),
        .. Of("shared by carriers (CGNAT)", "100.64.0.0/10"),
        .. Of("broadcast", "255.255.255.255/32"),
        .. Of("multicast", "224.0.0.0/4", "ff00::/8"),
        .. Of("for documentation", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
        .. Of("for benchmarks", "198.18.0.0/15"),
        // Teredo, ORCHID and the like begin with 2001:0000 to 2001:01ff; 168.63.129.16 is Azure's own platform address.
        .. Of("reserved", "192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "240.0.0.0/4", "2001::/23", "64:ff9b:1::/48"),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>What kind of non-public address it is; null for a public one.</summary>
    public static string? WhyNotPublic(IPAddress address)
    {
        var actual = Unwrap(address);
        foreach (var (network, kind) in Special)
            if (network.Contains(actual)) return kind;
        return actual.AddressFamily switch
        {
            AddressFamily.InterNetwork => null,
            AddressFamily.InterNetworkV6 when GlobalUnicast.Contains(actual) && !IsIsatap(actual) => null,
            _ => "not a public unicast address",
        };
    }

    /// <summary>The IPv4 address inside a mapped, compatible, NAT64 or 6to4 address; else the address, without its zone.</summary>
    public static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        var plain = new IPAddress(bytes);
        if (plain.IsIPv4MappedToIPv6) return plain.MapToIPv4();
        if (SixToFour.Contains(plain)) return new IPAddress(bytes.AsSpan(2, 4));
        var isUnspecifiedOrLoopback = plain.Equals(IPAddress.IPv6Any) || plain.Equals(IPAddress.IPv6Loopback);
        return Nat64.Contains(plain) || (Compatible.Contains(plain) && !isUnspecifiedOrLoopback)
            ? new IPAddress(bytes.AsSpan(12, 4))
            : plain;
    }

    private static bool IsIsatap(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return (bytes[8] & 0xFC) == 0 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE;
    }

    private static IEnumerable<(IPNetwork Network, string Kind)> Of(string kind, params string[] networks) =>
        networks.Select(network => (IPNetwork.Parse(network), kind));
}
