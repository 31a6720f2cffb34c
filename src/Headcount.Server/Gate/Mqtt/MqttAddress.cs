using System.Globalization;
using System.Net;
using Headcount.Streams;

namespace Headcount.Server.Gate.Mqtt;

/// <summary>An address that the built-in broker listens on: <c>mqtt://HOST:PORT</c>, or <c>mqtts://HOST:PORT</c> with TLS.</summary>
internal sealed record MqttAddress(string Host, int Port, bool IsSecure)
{
    /// <summary>Reads addresses parted by <c>;</c>.</summary>
    /// <exception cref="InputException">One is none.</exception>
    public static IReadOnlyList<MqttAddress> ParseAll(string addresses) => [.. addresses.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    /// <summary>The addresses of the machine that it stands for: of this machine alone, of all its networks, or one.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints
    {
        get
        {
            if (Host == "localhost") return Port == 0 ? [new IPEndPoint(IPAddress.Loopback, 0)] : [new IPEndPoint(IPAddress.Loopback, Port), new IPEndPoint(IPAddress.IPv6Loopback, Port)];
            return IPAddress.TryParse(Host.Trim('[', ']'), out var one) && !one.Equals(IPAddress.Any) ? [new IPEndPoint(one, Port)] : [new IPEndPoint(IPAddress.IPv6Any, Port)];
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsSecure ? "mqtts" : "mqtt")}://{Host}:{Port}");

    private static MqttAddress Parse(string address)
    {
        var isSecure = address.StartsWith("mqtts://", StringComparison.OrdinalIgnoreCase);
        if (!isSecure && !address.StartsWith("mqtt://", StringComparison.OrdinalIgnoreCase)) throw NoAddress(address);
        var rest = address[(address.IndexOf("://", StringComparison.Ordinal) + 3)..].TrimEnd('/');
        var colon = rest.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort) throw NoAddress(address);
        return new MqttAddress(rest[..colon].ToLowerInvariant(), port, isSecure);
    }

    private static InputException NoAddress(string address) => new($"'{address}' is no address for MQTT: write mqtt://HOST:PORT, or mqtts://HOST:PORT with TLS.");
}
