using System.Globalization;
using Headcount.Cli.CommandLine;

namespace Headcount.Cli.Serving;

/// <summary>Where the built-in MQTT broker listens: a port on the networks that HTTP is on, or addresses of its own.</summary>
internal static class MqttAddresses
{
    private const int PlainPort = 1883;
    private const int SecurePort = 8883;

    /// <summary>The addresses that <c>--mqtt</c> means.</summary>
    /// <param name="text">A port, <c>true</c> for the usual one, or addresses parted by <c>;</c>.</param>
    /// <param name="urls">Where HTTP listens.</param>
    /// <param name="hasCertificate">Whether there is a certificate: then a port alone is one for TLS.</param>
    /// <exception cref="UsageException">It is neither.</exception>
    public static string? Check(string? text, string urls, bool hasCertificate)
    {
        if (text is null or "false") return null;
        if (text == "true") text = (hasCertificate ? SecurePort : PlainPort).ToString(CultureInfo.InvariantCulture);
        if (!text.Contains("://", StringComparison.Ordinal)) return Beside(urls, PortOf(text), hasCertificate);
        foreach (var address in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var isSecure = address.StartsWith("mqtts://", StringComparison.OrdinalIgnoreCase);
            if (isSecure && !hasCertificate) throw new UsageException($"--mqtt '{address}' needs a certificate: give --tls FILE.");
            var colon = address.LastIndexOf(':');
            if ((!isSecure && !address.StartsWith("mqtt://", StringComparison.OrdinalIgnoreCase)) || colon <= address.IndexOf("://", StringComparison.Ordinal)) throw NoAddress(address);
            PortOf(address[(colon + 1)..].TrimEnd('/'));
        }

        return text;
    }

    /// <summary>Checks the address of an outside broker.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static string? CheckBroker(string option, string? text, string plain, string secure)
    {
        if (text is null or "false") return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == plain || uri.Scheme == secure) && uri.Host.Length > 0) return text;

        // Not repeated: there may be a password in it.
        throw new UsageException($"--{option} is no address of a broker: write {plain}://USER:PASSWORD@HOST:PORT, or {secure}://… with TLS.");
    }

    private static string Beside(string urls, int port, bool isSecure)
    {
        var hosts = urls.Split(';').Select(ListenAddresses.HostOf).Distinct(StringComparer.Ordinal).ToList();

        // Each address once: every network is all of them, and this machine's own name is all of its own.
        if (hosts.Find(host => host is "*" or "+" or "0.0.0.0" or "[::]") is { } any) hosts = [any];
        if (hosts.Contains("localhost")) hosts.RemoveAll(host => host is "127.0.0.1" or "[::1]");
        return string.Join(';', hosts.Select(host => string.Create(CultureInfo.InvariantCulture, $"{(isSecure ? "mqtts" : "mqtt")}://{host}:{port}")));
    }

    private static int PortOf(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65_535 ? port : throw NoAddress(text);

    private static UsageException NoAddress(string text) => new($"--mqtt '{text}' is no port and no address to listen on. For example --mqtt 1883, or --mqtt mqtt://*:1883 for every network.");
}
