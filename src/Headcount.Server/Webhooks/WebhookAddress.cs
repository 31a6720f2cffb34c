using System.Net;
using System.Net.Sockets;

namespace Headcount.Server.Webhooks;

/// <summary>Where webhooks may go. An organiser must not be able to make the server talk to what only the server can reach.</summary>
internal static class WebhookAddress
{
    private static readonly IPNetwork[] Reserved =
    [
        .. new[]
        {
            // IANA special-purpose address registries, IPv4 and IPv6.
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    /// <summary>Addresses that carry an IPv4 address: RFC 6052, RFC 3056.</summary>
    private static readonly (IPNetwork Network, int At)[] Carriers = [(IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("2002::/16"), 2)];

    /// <summary>Whether an address is one that anybody on the internet could reach.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var (network, at) in Carriers)
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6 && network.Contains(address)) return IsPublic(new IPAddress(address.GetAddressBytes().AsSpan(at, 4)));
        }

        return !Reserved.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address));
    }

    /// <summary>Reads an address that somebody gave.</summary>
    /// <returns>What is wrong with it; null = nothing. What its name stands for is looked at whenever it is connected to.</returns>
    public static string? Check(string text, bool allowsPrivate, out Uri? address)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out address) || address.Scheme is not ("http" or "https")) return "must be an http or https address, as https://example.org/headcount is";
        if (address.Host.Length == 0) return "names no host";
        if (address.UserInfo.Length > 0) return "must not hold a user name or a password: what is sent is signed";
        if (address.Fragment.Length > 0) return "must not have a part after #, which is never sent";
        if (allowsPrivate) return null;
        var host = address.IdnHost;
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)) return Refusal("this machine");
        return IPAddress.TryParse(host.Trim('[', ']'), out var ip) && !IsPublic(ip) ? Refusal("an address that is not public") : null;
    }

    private static string Refusal(string what) => $"is {what}; where webhooks may go there, start the server with HEADCOUNT_WEBHOOK_PRIVATE=1";
}

/// <summary>A webhook's name stands for no address that webhooks may go to.</summary>
internal sealed class AddressRefusedException(string host) : IOException(
    $"{host} stands for an address that is not public. Where webhooks may go there, start the server with HEADCOUNT_WEBHOOK_PRIVATE=1.");
