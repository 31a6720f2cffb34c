using System.Globalization;
using System.Net;
using Headcount.Cli.CommandLine;

namespace Headcount.Cli.Serving;

/// <summary>The addresses that a server listens on.</summary>
internal static class ListenAddresses
{
    private const string LocalHost = "localhost";

    /// <summary>Checks addresses, and fills in the usual one.</summary>
    /// <exception cref="UsageException">One is none.</exception>
    public static string Check(string? urls, bool hasCertificate)
    {
        if (urls is null) return hasCertificate ? "https://localhost:8000" : "http://localhost:8000";
        var checkedUrls = urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(url => Check(url, urls, hasCertificate)).ToArray();
        return checkedUrls.Length > 0 ? string.Join(';', checkedUrls) : throw new UsageException("--urls names no address. For example --urls http://localhost:8000.");
    }

    /// <summary>Whether others than this machine can reach an address.</summary>
    public static bool IsOpenToOthers(string url)
    {
        var host = HostOf(url);
        return host != LocalHost && !(IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }

    public static bool IsPlain(string url) => url.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    private static string Check(string url, string all, bool hasCertificate)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 || url[..scheme].ToLowerInvariant() is not ("http" or "https")) throw new UsageException($"--urls '{all}' is not an address to listen on. For example --urls http://localhost:8000, or http://*:8000 for every network; several are parted by ;.");
        if (!hasCertificate && !IsPlain(url)) throw new UsageException($"--urls '{url}' needs a certificate: give --tls FILE.");
        var host = HostOf(url);
        var rest = url[(scheme + 3 + host.Length)..];
        var isAny = host is "*" or "+";
        if (host.Length == 0 || rest.TrimEnd('/').Contains('/', StringComparison.Ordinal) || !Uri.TryCreate(isAny ? url[..(scheme + 3)] + LocalHost + rest : url, UriKind.Absolute, out var address) || address.UserInfo.Length > 0 || address.Query.Length > 0)
            throw new UsageException($"--urls '{url}' is not an address to listen on: write a scheme, a host and a port, as in http://localhost:8000.");

        // The system chooses a port for one network at a time.
        return host == LocalHost && address.Port == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{address.Scheme}://127.0.0.1:0")
            : url;
    }

    /// <summary>The host of an address, as it is written there.</summary>
    public static string HostOf(string url)
    {
        var host = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var end = host.StartsWith('[') ? host.IndexOf(']', StringComparison.Ordinal) + 1 : host.IndexOfAny([':', '/', '?']);
        return (end < 0 ? host : host[..end]).ToLowerInvariant();
    }
}
