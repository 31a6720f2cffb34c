using System.Diagnostics.Metrics;
using Headcount.Server.Observability;

namespace Headcount.Server.Fanout;

/// <summary>How it is with Redis: for health and metrics. Any thread.</summary>
internal sealed class FanoutState : IHealthCheck
{
    private readonly bool _isConfigured;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _tickets;
    private volatile string? _lastError = "not connected yet";
    private volatile bool _isConnected;

    public FanoutState(ServerOptions options, IMeterFactory meters)
    {
        _isConfigured = options.Redis is not null;
        var meter = meters.Create("Headcount.Redis");
        _sent = meter.CreateCounter<long>("headcount.redis.sent", "{message}", "What went to Redis, by kind: figures or live messages.");
        _failed = meter.CreateCounter<long>("headcount.redis.failures", "{failure}", "What could not be sent to Redis or taken from it.");
        _tickets = meter.CreateCounter<long>("headcount.redis.tickets", "{ticket}", "Tickets that gates go by because Redis named them.");
        if (_isConfigured) meter.CreateObservableGauge("headcount.redis.connected", () => _isConnected ? 1 : 0, description: "Whether Redis can be reached: 1 or 0.");
    }

    /// <summary>Whether Redis was asked for.</summary>
    public bool IsConfigured => _isConfigured;

    /// <summary>Whether Redis can be reached now.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>What went wrong last; null = nothing since it was last connected.</summary>
    public string? LastError => _lastError;

    public string Name => "redis";

    public ValueTask<HealthReport> CheckAsync(CancellationToken cancellation) => new(
        !_isConfigured ? new HealthReport(Health.Fine, "not configured")
        : _isConnected && _lastError is null ? new HealthReport(Health.Fine)
        : new HealthReport(Health.Degraded, $"{_lastError ?? "not connected"}; the gates do without it"));

    public void Connected() => (_isConnected, _lastError) = (true, null);

    public void Lost(string why) => (_isConnected, _lastError) = (false, why);

    public void Sent(string kind) => _sent.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void Failed() => _failed.Add(1);

    public void TicketsTaken(int count) => _tickets.Add(count);
}
