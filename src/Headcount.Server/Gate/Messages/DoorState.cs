using System.Diagnostics.Metrics;
using Headcount.Server.Observability;

namespace Headcount.Server.Gate.Messages;

/// <summary>How it is with a door that messages come through: for health, metrics and logs.</summary>
/// <remarks>Any thread. Doors of the same kind measure under one name, told apart by the label <c>door</c>.</remarks>
internal sealed class DoorState : IHealthCheck
{
    private readonly KeyValuePair<string, object?> _door;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _duration;
    private readonly TimeProvider _time;
    private int _connections;
    private int _waiting;
    private volatile string? _trouble;

    /// <summary>A door that is not open yet.</summary>
    /// <param name="name">Its name in health and metrics.</param>
    /// <param name="meters">Where it measures.</param>
    /// <param name="time">The clock.</param>
    public DoorState(string name, IMeterFactory meters, TimeProvider time)
    {
        (Name, _time, _trouble) = (name, time, "not connected yet");
        _door = new KeyValuePair<string, object?>("door", name);
        var meter = meters.Create("Headcount.Doors");
        _messages = meter.CreateCounter<long>("headcount.door.messages", "{message}", "Messages by what became of them: answered, set_aside or not_taken.");
        _refused = meter.CreateCounter<long>("headcount.door.refused", "{refusal}", "Connections and messages that were refused before anybody looked into them, by reason.");
        _duration = meter.CreateHistogram("headcount.door.duration", "s", "From when a message was taken to when it could be acknowledged.", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
        });
        meter.CreateObservableGauge("headcount.door.connections", () => new Measurement<int>(Volatile.Read(ref _connections), _door), "{connection}", "Connections that are open: of devices, or to a broker.");
        meter.CreateObservableGauge("headcount.door.waiting", () => new Measurement<int>(Volatile.Read(ref _waiting), _door), "{message}", "Messages that are taken and not acknowledged yet.");
    }

    public string Name { get; }

    /// <summary>How many connections are open.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public ValueTask<HealthReport> CheckAsync(CancellationToken cancellation) => new(
        _trouble is { } trouble ? new HealthReport(Health.Degraded, $"{trouble}; the other doors do without it") : new HealthReport(Health.Fine, $"{Connections} connected, {Volatile.Read(ref _waiting)} waiting."));

    /// <summary>It is open: messages can come.</summary>
    public void Opened() => _trouble = null;

    /// <summary>It is not open, for this reason.</summary>
    public void Troubled(string why) => _trouble = why;

    public void Connected() => Interlocked.Increment(ref _connections);

    public void Disconnected() => Interlocked.Decrement(ref _connections);

    public void Taken() => Interlocked.Increment(ref _waiting);

    /// <summary>A message is done with.</summary>
    public void Settled(ScanMessage message, SettledAs how)
    {
        Interlocked.Decrement(ref _waiting);
        _messages.Add(1, _door, new KeyValuePair<string, object?>("outcome", how switch { SettledAs.Answered => "answered", SettledAs.SetAside => "set_aside", _ => "not_taken" }));
        _duration.Record(_time.GetElapsedTime(message.TakenAt).TotalSeconds, _door);
    }

    public void Refused(string why) => _refused.Add(1, _door, new KeyValuePair<string, object?>("reason", why));
}
