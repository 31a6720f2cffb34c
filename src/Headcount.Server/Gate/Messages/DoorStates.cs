using System.Diagnostics.Metrics;

namespace Headcount.Server.Gate.Messages;

/// <summary>The doors that messages come through, by name.</summary>
internal sealed class DoorStates(IMeterFactory meters, TimeProvider time)
{
    /// <summary>The built-in MQTT broker.</summary>
    public DoorState Broker { get; } = new("mqtt", meters, time);

    /// <summary>The connection to an outside MQTT broker.</summary>
    public DoorState Upstream { get; } = new("mqtt-broker", meters, time);

    /// <summary>The connection to RabbitMQ.</summary>
    public DoorState Amqp { get; } = new("amqp", meters, time);
}
