using System.Diagnostics.Metrics;

namespace Headcount.Server.Gate.Messages;

/// <summary>The doors that messages come through, by name.</summary>
internal sealed class DoorStates(IMeterFactory meters, TimeProvider time)
{
    /// <summary>The built-in MQTT broker.</summary>
    public DoorState Broker => field ??= new DoorState("mqtt", meters, time);

    /// <summary>The connection to an outside MQTT broker.</summary>
    public DoorState Upstream => field ??= new DoorState("mqtt-broker", meters, time);

    /// <summary>The connection to RabbitMQ.</summary>
    public DoorState Amqp => field ??= new DoorState("amqp", meters, time);
}
