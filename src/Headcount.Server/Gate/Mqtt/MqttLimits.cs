namespace Headcount.Server.Gate.Mqtt;

/// <summary>What one connection of the MQTT door, and all of them together, may take.</summary>
internal static class MqttLimits
{
    /// <summary>How many devices may be connected to the built-in broker; beyond it connections are closed at once.</summary>
    public const int MostConnections = 10_000;

    /// <summary>The longest packet, in bytes. A message longer than a scan may be is put aside; a packet longer than this ends the connection.</summary>
    public const int MostPacketBytes = 256 * 1024;

    /// <summary>How many messages of one device are taken before the first of them must be on disk; a sender that goes on waits.</summary>
    public const int Window = 64;

    /// <summary>How many messages of an outside broker are taken before the first of them must be on disk.</summary>
    public const int UpstreamWindow = 1_024;

    /// <summary>How many filters one connection may subscribe to.</summary>
    public const int MostSubscriptions = 32;

    /// <summary>How many exchanges of QoS 2 one connection may leave open.</summary>
    public const int MostOpenExchanges = 256;

    /// <summary>How long a connection may take to say who it is.</summary>
    public static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection that promised no sign of life may be silent.</summary>
    public static readonly TimeSpan IdlePatience = TimeSpan.FromHours(1);

    /// <summary>How often connections are looked after: for silence, stalled readers and revoked tokens.</summary>
    public static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
}
