using Headcount.Server.Gate.Mqtt;

namespace Headcount.Server;

/// <summary>Where a server can be reached, from where it listens.</summary>
public static class Addresses
{
    /// <summary>The address by which programs on this machine reach it.</summary>
    /// <param name="listening">The addresses it listens on, as Kestrel says them: <c>http://[::]:8000</c>.</param>
    public static Uri OfThisMachine(IEnumerable<string> listening)
    {
        var all = listening.Select(Named).ToList();
        return all.Find(address => address.IsLoopback) ?? all[0];
    }

    /// <summary>An address with a name in it where it stood for all of the machine's.</summary>
    public static Uri Named(string listening)
    {
        ArgumentNullException.ThrowIfNull(listening);
        foreach (var any in AnyHosts)
        {
            if (listening.Contains(any, StringComparison.Ordinal)) return new Uri(listening.Replace(any, "://localhost", StringComparison.Ordinal));
        }

        return new Uri(listening);
    }

    /// <summary>Where the built-in MQTT broker listens, each address once; none where there is none.</summary>
    public static IReadOnlyList<string> OfMqtt(IServiceProvider services) => [.. (services.GetService<MqttBroker>()?.Addresses ?? []).Select(address => address.ToString()).Distinct(StringComparer.Ordinal)];

    private static readonly string[] AnyHosts = ["://[::]", "://0.0.0.0", "://*", "://+"];
}
