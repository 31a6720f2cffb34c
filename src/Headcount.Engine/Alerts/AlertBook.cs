using System.Globalization;
using Headcount.Core;

namespace Headcount.Engine.Alerts;

/// <summary>What an alert is about; of one subject, one alert at the most is active.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Level">Of occupancy: the level.</param>
/// <param name="Gate">The gate.</param>
/// <param name="DeviceId">The device.</param>
internal readonly record struct AlertSubject(AlertKind Kind, int? Level = null, string? Gate = null, string? DeviceId = null)
{
    public static AlertSubject Of(Alert alert) => new(alert.Kind, alert.Level, alert.Gate, alert.DeviceId);
}

/// <summary>The active alerts of one event, and what changed since it was last asked.</summary>
internal sealed class AlertBook
{
    private readonly Dictionary<AlertSubject, Alert> _active = [];
    private List<AlertChange> _changes = [];
    private long _lastNumber;

    public Zone Zone { get; set; } = Zone.Utc;

    /// <summary>The last record that was taken.</summary>
    public long Seq { get; set; }

    public IEnumerable<Alert> Active => _active.Values;

    public bool HasChanges => _changes.Count > 0;

    public void Restore(Alert alert) => _active[AlertSubject.Of(alert)] = alert;

    public bool IsActive(AlertSubject subject) => _active.ContainsKey(subject);

    public Alert? Find(AlertSubject subject) => _active.GetValueOrDefault(subject);

    public void Raise(AlertSubject subject, Instant at, string message, Instant? from = null)
    {
        var alert = New(subject, at, message) with { From = from };
        _active.Add(subject, alert);
        _changes.Add(new AlertChange(AlertState.Raised, alert));
    }

    public Alert New(AlertSubject subject, Instant at, string message) => new()
    {
        Number = --_lastNumber, Kind = subject.Kind, Level = subject.Level, Gate = subject.Gate, DeviceId = subject.DeviceId, Seq = Seq, RaisedAt = at, Message = message,
    };

    /// <summary>Says that it is over; <paramref name="ending"/> goes on the end of its sentence.</summary>
    public void Clear(AlertSubject subject, Instant at, string ending)
    {
        if (!_active.Remove(subject, out var alert)) return;
        Note(AlertState.Cleared, alert with { ClearedAt = at, Seq = Math.Max(Seq, alert.Seq), Message = $"{alert.Message} {ending}" });
    }

    public void Note(AlertState state, Alert alert) => _changes.Add(new AlertChange(state, alert));

    public IReadOnlyList<AlertChange> TakeChanges()
    {
        if (_changes.Count == 0) return [];
        var taken = _changes;
        _changes = [];
        return taken;
    }

    /// <summary>A time on the venue's clock, with its date where that is not today's.</summary>
    public string Time(Instant at, Instant now)
    {
        var (local, today) = (Zone.ToDateTimeOffset(at), Zone.ToDateTimeOffset(now).Date);
        return local.ToString(local.Date == today ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }

    public static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
