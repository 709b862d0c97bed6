using System.Net;
using System.Net.Sockets;

namespace VoiceBridge.CallControl.EndedCalls.Webhooks;

/// <summary>Which addresses lead out of our own network: to no other do we send what strangers may have us send.</summary>
internal static class PublicAddress
{
    /// <summary>All that IANA's registries of special-purpose addresses (RFC 6890 and successors) do not give to the public internet.</summary>
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Azure's platform (metadata beside 169.254.169.254, DNS, health probes): a public address that is none.
            "168.63.129.16/32",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>Of IPv6 only what is given out (RFC 4291), without documentation, ORCHID and what wraps an IPv4 address: 6to4, Teredo.</summary>
    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] SpecialV6 = [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(network => IPNetwork.Parse(network))];

    /// <summary>Whether it is one of the public internet.</summary>
    public static bool Is(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? !Special.Any(network => network.Contains(plain))
            : Global.Contains(plain) && !SpecialV6.Any(network => network.Contains(plain));
    }
}
